import { assert, describe, it } from "vitest";
import { requires } from "../servers/Needs.ts";
import * as Fuzz from "./fuzz/Fuzz.ts";
import * as Keys from "./fuzz/Keys.ts";

describe("The HTTP API", () => {
  it("answers five thousand requests, right and wrong, as its document says, and keeps its books", async () => {
    const report = await Fuzz.run({ requests: 5_000, seed: 42 });
    assert.strictEqual(Fuzz.complaints(report).join("\n\n"), "");
    assert.isAbove(report.requests, 4_999);
  }, 600_000);
});

requires("postgres", "Two API processes over one Postgres", () => {
  it("do once what is asked fifty times at once with one key, and answer all fifty the same", async () => {
    const report = await Keys.run({ keys: 20, atOnce: 50 });
    assert.deepEqual(report.faults, []);
    assert.isAtLeast(report.answered, 20 * 50);
  }, 300_000);
});
