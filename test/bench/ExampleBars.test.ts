import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Csv } from "@strom/core/files";
import { Result } from "effect";
import { assert, describe, it } from "vitest";
import * as ExampleBars from "../../bench/ExampleBars.ts";
import { root } from "../../scripts/Checks.ts";

describe("the example of the README", () => {
  const text = readFileSync(join(root, "docs/examples/btcusd-1m.csv"), "utf8");

  it("is what its command makes", () => {
    assert.strictEqual(ExampleBars.csv(), text);
  });

  it("is half a day of minutes, and named where it is used", () => {
    const { bars, symbol } = Result.getOrThrow(
      Csv.parse(new TextEncoder().encode(text), { file: "btcusd-1m.csv" }),
    );
    assert.deepStrictEqual([symbol, bars.length], ["BTCUSD", 720]);
    assert.include(readFileSync(join(root, "README.md"), "utf8"), "replay:docs/examples/btcusd-1m.csv");
    assert.include(
      readFileSync(join(root, "docs/STRATEGIES.md"), "utf8"),
      "--data docs/examples/btcusd-1m.csv",
    );
  });
});
