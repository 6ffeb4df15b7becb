import type { Page } from "playwright-core";
import { afterAll, assert, beforeAll, it } from "vitest";
import { requires } from "../servers/Needs.ts";
import * as Site from "./Site.ts";

requires("chromium", "the form of the page", () => {
  let site: Site.Site;
  beforeAll(async () => {
    site = await Site.open();
  }, 90_000);
  afterAll(() => site.close());

  it("does on Enter what its main button does", async () => {
    await site.visit("/", {}, async (page) => {
      await page.getByRole("button", { name: "New agent" }).click();
      await page.locator("input[name=name]").fill("entered");
      await page.locator("input[name=name]").press("Enter");
      await page.getByRole("heading", { name: "entered" }).waitFor();
      await page.locator("#head .status.RUNNING").waitFor();
    });
    assert.deepStrictEqual(site.complaints, []);
  });

  it("begins with the usual symbols, whoever feeds others, and suggests the rest one after the other", async () => {
    const ts = new Date().toISOString();
    const items = ["AAA", "BTC-USD", "ETH-USD", "HUGE"].map((symbol) => ({ symbol, price: "1", ts }));
    const priced = (symbols: ReadonlyArray<unknown>) => (page: Page) =>
      page.route("**/v1/market/symbols", (route) => route.fulfill({ json: { items: symbols } }));
    await site.visit("/", { routes: priced(items) }, async (page) => {
      const suggested = () =>
        page.evaluate("[...document.getElementById('symbols').options].map(({ value }) => value)");
      await page.getByRole("button", { name: "New agent" }).click();
      const field = page.getByLabel("Symbols, separated by commas");
      assert.strictEqual(await field.inputValue(), "BTC-USD, ETH-USD");
      assert.deepStrictEqual(await suggested(), ["BTC-USD, ETH-USD, AAA", "BTC-USD, ETH-USD, HUGE"]);
      await field.fill("HUGE, B");
      assert.deepStrictEqual(await suggested(), ["HUGE, AAA", "HUGE, BTC-USD", "HUGE, ETH-USD"]);
    });
    const old = { symbol: "OLD", price: "1", ts: "2026-01-01T00:00:00.000Z" };
    await site.visit("/", { routes: priced([old, { ...old, symbol: "NEW", ts }]) }, async (page) => {
      await page.getByRole("button", { name: "New agent" }).click();
      assert.strictEqual(await page.locator("input[name=symbols]").inputValue(), "NEW");
    });
    assert.deepStrictEqual(site.complaints, []);
  });

  it("makes nothing while a field is not as it should be, by either button", async () => {
    await site.visit("/", {}, async (page) => {
      await page.getByRole("button", { name: "New agent" }).click();
      await page.locator("input[name=name]").fill("");
      for (const name of ["Create", "Create and start"]) {
        await page.getByRole("button", { name, exact: true }).click();
        assert.strictEqual(await page.evaluate("document.activeElement.name"), "name");
        assert.isTrue(await page.getByRole("button", { name, exact: true }).isEnabled());
      }
    });
    assert.deepStrictEqual(site.complaints, []);
  });
});
