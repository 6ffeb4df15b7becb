import { afterAll, assert, beforeAll, it } from "vitest";
import { requires } from "../servers/Needs.ts";
import * as Site from "./Site.ts";

requires("chromium", "the curve of equity", () => {
  let site: Site.Site;
  beforeAll(async () => {
    site = await Site.open();
  }, 90_000);
  afterAll(() => site.close());

  /** What a module of the page makes of something. */
  const ask = async <A>(expression: string): Promise<A> => {
    let answer: A | undefined;
    await site.visit("/", {}, async (page) => {
      answer = await page.evaluate<A>(`import("/assets/chart.js").then((chart) => ${expression})`);
    });
    if (answer === undefined) throw new Error(`no answer to ${expression}`);
    return answer;
  };

  it("draws an equity that never moved as a line in the middle, with one label", async () => {
    const { low, high, ticks } = await ask<{ low: number; high: number; ticks: Array<number> }>(
      `chart.axisOf(["96895.26", "96895.258935"].map((equity) => chart.mark("2026-11-27T10:00:00Z", equity).value))`,
    );
    assert.deepStrictEqual(ticks, [96895.26]);
    assert.strictEqual((low + high) / 2, 96895.26);
  });

  it("labels a curve of a cent with values that differ in cents", async () => {
    const labels = await ask<Array<string>>(
      "chart.axisOf([100, 100.01]).ticks.map((tick) => tick.toFixed(2))",
    );
    assert.isAbove(labels.length, 1);
    assert.strictEqual(new Set(labels).size, labels.length);
  });
});
