import { afterAll, assert, beforeAll, it } from "vitest";
import { requires } from "../servers/Needs.ts";
import * as Site from "./Site.ts";

requires("chromium", "the curve of equity", () => {
  let site: Site.Site;
  beforeAll(async () => {
    site = await Site.open();
  }, 90_000);
  afterAll(() => site.close());

  /** What the modules of the page make of something. */
  const ask = async <A>(expression: string): Promise<A> => {
    let answer: A | undefined;
    await site.visit("/", {}, async (page) => {
      const modules = `Promise.all([import("/assets/chart.js"), import("/assets/equity.js")])`;
      answer = await page.evaluate<A>(`${modules}.then(([chart, equity]) => ${expression})`);
    });
    if (answer === undefined) throw new Error(`no answer to ${expression}`);
    return answer;
  };

  it("draws an equity that never moved as a line in the middle, with one label", async () => {
    const { low, high, ticks } = await ask<{ low: number; high: number; ticks: Array<number> }>(
      `chart.axisOf(["96895.26", "96895.258935"].map((text) => equity.mark("2026-11-27T10:00:00Z", text).value))`,
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

  it("names the hours alone while all is of one day", async () => {
    const names = await ask<Array<string>>(
      `chart.namesOf(Date.parse("2026-11-27T00:00:00Z"), Date.parse("2026-11-27T23:59:59Z"))`,
    );
    for (const name of names) assert.match(name, /^\d\d:\d\d:\d\d$/);
  });

  it("puts what was heard after what was read, once", async () => {
    const marks = await ask<Array<number>>(
      "equity.add({ ...equity.unread, everyMs: 1, marks: [{ at: 1 }, { at: 2 }] }, [{ at: 1 }, { at: 2 }, { at: 3 }]).marks.map(({ at }) => at)",
    );
    assert.deepStrictEqual(marks, [1, 2, 3]);
  });

  it("keeps the last mark of each stretch, within its window", async () => {
    const marks = await ask<Array<number>>(
      "[10, 19, 20, 31, 45].reduce((curve, at) => equity.add(curve, [{ at }]), { ...equity.unread, everyMs: 10, windowMs: 30 }).marks.map(({ at }) => at)",
    );
    assert.deepStrictEqual(marks, [19, 20, 31, 45]);
  });

  it("draws a life of any length in a bounded number of points, to its last mark", async () => {
    const { count, first, last } = await ask<{ count: number; first: number; last: number }>(
      `(() => {
        let curve = equity.unread;
        for (let second = 0; second < 20_000; second += 1) curve = equity.add(curve, [{ at: second * 1_000 }]);
        return { count: curve.marks.length, first: curve.marks[0].at, last: curve.marks.at(-1).at };
      })()`,
    );
    assert.isAtMost(count, 720);
    assert.isAtLeast(count, 360);
    assert.isBelow(first, 100_000);
    assert.strictEqual(last, 19_999_000);
  });
});
