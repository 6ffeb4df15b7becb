import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Check from "@strom/apps/strategies/Check.ts";
import * as UserStrategies from "@strom/apps/strategies/UserStrategies.ts";
import { Catalog } from "@strom/core";
import { Effect } from "effect";
import { afterEach, assert, beforeEach, describe, it } from "vitest";
import * as Folder from "../../servers/Folder.ts";

const state = { folder: "" };

beforeEach(() => {
  state.folder = Folder.make("strategies");
});
afterEach(() => Folder.remove(state.folder));

const strategy = (
  key: string,
  step = "[state, bar.close > bar.open ? Strategy.decision('BUY', 'rises', 0.5, {}) : null]",
) => `
import { Strategy } from "@strom/core";
import { Schema } from "effect";
export const Mine = Strategy.make({
  key: "${key}",
  name: "Mine",
  description: "For a test.",
  params: Schema.Struct({}),
  warmup: () => 0,
  init: () => null,
  step: (_, state, bar) => ${step},
});
`;

const write = (name: string, text: string): string => {
  const path = join(state.folder, name);
  writeFileSync(path, text);
  return path;
};

const refusal = () =>
  Effect.runPromise(Effect.map(Effect.flip(UserStrategies.catalog(state.folder)), (error) => error.message));

describe("strategies of the user's", () => {
  it("stand in the catalog beside the built-in ones", async () => {
    write("mine.ts", strategy("mine"));
    write("mine.test.ts", "throw new Error('a test is no strategy');");
    const catalog = await Effect.runPromise(UserStrategies.catalog(state.folder));
    assert.equal(Catalog.find(catalog, "mine")?.name, "Mine");
    assert.equal(catalog.strategies.length, Catalog.builtIn.length + 1);
  });

  it("are none where no folder is named", async () => {
    const catalog = await Effect.runPromise(UserStrategies.catalog(null));
    assert.deepEqual(catalog.strategies, Catalog.builtIn);
  });

  it("are refused by the name of the variable where their folder is none", async () => {
    const folder = join(state.folder, "nowhere");
    const { message } = await Effect.runPromise(Effect.flip(UserStrategies.catalog(folder)));
    assert.equal(
      message,
      `STROM_STRATEGIES is "${folder}": not a folder that can be read: there is none of that name; it should be a folder of strategy files`,
    );
  });

  it("are refused all together, each with its reason", async () => {
    write("a-throws.ts", "\nthrow new Error('no luck');");
    write("b-clock.ts", strategy("clock", "[state, Date.now() > 0 ? null : null]"));
    write("c-taken.ts", strategy("ema_crossover"));
    write("d-one.ts", strategy("same"));
    write("e-two.ts", strategy("same"));
    const message = await refusal();
    assert.match(message, /a-throws\.ts:2: it cannot be loaded: no luck/);
    assert.match(message, /b-clock\.ts: clock breaks purity\n✗ purity: it calls Date\.now\(\)/);
    assert.match(message, /c-taken\.ts: its key "ema_crossover" is that of a built-in strategy/);
    assert.match(message, /e-two\.ts: its key "same" is that of .*d-one\.ts/);
  });
});

describe("a check", () => {
  const problem = (path: string, graceMs?: number) =>
    Effect.runPromise(Effect.map(Effect.flip(Check.file(path, {}, graceMs)), (error) => error.reason));

  it("ends a file that never does", async () => {
    assert.match(await problem(write("loop.ts", "for (;;) {}"), 700), /within 0\.7 s; is there a loop/);
  });

  it("survives a file that ends the process", async () => {
    assert.match(await problem(write("exit.ts", "process.exit(3);")), /with code 3/);
    const waits = write("waits.ts", "await new Promise(() => {}); export const x = 1;");
    assert.match(await problem(waits), /waits while it is loaded, for what never comes/);
  });

  it("tells what every strategy of the file breaks", async () => {
    const path = write(
      "nan.ts",
      strategy("nan", "[state, Strategy.decision('BUY', 'x', 0.5, { r: 0 / (bar.high - bar.low) })]"),
    );
    const [report] = await Effect.runPromise(Check.file(path));
    assert.deepEqual(
      report?.failures.map((failure) => failure.property),
      ["totality"],
    );
  });
});
