import type { Page } from "playwright-core";
import { afterAll, assert, beforeAll, it, vi } from "vitest";
import { requires } from "../servers/Needs.ts";
import * as Site from "./Site.ts";

requires("chromium", "how far back the curve goes", () => {
  let site: Site.Site;
  beforeAll(async () => {
    site = await Site.open();
  }, 90_000);
  afterAll(() => site.close());

  const hour = 3_600_000;
  const lastAt = Date.parse("2026-11-27T10:00:00.000Z");
  const firstAt = lastAt - 900 * 24 * hour;

  /** An agent that was marked once an hour for 900 days, as the API would answer for it. */
  const longLife = (asked: Array<URLSearchParams>) => async (page: Page) => {
    await page.route("**/stats", async (route) => {
      const answer = await route.fetch();
      const life = {
        first_run_at: new Date(firstAt).toISOString(),
        last_run_at: new Date(lastAt).toISOString(),
      };
      await route.fulfill({ json: { ...(await answer.json()), ...life } });
    });
    await page.route("**/pnl?**", (route) => {
      const query = new URL(route.request().url()).searchParams;
      asked.push(query);
      const step = Math.max(hour, Number(query.get("every_seconds")) * 1_000);
      const newest = Number(query.get("cursor") ?? lastAt);
      const oldest = Math.max(firstAt, Date.parse(query.get("from") ?? ""));
      const times = Array.from({ length: 201 }, (_, n) => newest - n * step).filter((at) => at >= oldest);
      const items = times.slice(0, 200).map((at) => ({
        ts: new Date(at).toISOString(),
        equity: String(100_000 + (at - firstAt) / hour),
      }));
      return route.fulfill({
        json: { items, next_cursor: times[200] === undefined ? null : String(times[200]) },
      });
    });
    // No events, so that the newest mark stays the newest.
    await page.route("**/v1/events", (route) =>
      route.fulfill({ contentType: "text/event-stream", body: "" }),
    );
  };

  it("is the whole life, unless less is asked for", async () => {
    const asked: Array<URLSearchParams> = [];
    await site.visit("/", { routes: longLife(asked) }, async (page) => {
      await page.getByText("2024-06-10 10:00 UTC").waitFor({ timeout: 20_000 });
      await page.getByText("2026-11-27 10:00 UTC").waitFor();
      assert.isAtMost(asked.length, 2);
      assert.isTrue(await page.getByRole("button", { name: "All", pressed: true }).isVisible());

      await page.getByRole("button", { name: "1 week" }).click();
      await page.getByText("2026-11-20 10:00 UTC").waitFor();
      await page.getByRole("button", { name: "1 day" }).click();
      await page.getByText("2026-11-26 10:00 UTC").waitFor();
      await page.getByRole("button", { name: "15 min" }).click();
      await page.getByText("No two runs within 15 min: choose a longer range.").waitFor();
    });
    assert.deepStrictEqual(
      asked.map((query) => query.get("every_seconds")).filter((every, n, all) => every !== all[n - 1]),
      ["216000", "1680", "240", "3"],
    );
    assert.deepStrictEqual(site.complaints, []);
  });

  it("shows the last range that was asked for, whichever is read first", async () => {
    const asked: Array<URLSearchParams> = [];
    const slow = async (page: Page) => {
      await longLife(asked)(page);
      await page.route(/every_seconds=1680/, async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        await route.fallback();
      });
    };
    await site.visit("/", { routes: slow }, async (page) => {
      await page.getByText("2024-06-10 10:00 UTC").waitFor({ timeout: 20_000 });
      await page.getByRole("button", { name: "1 week" }).click();
      await page.getByRole("button", { name: "1 day" }).click();
      await page.getByText("2026-11-26 10:00 UTC").waitFor();
      await page.waitForResponse(/every_seconds=1680/);
      await page.waitForTimeout(200);
      assert.strictEqual(await page.getByText("2026-11-26 10:00 UTC").count(), 1);
    });
    assert.deepStrictEqual(site.complaints, []);
  });

  it("is chosen by keyboard, stays in focus and goes on with what is heard", async () => {
    await site.visit("/", { viewport: { width: 390, height: 844 } }, async (page) => {
      await page.locator("svg.chart .curve").waitFor({ timeout: 20_000 });
      await page.getByRole("button", { name: "1 week" }).focus();
      await page.keyboard.press("Shift+Tab");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "1 day", pressed: true }).waitFor();
      const curve = () => page.locator("svg.chart .curve").getAttribute("d");
      for (let time = 0; time < 3; time += 1) {
        const before = await curve();
        await vi.waitUntil(async () => (await curve()) !== before, { timeout: 20_000, interval: 100 });
      }
      assert.strictEqual(await page.evaluate<string>("document.activeElement.textContent"), "1 day");
      assert.strictEqual(await page.locator("#ranges [aria-pressed=true]").count(), 1);
      const isWide = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth");
      assert.isFalse(isWide, "the page is wider than a phone");
    });
    assert.deepStrictEqual(site.complaints, []);
  });
});
