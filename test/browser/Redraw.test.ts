import type { Page } from "playwright-core";
import { afterAll, assert, beforeAll, it, vi } from "vitest";
import { requires } from "../servers/Needs.ts";
import * as Site from "./Site.ts";

requires("chromium", "a page that is drawn every second", () => {
  let site: Site.Site;
  beforeAll(async () => {
    site = await Site.open();
  }, 90_000);
  afterAll(() => site.close());

  /** Until what is there reads otherwise, so many times. */
  const changes = async (page: Page, selector: string, times: number) => {
    for (let time = 0; time < times; time += 1) {
      const found = page.locator(selector).first();
      const before = await found.textContent();
      await vi.waitUntil(async () => (await found.textContent()) !== before, {
        timeout: 60_000,
        interval: 100,
      });
    }
  };

  const focused = (page: Page) => page.evaluate<string>("document.activeElement.textContent");

  it("leaves the focus where it is while the head, the agents and the tabs are drawn anew", async () => {
    await site.visit("/", { viewport: { width: 1200, height: 900 } }, async (page) => {
      await page.locator("#head .figures").waitFor();
      await page.getByRole("button", { name: "Stop", exact: true }).focus();
      await changes(page, "#head .figures", 2);
      assert.strictEqual(await focused(page), "Stop");

      await page.getByRole("tab", { name: "Live events" }).click();
      await changes(page, "#rows tbody tr", 3);
      assert.strictEqual(await focused(page), "Live events");

      await page.locator("#agents button").first().focus();
      await changes(page, "#agents", 2);
      assert.match(await focused(page), /^demo/);
    });
    assert.deepStrictEqual(site.complaints, []);
  });

  it("leaves a selected text selected", async () => {
    await site.visit("/", {}, async (page) => {
      await page.getByRole("tab", { name: "Live events" }).click();
      await page.locator("#rows tbody tr").first().waitFor();
      await page.evaluate("getSelection().selectAllChildren(document.querySelector('#rows tbody tr'))");
      const before = await page.evaluate<string>("String(getSelection())");
      await changes(page, "#rows tbody tr", 2);
      assert.strictEqual(await page.evaluate<string>("String(getSelection())"), before);
    });
    assert.deepStrictEqual(site.complaints, []);
  });

  it("leaves a table scrolled to its side on a phone, and opens another at its left", async () => {
    await site.visit("/", { viewport: { width: 390, height: 844 } }, async (page) => {
      const scrolled = () => page.locator("#rows .scroll").evaluate((element) => element.scrollLeft);
      await page.getByRole("tab", { name: "Live events" }).click();
      await page.locator("#rows tbody tr").first().waitFor();
      await page.locator("#rows .scroll").evaluate((element) => element.scrollTo({ left: 60 }));
      await changes(page, "#rows tbody tr", 2);
      assert.strictEqual(await scrolled(), 60);

      await page.getByRole("tab", { name: "Trades" }).click();
      await page.locator("#rows tbody tr").first().waitFor({ timeout: 60_000 });
      assert.strictEqual(await scrolled(), 0);
    });
    assert.deepStrictEqual(site.complaints, []);
  });

  // The last one: the newcomer is the agent a page opens with.
  it("leaves the focus on an agent when another one comes before it", async () => {
    const newcomer = {
      name: "newcomer",
      frequency_seconds: 1,
      universe: { symbols: ["BTC-USD"] },
      strategies: [{ key: "buy_and_hold" }],
      capital: "1000.00",
    };
    await site.visit("/", {}, async (page) => {
      await page.locator("#link.on").waitFor();
      await page.locator("#agents button").first().focus();
      // As from another page of the same user: this one hears of it.
      await page.evaluate(
        `import("/assets/api.js").then(async (api) => {
          const { id } = await api.create(${JSON.stringify(newcomer)});
          await api.move(id, "start");
        })`,
      );
      await page.locator("#agents button", { hasText: "newcomer" }).waitFor({ timeout: 20_000 });
      assert.match((await page.locator("#agents button").first().textContent()) ?? "", /^newcomer/);
      assert.match(await focused(page), /^demo/);
    });
    assert.deepStrictEqual(site.complaints, []);
  });
});
