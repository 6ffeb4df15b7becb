import type { Page } from "playwright-core";
import { afterAll, assert, beforeAll, it } from "vitest";
import { requires } from "../servers/Needs.ts";
import * as Site from "./Site.ts";

requires("chromium", "an agent that lost what it may lose in a day", () => {
  let site: Site.Site;
  beforeAll(async () => {
    site = await Site.open();
  }, 90_000);
  afterAll(() => site.close());

  const notice = "Daily loss limit reached";

  const dayMs = 86_400_000;
  /** No test crosses midnight. */
  const noon = new Date(Math.floor(Date.now() / dayMs) * dayMs + dayMs / 2);

  /** Visits STROM at noon as if the agent's latest rejections were of the daily loss limit, with this floor. */
  const visitRejected = (limit: string, at: Date, deed: (page: Page) => Promise<void>) => {
    const code = "daily_loss_limit";
    const decision = { code, rules: [{ code, ok: false, limit }], at: at.toISOString() };
    const items = [{ code: "cooldown_active", rules: [], at: at.toISOString() }, decision];
    let read: Promise<unknown> | undefined;
    const routes = async (page: Page) => {
      await page.clock.setFixedTime(noon);
      await page.route("**/risk-decisions?**", (route) =>
        route.fulfill({ json: { items, next_cursor: null } }),
      );
      read = page.waitForResponse(/risk-decisions/);
    };
    return site.visit("/", { routes }, async (page) => {
      await read;
      await page.locator("#head .figures").waitFor();
      // What is answered later than the decisions is read later by the page too.
      await page.evaluate("fetch('/v1/me').then((response) => response.text())");
      await deed(page);
    });
  };

  it("says so in its head, as long as it runs", async () => {
    await visitRejected("999999999.00", noon, async (page) => {
      await page.getByText(notice).waitFor();
      await page.getByRole("button", { name: "Pause", exact: true }).click();
      await page.locator("#head .status.PAUSED").waitFor();
      assert.strictEqual(await page.getByText(notice).count(), 0);
      await page.getByRole("button", { name: "Start", exact: true }).click();
      await page.getByText(notice).waitFor();
    });
    assert.deepStrictEqual(site.complaints, []);
  });

  it("says nothing once its equity is above the floor, nor of another day", async () => {
    const isSilent = async (page: Page) => assert.strictEqual(await page.getByText(notice).count(), 0);
    await visitRejected("1.00", noon, isSilent);
    await visitRejected("999999999.00", new Date(noon.getTime() - dayMs), isSilent);
    await visitRejected("999999999.00", noon, async (page) => {
      await page.getByText(notice).waitFor();
      await page.clock.setFixedTime(new Date(noon.getTime() + dayMs));
      await page.getByText(notice).waitFor({ state: "detached" });
    });
    assert.deepStrictEqual(site.complaints, []);
  });
});
