import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, assert, beforeAll, it } from "vitest";
import { pack, stageCore } from "../../scripts/Package.ts";
import * as Chromium from "../servers/Chromium.ts";
import * as Folder from "../servers/Folder.ts";
import { requires } from "../servers/Needs.ts";
import * as OtherNode from "../servers/OtherNode.ts";
import { examples, spyCsv } from "./package/Readme.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

/** What a stranger writes: backtests of every built-in strategy over bars from CSV text, as one digest. */
const program = `
import { Backtest, Catalog, Digest, MonteCarlo, ParameterSpace, Sweep, WalkForward } from "@strom/core";
import { Csv } from "@strom/core/files";

const { bars } = Csv.parse(csv, { symbol: "X" }).success;
const runs = Catalog.builtIn.flatMap(({ key }) =>
  ["close", "next_open"].map((fillAt) =>
    Backtest.run({
      bars: [bars],
      strategies: [{ strategy: key }],
      fillAt,
      risk: { ...Backtest.wholeAccount, max_risk_per_trade_pct: 20, stop_loss_pct: 4, trailing_stop_pct: 6 },
    }).success,
  ),
);
const ema = Catalog.builtIn.find((strategy) => strategy.key === "ema_crossover");
const { candidates } = ParameterSpace.grid(ema, { ema_fast: { from: 3, to: 9, step: 3 }, ema_slow: [15, 30] }).success;
const asked = { bars: [bars], strategy: ema, candidates, trainBars: 600, testBars: 300 };
const results = {
  trades: runs.reduce((sum, run) => sum + run.trades.length, 0),
  backtests: runs.map((run) => Backtest.digest(run)),
  // Not part of a digest, but as exact: statistics, too, are computed by arithmetic alone.
  figures: runs.map((run) => run.performance),
  drawn: runs.map((run) => MonteCarlo.run({ returns: MonteCarlo.returnsOf(run.plan.spec.capital, run.roundTrips) })),
  sweep: Sweep.run(asked).success.digest,
  walk: WalkForward.run(asked).success.digest,
};
export const digest = results.trades + ":" + Digest.of(results);
`;

/** The same person in TypeScript, with a strategy of their own and the kit. */
const typed = `
import { Params, Strategy, type Bar } from "@strom/core";
import { type BarSeries, Csv } from "@strom/core/files";
import { type Journal } from "@strom/core/ports";
import { checkStrategy, type Report } from "@strom/core/testing";
import { Result, Schema } from "effect";

const params = Schema.Struct({ above: Params.number({ default: 1, minimum: 0, maximum: 10, description: "Ratio" }) });
interface State { readonly last: number | null }

export const Riser = Strategy.make<typeof params.Type, State>({
  key: "riser",
  name: "Riser",
  description: "Buys what rises.",
  params,
  warmup: () => 1,
  init: () => ({ last: null }),
  step: (p, { last }, bar: Bar.Bar) => [
    { last: bar.close },
    last !== null && bar.close > last * p.above ? Strategy.decision("BUY", "rises", 0.5, { close: bar.close }) : null,
  ],
});

const report: Report = checkStrategy(Riser, { runs: 5 });
const series: BarSeries = Result.getOrThrow(Csv.parse("t,o,h,l,c\\n20180404,1,1,1,1\\n20180405,1,1,1,1"));
export type Port = typeof Journal;
console.log(JSON.stringify({ broken: report.failures.length, bars: series.bars.length }));
`;

/** Threads in TypeScript without the types of Node. */
const crew = `
import { Threads } from "@strom/core/threads";
import type { Bar } from "@strom/core";

export const best = async (bars: ReadonlyArray<Bar.Bar>, given: AbortSignal): Promise<unknown> => {
  const settings: Threads.Settings = { module: new URL("./mine.js", import.meta.url), signal: given };
  const swept = await Threads.sweep({ bars: [bars], strategy: "ema_crossover", candidates: [{}] }, settings);
  return swept._tag === "Success" ? swept.success.best?.params : swept.failure.message;
};
`;

