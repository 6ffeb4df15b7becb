import type { Page } from "playwright-core";
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

  it("reads five pages of the history, and names its days when they are more than one", async () => {
    const hour = 3_600_000;
    const newestAt = Date.parse("2026-11-27T10:00:00.000Z");
    const asked: Array<string | null> = [];
    const routes = async (page: Page) => {
      // An agent that is marked once an hour, and was for years.
      await page.route("**/pnl?**", (route) => {
        const cursor = new URL(route.request().url()).searchParams.get("cursor");
        asked.push(cursor);
        const first = Number(cursor ?? 0);
        const items = Array.from({ length: 200 }, (_, index) => ({
          ts: new Date(newestAt - (first + index) * hour).toISOString(),
          equity: "100000.00",
        }));
        return route.fulfill({ json: { items, next_cursor: String(first + 200) } });
      });
      // No events, so that the newest mark stays the newest.
      await page.route("**/v1/events", (route) =>
        route.fulfill({ contentType: "text/event-stream", body: "" }),
      );
    };
    await site.visit("/", { routes }, async (page) => {
      await page.getByText("2026-10-16 19:00 UTC").waitFor({ timeout: 20_000 });
      await page.getByText("2026-11-27 10:00 UTC").waitFor();
    });
    assert.deepStrictEqual(asked, [null, "200", "400", "600", "800"]);
  });

  it("names the hours alone while all is of one day", async () => {
    const names = await ask<Array<string>>(
      `chart.namesOf(Date.parse("2026-11-27T00:00:00Z"), Date.parse("2026-11-27T23:59:59Z"))`,
    );
    for (const name of names) assert.match(name, /^\d\d:\d\d:\d\d$/);
  });

  it("puts what was heard after what was read, once", async () => {
    const marks = await ask<Array<number>>(
      "equity.joined({ past: [{ at: 1 }, { at: 2 }], heard: [{ at: 2 }, { at: 3 }] }).map(({ at }) => at)",
    );
    assert.deepStrictEqual(marks, [1, 2, 3]);
  });
});
