import type { Page } from "playwright-core";
import { afterAll, assert, beforeAll, it } from "vitest";
import { requires } from "../servers/Needs.ts";
import * as Site from "./Site.ts";

requires("chromium", "what the page asks about before it does it", () => {
  let site: Site.Site;
  beforeAll(async () => {
    site = await Site.open();
  }, 90_000);
  afterAll(() => site.close());

  const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
  const asked = (page: Page, question: string) => page.getByRole("dialog", { name: question });

  const make = async (page: Page, name: string, verb: string) => {
    await button(page, "New agent").click();
    await page.locator("input[name=name]").fill(name);
    await button(page, verb).click();
    await page.getByRole("heading", { name }).waitFor();
  };

  it("deletes an agent that does not run, once it is sure", async () => {
    await site.visit("/", {}, async (page) => {
      await page.locator("#head .status.RUNNING").waitFor();
      assert.strictEqual(await button(page, "Delete").count(), 0);
      await make(page, "short-lived", "Create");

      await button(page, "Delete").click();
      const dialog = asked(page, "Delete short-lived?");
      await dialog.getByRole("button", { name: "Cancel" }).click();
      await dialog.waitFor({ state: "detached" });
      await page.getByRole("heading", { name: "short-lived" }).waitFor();

      await button(page, "Delete").click();
      await dialog.getByRole("button", { name: "Delete" }).click();
      await page.getByRole("heading", { name: "demo" }).waitFor();
      assert.deepStrictEqual(await page.locator("#agents .name").allTextContents(), ["demo"]);
      assert.notInclude(page.url(), "short-lived");
    });
    assert.deepStrictEqual(site.complaints, []);
  });

  it("links a Telegram chat by a command that it shows", async () => {
    await site.visit("/", {}, async (page) => {
      await button(page, "Link Telegram").click();
      const dialog = asked(page, "Link Telegram");
      assert.match((await dialog.locator("code").textContent()) ?? "", /^\/start [\w-]{22}$/);
      await dialog.getByRole("button", { name: "Close" }).click();
      await dialog.waitFor({ state: "detached" });
    });
    assert.deepStrictEqual(site.complaints, []);
  });

  it("stops all that run or pause, on whatever page of the list, once it is sure", async () => {
    // One agent a page: the second and the third are found by their cursors alone.
    const routes = (page: Page) =>
      page.route("**/v1/agents?*status=*", (route) =>
        route.continue({ url: route.request().url().replace("limit=200", "limit=1") }),
      );
    await site.visit("/", { routes }, async (page) => {
      await make(page, "second", "Create and start");
      await make(page, "third", "Create and start");
      await button(page, "Pause").click();
      await page.locator("#head .status.PAUSED").waitFor();

      await button(page, "Stop all").click();
      const dialog = asked(page, "Stop 3 agents?");
      await dialog.getByRole("button", { name: "Cancel" }).click();
      await dialog.waitFor({ state: "detached" });
      await page.locator("#head .status.PAUSED").waitFor();

      await button(page, "Stop all").click();
      await dialog.getByRole("button", { name: "Stop all" }).click();
      await page.getByText("3 agents stopped.").waitFor();
      await page.locator("#head .status.STOPPED").waitFor();
      await page.locator("#agents .status:not(.STOPPED)").first().waitFor({ state: "detached" });

      await button(page, "Stop all").click();
      await page.getByText("No agent is running or paused.").waitFor();
    });
    assert.deepStrictEqual(site.complaints, []);
  });
});