/** A library over the core, whose own declarations must name what the core gives: inferred types, all exported. */
const library = `
import { Backtest, type Performance, type Risk } from "@strom/core";
import { Result } from "effect";

export const ran = (options: Backtest.Options) => {
  const result = Result.getOrThrow(Backtest.run(options));
  const { plan, performance } = result;
  return { plan, lanes: plan.lanes, speakers: plan.speakers, curve: Backtest.equity(result), fall: performance.maxDrawdown };
};
export const plan = (result: Backtest.Backtest) => result.plan;
export const lane = (result: Backtest.Backtest) => result.plan.lanes[0];
export const speaker = (result: Backtest.Backtest) => result.plan.speakers[0];
export const equity = (result: Backtest.Backtest) => Backtest.equity(result);
export const fall = ({ maxDrawdown }: Performance.Performance) => maxDrawdown;
export const trips = ({ trips: figures }: Performance.Performance) => figures;
export const problem = ({ errors }: Backtest.BacktestInvalid) => errors[0];
export const opening = (evidence: Risk.Evidence) => evidence.opening;
export const named: [Performance.Curve?, Performance.Drawn?, Backtest.Plan?, Backtest.EquityCurve?] = [];
`;

const tsconfig = (module: "nodenext" | "bundler") => ({
  compilerOptions: {
    strict: true,
    declaration: true,
    outDir: "built",
    target: "es2022",
    lib: ["es2022", "dom"],
    types: [],
    module: module === "bundler" ? "esnext" : "nodenext",
    moduleResolution: module,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
  },
  files: ["typed.ts", "three-up.ts", "crew.ts", "library.ts"],
});

const stateOf = { stage: "", project: "" };

/** A sweep by the entry of threads, and without it. */
const threaded = `
import { Catalog, ParameterSpace, Sweep } from "@strom/core";
import { Csv } from "@strom/core/files";
import { Threads } from "@strom/core/threads";

const { bars } = Csv.parse(csv, { symbol: "X" }).success;
const strategy = Catalog.builtIn.find(({ key }) => key === "donchian_breakout");
const axes = { entry_length: { from: 5, to: 40, step: 5 }, exit_length: [3, 5] };
const options = { bars: [bars], strategy, candidates: ParameterSpace.grid(strategy, axes).success.candidates };
const alone = Sweep.run(options).success;
const divided = (await Threads.sweep(options, { threads: 2 })).success;
export const digests = [alone.digest, divided.digest, String(alone.best !== null)].join(" ");
`;

const printDigest = `import { digest } from "./program.mjs"; console.log(digest);`;

