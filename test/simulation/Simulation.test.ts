import { assert, describe, it } from "@effect/vitest";
import * as Faults from "@strom/apps/simulation/Faults.ts";
import * as Judge from "@strom/apps/simulation/Judge.ts";
import * as Simulation from "@strom/apps/simulation/Simulation.ts";
import { cases } from "./Cases.ts";

describe("Simulation", () => {
  for (const { showed, ...given } of cases) {
    it(`${Judge.text(given)}: ${showed}`, () => {
      assert.deepStrictEqual(Judge.judge(given).findings, []);
    });
  }

  it("goes the same way twice, step by step, and another way with another seed", () => {
    const [one, two, other] = [11, 11, 12].map((seed) => Simulation.live({ seed, ticks: 40, isTold: true }));
    assert.isDefined(one);
    assert.deepStrictEqual(one.told, two?.told);
    assert.isAbove(one.told.length, 100);
    assert.strictEqual(one.trace, two?.trace);
    assert.notStrictEqual(one.trace, other?.trace);
    assert.notStrictEqual(one.digest, other?.digest);
  });

  it("strikes nobody when nothing may go wrong, and nothing but what may", () => {
    const calm = Simulation.live({ seed: 3, ticks: 40, plan: Faults.none });
    assert.deepStrictEqual([...calm.faults], []);
    const only: ReadonlyArray<Faults.Fault> = ["bus.drops", "crash.after a commit"];
    const plan: Faults.Plan = { only, most: 7 };
    const struck = [1, 2, 3, 4].map((seed) => Simulation.live({ seed, ticks: 60, plan }));
    for (const { faults } of struck) {
      assert.isAtMost(
        [...faults.values()].reduce((sum, count) => sum + count, 0),
        7,
      );
      for (const fault of faults.keys()) assert.include(only, fault);
    }
    assert.isAbove(Math.max(...struck.map(({ faults }) => faults.size)), 0);
  });
});
