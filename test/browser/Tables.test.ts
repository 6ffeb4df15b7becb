import type { Page } from "playwright-core";
import { afterAll, assert, beforeAll, it } from "vitest";
import { requires } from "../servers/Needs.ts";
import * as Site from "./Site.ts";

requires("chromium", "the tables of the page", () => {
  let site: Site.Site;
  beforeAll(async () => {
    site = await Site.open();
  }, 90_000);
  afterAll(() => site.close());

  it("are opened by the arrows too, and tell of which tab they are", async () => {
    await site.visit("/", {}, async (page) => {
      const names = ["Positions", "Orders", "Trades", "Rejections", "Signals", "Live events"];
      const isOpen = async (name: string) => {
        await page.getByRole("tabpanel", { name, exact: true }).waitFor();
        const tab = page.getByRole("tab", { name, exact: true });
        assert.strictEqual(await tab.getAttribute("aria-selected"), "true");
        assert.strictEqual(await page.evaluate("document.activeElement.textContent"), name);
        assert.strictEqual(await tab.getAttribute("aria-controls"), "rows");
      };
      await page.getByRole("tab", { name: "Positions" }).focus();
      for (const name of [...names.slice(1), "Positions"]) {
        await page.keyboard.press("ArrowRight");
        await isOpen(name);
      }
      await page.keyboard.press("ArrowLeft");
      await isOpen("Live events");
      await page.keyboard.press("Home");
      await isOpen("Positions");
      await page.keyboard.press("End");
      await isOpen("Live events");
      // One of the tabs is in the order of Tab, and behind it the panel.
      await page.keyboard.press("Tab");
      assert.strictEqual(await page.evaluate("document.activeElement.id"), "rows");
      await page.keyboard.press("Shift+Tab");
      await isOpen("Live events");
    });
    assert.deepStrictEqual(site.complaints, []);
  });

  it("give the date of what was not today, and the whole instant when pointed at", async () => {
    const instants = ["2026-07-04T20:30:44.123Z", "2026-07-04T07:50:44.000Z", "2026-07-03T07:50:44.000Z"];
    const routes = async (page: Page) => {
      await page.clock.setFixedTime("2026-07-04T21:00:00.000Z");
      const items = [...instants, "2025-12-31T07:50:44.000Z"].map((ts, id) => ({
        id,
        ts,
        side: "BUY",
        symbol: "BTC-USD",
        qty: "1",
        price: "1",
        fee: "0",
      }));
      await page.route("**/trades?**", (route) => route.fulfill({ json: { items, next_cursor: null } }));
    };
    // The days are those of the reader: here it is the fifth since half past six in the evening of UTC.
    await site.visit("/", { routes, timezoneId: "Asia/Kolkata", locale: "en-GB" }, async (page) => {
      await page.getByRole("tab", { name: "Trades" }).click();
      const times = page.locator("#rows td time");
      await times.first().waitFor();
      assert.deepStrictEqual(await times.allTextContents(), [
        "02:00:44",
        "4 Jul, 13:20:44",
        "3 Jul, 13:20:44",
        "31 Dec 2025, 13:20:44",
      ]);
      assert.strictEqual(await times.first().getAttribute("title"), instants[0]);
    });
    assert.deepStrictEqual(site.complaints, []);
  });
});
