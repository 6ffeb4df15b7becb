import { afterAll, assert, beforeAll, it } from "vitest";
import { requires } from "../servers/Needs.ts";
import * as Site from "./Site.ts";

requires("chromium", "an agent whose symbols have no price", () => {
  let site: Site.Site;
  beforeAll(async () => {
    site = await Site.open();
  }, 90_000);
  afterAll(() => site.close());

  const post = async (path: string, body?: unknown) => {
    const response = await fetch(`${site.strom.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body ?? {}),
    });
    assert.isTrue(response.ok, path);
    return JSON.parse(await response.text());
  };

  it("says so in its head, until there is one, and again when no more come", async () => {
    const { id } = await post("/v1/agents", {
      name: "waiting",
      frequency_seconds: 1,
      universe: { symbols: ["BTC-USD", "NOBODY-USD", "NOTHING-USD"] },
      strategies: [{ key: "buy_and_hold" }],
      capital: "1000.00",
    });
    await post(`/v1/agents/${id}/start`);
    await site.visit(`/#${id}`, { viewport: { width: 390, height: 844 } }, async (page) => {
      const notice = page.locator("#head .notice");
      await page.getByText("No price for NOBODY-USD, NOTHING-USD yet.").waitFor({ timeout: 20_000 });
      const isWide = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth");
      assert.isFalse(isWide, "the page is wider than a phone");

      const ts = new Date().toISOString();
      const prices = ["NOBODY-USD", "NOTHING-USD"].map((symbol) => ({ symbol, ts, price: "5" }));
      await post("/v1/market/prices", { prices });
      await notice.waitFor({ state: "detached", timeout: 20_000 });
      const since = `${ts.slice(0, 16).replace("T", " ")} UTC`;
      await page
        .getByText(`No price for NOBODY-USD, NOTHING-USD since ${since}.`)
        .waitFor({ timeout: 30_000 });

      await page.getByRole("button", { name: "Stop", exact: true }).click();
      await page.locator("#head .status.STOPPED").waitFor();
      assert.strictEqual(await notice.count(), 0);
    });
    assert.deepStrictEqual(site.complaints, []);
  }, 90_000);

  it("names some of many, and counts the others", async () => {
    const rows = Array.from({ length: 7 }, (_, n) => ({ symbol: `S${n}`, last_price_at: null }));
    const old = { symbol: "OLD", last_price_at: "2026-11-27T10:00:59.999Z" };
    await site.visit("/", {}, async (page) => {
      const said = await page.evaluate(
        `import("/assets/prices.js").then(({ missing }) => missing(${JSON.stringify([...rows, old])}))`,
      );
      assert.strictEqual(
        said,
        "No price for S0, S1, S2, S3, S4 and 2 more yet. No price for OLD since 2026-11-27 10:00 UTC.",
      );
    });
  });
});
