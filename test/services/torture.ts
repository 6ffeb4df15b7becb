// `npm run torture`: the suites of faults at their full length, real servers and processes. `-- PART… --kills N …`
// picks and sizes; ends with 1 when anything failed, with 2 when it was asked for something there is not.
import { writeFileSync } from "node:fs";
import * as Needs from "../servers/Needs.ts";
import * as Options from "./torture/Options.ts";
import type { Outcome } from "./torture/Part.ts";
import * as Parts from "./torture/Parts.ts";
import * as Tables from "./torture/Tables.ts";

const args = process.argv.slice(2);
const refuse = (message: string): never => {
  console.error(message);
  process.exit(2);
};
if (args.includes("--help")) {
  console.log(Options.usage(Parts.all));
  process.exit(0);
}
const parsed = Options.parse(
  args,
  Parts.all.map(({ name }) => name),
);
const options = typeof parsed === "string" ? refuse(`${parsed}\n\n${Options.usage(Parts.all)}`) : parsed;
const lacking = (["postgres", "nats"] as const).map(Needs.missing).filter((reason) => reason !== null);
if (lacking.length > 0) refuse(lacking.join("; "));

const clock = (): string => new Date().toISOString().slice(11, 19);

/** A part that dies has failed; the others are still worth their time. */
const died = (error: unknown): Outcome => ({
  did: "died",
  recoveries: [],
  acknowledged: 0,
  lost: 0,
  doubled: 0,
  failures: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
  seconds: 0,
});

const done: Array<Tables.Done> = [];
const startedAt = new Date().toISOString();
for (const { name, about, run } of Parts.all) {
  if (options.parts.length > 0 && !options.parts.includes(name)) continue;
  const running = run(options.counts, (line) => console.log(`${clock()}  ${name}  ${line}`));
  if (running === null) continue;
  console.log(`${clock()}  ${name}  begins: ${about}`);
  done.push({ name, outcome: await running.catch(died) });
}
if (done.length === 0) refuse("nothing of that is asked for: every count of it is 0");

const command = ["npm run torture", ...(args.length === 0 ? [] : ["--", ...args])].join(" ");
const text = [
  `${command}   (${startedAt.slice(0, 16)}Z to ${new Date().toISOString().slice(0, 16)}Z, ${Parts.machine()})`,
  "",
  ...Tables.text(done),
];
console.log(`\n${text.join("\n")}`);
if (options.out !== null) {
  const recoveries = done.flatMap(({ outcome }) => outcome.recoveries);
  const document = { command, startedAt, machine: Parts.machine(), recovery: Tables.lines(recoveries), done };
  writeFileSync(
    options.out,
    options.out.endsWith(".json") ? `${JSON.stringify(document, null, 2)}\n` : `${text.join("\n")}\n`,
  );
}
process.exit(done.every(({ outcome }) => outcome.failures.length === 0) ? 0 : 1);
