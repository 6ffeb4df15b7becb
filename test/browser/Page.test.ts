import type { Page } from "playwright-core";
import { afterAll, assert, beforeAll, it, vi } from "vitest";
import { requires } from "../servers/Needs.ts";
import * as Site from "./Site.ts";

requires("chromium", "the page", () => {
  let site: Site.Site;
  beforeAll(async () => {
    site = await Site.open();
  }, 90_000);
  afterAll(() => site.close());

  it("shows the demo agent, its live equity and its fills", async () => {
    await site.visit("/", { viewport: { width: 1200, height: 900 } }, async (page) => {
      await page.getByRole("heading", { name: "demo" }).waitFor();
      await page.locator("#link.on").waitFor();
      await page.locator("svg.chart .curve").waitFor();
      await page.getByRole("tab", { name: "Trades" }).click();
      await page.locator("#rows tbody tr").first().waitFor({ timeout: 60_000 });
      await page.getByRole("tab", { name: "Live events" }).click();
      await page.getByText("strom.agent.tick").first().waitFor();
    });
    assert.deepStrictEqual(site.complaints, []);
  });

  it("shows one equity of an agent, in its head and in the list", async () => {
    await site.visit("/", {}, async (page) => {
      await page.locator("#head .figures").waitFor();
      const listed = "#agents [aria-current] span:not([class])";
      const first = "#head .figures .value";
      const shown = () =>
        page.evaluate<ReadonlyArray<string>>(
          `["${listed}", "${first}"].map((each) => document.querySelector(each).textContent)`,
        );
      const seen = new Set<string>();
      await vi.waitUntil(
        async () => {
          const [inList = "", inHead] = await shown();
          assert.strictEqual(inHead, inList);
          return seen.add(inList).size > 3;
        },
        { timeout: 60_000, interval: 50 },
      );
    });
    assert.deepStrictEqual(site.complaints, []);
  });

  it("pauses and starts the agent", async () => {
    await site.visit("/", {}, async (page) => {
      await page.getByRole("button", { name: "Pause", exact: true }).click();
      await page.locator("#head .status.PAUSED").waitFor();
      assert.isTrue(await page.getByRole("button", { name: "Pause", exact: true }).isDisabled());
      await page.getByRole("button", { name: "Start", exact: true }).click();
      await page.locator("#head .status.RUNNING").waitFor();
    });
    assert.deepStrictEqual(site.complaints, []);
  });

  it("reads everything anew when the event stream says that something is missing", async () => {
    // As after a sleep longer than events are kept: what the page shows is old, and the stream says so.
    const reset = "id: x\nevent: strom.stream.reset\ndata: {}\n\n";
    const asked: Array<string> = [];
    const routes = (page: Page) => {
      page.on("request", (request) => asked.push(`${request.method()} ${request.url()}`));
      return page.route("**/v1/events", (route) =>
        route.fulfill({ contentType: "text/event-stream", body: reset }),
      );
    };
    await site.visit("/", { routes }, async (page) => {
      await page.getByRole("heading", { name: "demo" }).waitFor();
      // Once as it opens; with no events but that one, nothing else would have it ask again.
      const each = [
        /^GET .*\/v1\/agents\?/,
        /^GET .*\/stats$/,
        /^GET .*\/pnl\?limit=200&every_seconds=/,
        /^GET .*\/positions\?/,
      ];
      await vi.waitUntil(
        () => each.every((what) => asked.filter((request) => what.test(request)).length > 1),
        { timeout: 30_000 },
      );
    });
    assert.deepStrictEqual(site.complaints, []);
  });

  it("makes an agent from the form, and shows a name as text, whatever it holds", async () => {
    const name = '<img src=x onerror="alert(1)">';
    await site.visit("/", { viewport: { width: 390, height: 844 }, colorScheme: "dark" }, async (page) => {
      await page.getByRole("button", { name: "New agent" }).click();
      await page.locator("input[name=name]").fill(name);
      await page.locator("select[name=strategy]").selectOption("buy_and_hold");
      await page.getByRole("button", { name: "Create and start" }).click();
      await page.getByRole("heading", { name, exact: true }).waitFor();
      await page.locator("#head .status.RUNNING").waitFor();
      assert.strictEqual(await page.locator("#agent img").count(), 0);
      const isWide = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth");
      assert.isFalse(isWide, "the page is wider than a phone");
    });
    assert.deepStrictEqual(site.complaints, []);
  });

  it("says in the form what the API refused, in the words of the form, with its buttons in sight", async () => {
    await site.visit("/", { viewport: { width: 1280, height: 800 } }, async (page) => {
      await page.getByRole("button", { name: "New agent" }).click();
      await page.locator("input[name='param.ema_fast']").fill("50");
      const create = page.getByRole("button", { name: "Create", exact: true });
      await create.click();
      await page.getByText(/^ema fast: /).waitFor();
      assert.strictEqual(await page.evaluate("document.activeElement.name"), "param.ema_fast");

      const paths = [
        "capital",
        "universe.symbols[1]",
        "risk_profile.cooldown_seconds",
        "strategies[0].key",
        "mode",
      ];
      const errors = paths.map((path) => ({ path, message: "no" }));
      await page.route("**/v1/agents", (route) => route.fulfill({ status: 422, json: { errors } }));
      await create.click();
      await page.getByText("Capital: no").waitFor();
      const shown = ["Capital", "Symbols, separated by commas", "cooldown seconds", "Strategy", "mode"];
      const problem = await page.locator("dialog .problem").textContent();
      assert.deepStrictEqual(
        problem?.split("\n"),
        shown.map((label) => `${label}: no`),
      );
      for (const name of ["Cancel", "Create", "Create and start"]) {
        const isSeen = await page.getByRole("button", { name, exact: true }).evaluate((button) => {
          const { bottom } = button.getBoundingClientRect();
          return bottom < (button.closest("dialog")?.getBoundingClientRect().bottom ?? 0) && bottom < 800;
        });
        assert.isTrue(isSeen, name);
      }
    });
    // The browser itself notes each 422.
    assert.isTrue(site.complaints.every((complaint) => complaint.includes("422")));
    site.complaints.length = 0;
  });

  it("brings the API's documentation along, with nothing from elsewhere", async () => {
    await site.visit("/docs", {}, async (page) => {
      await page.getByText("/v1/agents", { exact: true }).first().waitFor();
    });
    assert.deepStrictEqual(site.complaints, []);
  });
});
