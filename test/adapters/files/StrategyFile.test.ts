import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as StrategyFile from "@strom/adapters/files/StrategyFile.ts";
import { Effect, Exit } from "effect";
import { afterAll, assert, beforeAll, describe, it } from "vitest";
import * as Folder from "../../servers/Folder.ts";

const state = { folder: "" };

beforeAll(() => {
  state.folder = Folder.make("strategies");
});
afterAll(() => Folder.remove(state.folder));

const write = (name: string, text: string): string => {
  const path = join(state.folder, name);
  writeFileSync(path, text);
  return path;
};

const sound = (key: string): string => `
import { Strategy } from "@strom/core";
import { Schema } from "effect";
export const Mine = Strategy.make({
  key: "${key}",
  name: "Mine",
  description: "For a test.",
  params: Schema.Struct({}),
  warmup: (): number => 0,
  init: () => null,
  step: (_, state, bar) => [state, bar.close > bar.open ? Strategy.decision("BUY", "rises", 0.5, {}) : null],
});
`;

const messageOf = async (path: string): Promise<string> => {
  const exit = await Effect.runPromiseExit(Effect.flip(StrategyFile.load(path)));
  if (Exit.isFailure(exit)) throw new Error("it was loaded");
  return exit.value.message;
};

describe("a file of a strategy", () => {
  it("is loaded from anywhere, with the core it finds here", async () => {
    const [mine, ...others] = await Effect.runPromise(StrategyFile.load(write("mine.ts", sound("mine"))));
    assert.equal(mine?.key, "mine");
    assert.deepEqual(others, []);
  });

  it.each([
    ["that is not there", null, /absent\.ts: there is no such file$/],
    [
      "that exports something else",
      "export const a = 1; export default {};",
      /exports no strategy; .*it exports a, default/,
    ],
    [
      "that throws",
      "const a: number = 1;\n\nthrow new Error('no luck ' + a);",
      /throws\.ts:3: it cannot be loaded: no luck 1/,
    ],
    ["that is no TypeScript", "export const a = ;\n", /it cannot be loaded: /],
    [
      "that asks for a package it does not have",
      `import "nothing-of-the-kind";`,
      /it cannot be loaded: Cannot find package 'nothing-of-the-kind'/,
    ],
    ["with a key that cannot be", sound("Not A Key"), /"Not A Key": snake_case/],
  ])("%s is named with what is wrong", async (what, text, expected) => {
    const name =
      text === null ? "absent.ts" : what.includes("throws") ? "throws.ts" : `${what.replaceAll(" ", "-")}.ts`;
    const path = text === null ? join(state.folder, name) : write(name, text);
    assert.match(await messageOf(path), expected);
  });

  it("is found in a folder among tests, declarations and hidden files", async () => {
    const folder = join(state.folder, "many");
    mkdirSync(folder);
    for (const name of ["b.ts", "a.mjs", "a.test.ts", "types.d.ts", ".hidden.ts", "_draft.ts", "notes.md"]) {
      writeFileSync(join(folder, name), "");
    }
    const found = await Effect.runPromise(StrategyFile.list(folder));
    assert.deepEqual(found, [join(folder, "a.mjs"), join(folder, "b.ts")]);
  });

  it("wants a folder that is there", async () => {
    const failure = await Effect.runPromise(Effect.flip(StrategyFile.list(join(state.folder, "nowhere"))));
    assert.match(failure.message, /nowhere: not a folder that can be read: there is none of that name/);
  });
});
