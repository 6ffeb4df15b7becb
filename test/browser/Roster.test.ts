import type { Page } from "playwright-core";
import { afterAll, assert, beforeAll, it } from "vitest";
import { requires } from "../servers/Needs.ts";
import * as Site from "./Site.ts";

requires("chromium", "the page of somebody with many agents", () => {
  const others = 212;
  let site: Site.Site;
  let demo: string;
  beforeAll(async () => {
    site = await Site.open();
    const ask = async (options?: RequestInit) => {
      const answer = await fetch(`${site.strom.url}/v1/agents`, options);
      return JSON.parse(await answer.text());
    };
    demo = (await ask()).items[0].id;
    for (let n = 1; n <= others; n += 1) {
      const body = {
        name: `agent-${n}`,
        frequency_seconds: 60,
        universe: { symbols: ["BTC-USD"] },
        strategies: [{ key: "buy_and_hold" }],
        capital: "1000.00",
      };
      const headers = { "content-type": "application/json" };
      await ask({ method: "POST", headers, body: JSON.stringify(body) });
    }
  }, 240_000);
  afterAll(() => site.close());

  const listed = (page: Page) => page.locator("#agents .name").allTextContents();
  const heading = (page: Page, name: string) => page.getByRole("heading", { name, exact: true });

  it("lists the newest, and those before them when they are asked for", async () => {
    await site.visit("/", {}, async (page) => {
      await heading(page, "agent-212").waitFor();
      assert.strictEqual((await listed(page)).length, 200);
      await page.getByRole("button", { name: "Show more" }).click();
      await page.locator("#agents button", { hasText: "demo" }).click();
      await heading(page, "demo").waitFor();
      const names = await listed(page);
      assert.strictEqual(new Set(names).size, others + 1);
      assert.strictEqual(names.length, others + 1);
      assert.strictEqual(await page.getByRole("button", { name: "Show more" }).count(), 0);

      // What is read anew when an agent changes is as much as was shown.
      await page.getByRole("button", { name: "Pause", exact: true }).click();
      await page.locator("#agents .status.PAUSED").waitFor();
      await page.getByRole("button", { name: "Start", exact: true }).click();
      await page.waitForResponse(/\/v1\/agents\?.*cursor=/);
      assert.strictEqual((await listed(page)).length, others + 1);
    });
    assert.deepStrictEqual(site.complaints, []);
  });

  it("opens the agent of a bookmark, on whatever page of the list it is", async () => {
    await site.visit(`/#${demo}`, {}, async (page) => {
      await heading(page, "demo").waitFor();
      assert.strictEqual((await listed(page)).length, 201);
      assert.strictEqual((await listed(page)).at(-1), "demo");
      await page.locator("#agents button", { hasText: "agent-212" }).click();
      await heading(page, "agent-212").waitFor();
      // As a bookmark that is followed while the page is open.
      await page.evaluate(`location.hash = "${demo}"`);
      await heading(page, "demo").waitFor();
      await page.getByRole("button", { name: "Show more" }).click();
      await page.locator("#agents button", { hasText: "agent-1" }).first().waitFor();
      await page.getByRole("button", { name: "Show more" }).waitFor({ state: "detached" });
      assert.strictEqual((await listed(page)).length, others + 1);
    });
    assert.deepStrictEqual(site.complaints, []);
  });

  it("has the chosen one in sight, in the list and beside it", async () => {
    const isSeen = (page: Page, selector: string) =>
      page.locator(selector).evaluate((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        const { clientWidth, clientHeight } = element.ownerDocument.documentElement;
        return x >= 0 && y >= 0 && x + width <= clientWidth && y + height <= clientHeight;
      });
    for (const viewport of [
      { width: 390, height: 844 },
      { width: 1200, height: 700 },
    ]) {
      await site.visit(`/#${demo}`, { viewport }, async (page) => {
        await heading(page, "demo").waitFor();
        assert.isTrue(await isSeen(page, "#agents [aria-current]"), `demo at ${viewport.width}`);
        await page.locator("#agents button", { hasText: "agent-100" }).click();
        await heading(page, "agent-100").waitFor();
        assert.isTrue(await isSeen(page, "#agents [aria-current]"), `agent-100 at ${viewport.width}`);
        assert.isTrue(await isSeen(page, "h1"), `its name at ${viewport.width}`);
      });
    }
    assert.deepStrictEqual(site.complaints, []);
  });

  it("says that an agent is not there instead of showing another", async () => {
    for (const id of ["00000000-0000-4000-8000-000000000000", "../me"]) {
      await site.visit(`/#${id}`, {}, async (page) => {
        await page.getByText(`You have no agent ${id}: it was deleted, or the address is wrong.`).waitFor();
        assert.strictEqual(await page.getByRole("heading", { level: 1 }).count(), 0);
        await page.locator("#agents button", { hasText: "agent-212" }).click();
        await heading(page, "agent-212").waitFor();
      });
    }
    // The browser itself notes what was not found.
    assert.isTrue(
      site.complaints.every((complaint) => /404|422/.test(complaint)),
      String(site.complaints),
    );
    site.complaints.length = 0;
  });
});
