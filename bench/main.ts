// `npm run bench`: every file in bench/ that exports a name and a run. `npm run bench -- NAME…` picks some,
// `--json` prints one JSON document instead of tables; `--seconds`, `--agents`, `--frequency`, `--kills` and `--growth` size it. A missed figure is shown, not an error.
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { Bench, Figure } from "./Figure.ts";
import { bars, isMet, table } from "./Figure.ts";

const HELP = `npm run bench -- [NAME…] [FLAG…]

Measures, and prints the figures; without a name, every bench. A bench takes the flags that mean something to it.

Flags
  --json               one JSON document instead of tables
  --seconds N          how long to measure
  --agents N           how many agents
  --frequency N        seconds between two ticks of an agent
  --kills N            how many processes are killed
  --growth             also how cost grows with agents and partitions
  --help, -h           this page`;

const isBench = (module: object): module is Bench => "name" in module && "run" in module && "about" in module;

const found = async (): Promise<ReadonlyArray<Bench>> => {
  const files = readdirSync(import.meta.dirname)
    .filter((file) => /^[A-Z]\w*\.ts$/.test(file))
    .sort();
  const modules: ReadonlyArray<object> = await Promise.all(
    files.map((file) => import(pathToFileURL(join(import.meta.dirname, file)).href)),
  );
  return modules.filter(isBench);
};

const asked = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        seconds: { type: "string" },
        agents: { type: "string" },
        frequency: { type: "string" },
        kills: { type: "string" },
        growth: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error("npm run bench -- --help names what there is");
    process.exit(1);
  }
};
const { values, positionals } = asked();
const number = (flag: "seconds" | "agents" | "frequency" | "kills"): number | undefined => {
  const text = values[flag];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${flag} is "${text}"; it should be a whole number above 0`);
  process.exit(1);
};
const flags = {
  seconds: number("seconds"),
  agents: number("agents"),
  frequency: number("frequency"),
  kills: number("kills"),
  growth: values.growth,
};
const benches = await found();
const names = benches.map(({ name, about }) => `  ${name.padEnd(20)} ${about}`);
if (values.help) {
  console.log([HELP, "", "Benches", ...names].join("\n"));
  process.exit(0);
}
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`no bench is called ${unknown.map((name) => `"${name}"`).join(" or ")}. There are:`);
  for (const name of names) console.error(name);
  process.exit(1);
}

const machine = {
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  cpus: cpus().length,
};
const results: Record<string, ReadonlyArray<Figure & { readonly isMet?: boolean | undefined }>> = {};
for (const bench of benches) {
  if (positionals.length > 0 && !positionals.includes(bench.name)) continue;
  if (!values.json) console.log(`\n${bench.name}: ${bench.about}`);
  const figures = await bench.run(flags);
  results[bench.name] = figures.map((figure) => ({ ...figure, isMet: isMet(figure) }));
  const lines = [...table(figures), ...(bench.plot === undefined ? [] : bars(figures, bench.plot))];
  if (!values.json) for (const line of lines) console.log(`  ${line}`.trimEnd());
}
if (values.json) console.log(JSON.stringify({ machine, results }, null, 2));
else console.log(`\nNode ${machine.node}, ${machine.platform}, ${machine.cpus} processors`);