requires("registry", "the package of the core, installed from its tarball into an empty folder", () => {
  beforeAll(async () => {
    const stage = await stageCore();
    const project = Folder.make("package");
    Object.assign(stateOf, { stage, project });
    const tarball = await pack(stage, project);
    await writeFile(
      join(project, "package.json"),
      JSON.stringify({ name: "consumer", private: true, type: "module" }),
    );
    await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--silent", tarball], {
      cwd: project,
    });
    await writeFile(join(project, "program.mjs"), `const csv = ${JSON.stringify(spyCsv())};${program}`);
    await writeFile(join(project, "spy-1d.csv"), spyCsv());
    for (const [name, code] of examples()) await writeFile(join(project, name), code);
    await writeFile(join(project, "print.mjs"), printDigest);
    await writeFile(join(project, "threaded.mjs"), `const csv = ${JSON.stringify(spyCsv())};${threaded}`);
    await writeFile(
      join(project, "print-threaded.mjs"),
      `import { digests } from "./threaded.mjs"; console.log(digests);`,
    );
    await writeFile(join(project, "typed.ts"), typed);
    await writeFile(join(project, "crew.ts"), crew);
    await writeFile(join(project, "library.ts"), library);
  }, 300_000);

  afterAll(async () => {
    await rm(stateOf.stage, { recursive: true, force: true });
    Folder.remove(stateOf.project);
  });

  const digestOn = async (node: string): Promise<string> =>
    (await run(node, ["print.mjs"], { cwd: stateOf.project })).stdout.trim();

  it("is well-formed to publint", async () => {
    const { messages, pkg } = await publint({ pkgDir: stateOf.stage, strict: true, pack: "npm" });
    assert.deepEqual(
      messages.map((message) => formatMessage(message, pkg, { color: false })),
      [],
    );
  });

  it("cannot be packed out of the workspace, where its exports lead to sources", async () => {
    const packed = run("npm", ["pack", "--dry-run"], { cwd: join(root, "core") });
    const said = await packed.catch((cause: { readonly stderr: string }) => cause);
    assert.instanceOf(said, Error);
    assert.match(said.stderr, /packed by: npm run pack, at the root/);
  });

  it("is found by its keywords, and its README links to nothing that is not in it", async () => {
    const { keywords } = JSON.parse(await readFile(join(stateOf.stage, "package.json"), "utf8"));
    assert.include(keywords, "backtesting");
    assert.notMatch(await readFile(join(stateOf.stage, "README.md"), "utf8"), /\]\((?!https?:|#)/);
  });

  it("leaks no path of the machine that built it", async () => {
    const found = await run("grep", ["-rlF", root, stateOf.stage]).then(
      ({ stdout }) => stdout,
      // What grep ends with when there is none.
      ({ code }: { readonly code: unknown }) => code,
    );
    assert.equal(found, 1);
  });

  it("runs from plain JavaScript", async () => {
    const [trades, digest] = (await digestOn(process.execPath)).split(":");
    assert.isAbove(Number(trades), 200);
    assert.match(digest ?? "", /^[0-9a-f]{64}$/);
  });

  it.each(["nodenext", "bundler"] as const)("type-checks strictly as a %s project", async (module) => {
    await writeFile(join(stateOf.project, "tsconfig.json"), JSON.stringify(tsconfig(module)));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const checked = run(process.execPath, [tsc, "-p", stateOf.project], { cwd: stateOf.project });
    const said = await checked.catch((cause: { readonly stdout: string; readonly stderr: string }) => cause);
    assert.equal(`${said.stdout}${said.stderr}`, "");
    assert.notInstanceOf(said, Error);
  });

  it("runs from TypeScript", async () => {
    const { stdout } = await run(process.execPath, ["typed.ts"], { cwd: stateOf.project });
    assert.deepEqual(JSON.parse(stdout), { broken: 0, bars: 2 });
  });

  const alike = /^([0-9a-f]{64}) \1 true$/;
  const threadedOn = async (node: string): Promise<string> =>
    (await run(node, ["print-threaded.mjs"], { cwd: stateOf.project })).stdout.trim();

  it("sweeps on threads as without them", async () => {
    assert.match(await threadedOn(process.execPath), alike);
  });

  it("does what its README shows, example by example", async () => {
    const shown = async (name: string) =>
      (await run(process.execPath, [name], { cwd: stateOf.project })).stdout;
    assert.match(
      await shown("twelve-lines.mjs"),
      /^\d+ round trips, -?[\d.]+ %, Sharpe -?[\d.]+\n.*digest [0-9a-f]{64}\n$/,
    );
    assert.match(
      await shown("backtest.ts"),
      /Sharpe -?[\d.]+ of buy and hold[\s\S]*best \{ bars: \d \}[\s\S]*efficiency/,
    );
    assert.match(await shown("threads.ts"), /^best \{ bars: \d+ \} of 20 digest [0-9a-f]{64}\n$/);
    const tested = await run(process.execPath, ["--test", "three-up.test.ts"], { cwd: stateOf.project });
    assert.match(tested.stdout, /pass 1/);
  });

  it("needs no more than the twelve lines its README promises", () => {
    const code = examples().get("twelve-lines.mjs") ?? "";
    const lines = code.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("//"));
    assert.isAtMost(lines.length, 12);
  });

  requires("other-node", "on another Node", () => {
    it("says the same, to the last bit", async () => {
      const other = OtherNode.executable() ?? "";
      assert.equal(await digestOn(other), await digestOn(process.execPath));
      assert.equal(await threadedOn(other), await threadedOn(process.execPath));
    });
  });

  requires("chromium", "bundled for a browser", () => {
    it("says the same, to the last bit", async () => {
      const bundled = await build({
        absWorkingDir: stateOf.project,
        stdin: {
          // The entry of threads is bundled as well, without any of Node's.
          contents: `
            globalThis.digests = import("./threaded.mjs").then(({ digests }) => digests);
            globalThis.digest = import("./program.mjs").then(({ digest }) => digest);`,
          resolveDir: stateOf.project,
        },
        bundle: true,
        platform: "browser",
        format: "esm",
        write: false,
        logLevel: "silent",
      });
      const browser = await chromium.launch(Chromium.launchOptions());
      try {
        const page = await browser.newPage();
        await page.setContent("<p>STROM</p>");
        await page.addScriptTag({ type: "module", content: bundled.outputFiles[0]?.text ?? "" });
        await page.waitForFunction("globalThis.digest !== undefined");
        assert.equal(await page.evaluate("globalThis.digest"), await digestOn(process.execPath));
        assert.equal(await page.evaluate("globalThis.digests"), await threadedOn(process.execPath));
      } finally {
        await browser.close();
      }
    });
  });
});
