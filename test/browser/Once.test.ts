import type { Page, Request } from "playwright-core";
import { afterAll, assert, beforeAll, it } from "vitest";
import { requires } from "../servers/Needs.ts";
import * as Site from "./Site.ts";

requires("chromium", "what is asked of the page twice", () => {
  let site: Site.Site;
  beforeAll(async () => {
    site = await Site.open();
  }, 90_000);
  afterAll(() => site.close());

  const url = "**/v1/agents";

  /** How often an agent of this name was made, and in which states they are. */
  const statesOf = async (name: string) => {
    const response = await fetch(`${site.strom.url}/v1/agents?limit=200`);
    const { items }: { items: ReadonlyArray<{ name: string; status: string }> } = JSON.parse(
      await response.text(),
    );
    return items.filter((agent) => agent.name === name).map(({ status }) => status);
  };

  const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

  const fill = async (page: Page, name: string) => {
    await button(page, "New agent").click();
    await page.locator("input[name=name]").fill(name);
    await page.locator("select[name=strategy]").selectOption("buy_and_hold");
  };

  /** A link on which each answer takes its time. */
  const slow = (pattern: string) => (page: Page) =>
    page.route(pattern, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      await route.continue();
    });

  /** STROM does what it is asked first, and its answer never comes. */
  const loseFirst = async (page: Page, pattern: string) => {
    await page.route(
      pattern,
      async (route) => {
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    );
  };

  /** The browser itself notes what failed on purpose. */
  const forgive = (text: string) => {
    assert.deepStrictEqual(
      site.complaints.filter((complaint) => !complaint.includes(text)),
      [],
    );
    site.complaints.length = 0;
  };

  it("makes one agent of a double click", async () => {
    await site.visit("/", {}, async (page) => {
      await fill(page, "clicked-twice");
      await slow(url)(page);
      await button(page, "Create").dblclick();
      await page.getByRole("heading", { name: "clicked-twice" }).waitFor();
    });
    assert.deepStrictEqual(await statesOf("clicked-twice"), ["CONFIGURED"]);
    assert.deepStrictEqual(site.complaints, []);
  });

  it("makes one agent when the answer is lost and the button clicked again, and another once a field changed", async () => {
    await site.visit("/", {}, async (page) => {
      await fill(page, "lost");
      await loseFirst(page, url);
      await button(page, "Create").click();
      await page.locator("dialog").getByText("STROM does not answer").waitFor();
      await button(page, "Create").click();
      await page.getByRole("heading", { name: "lost" }).waitFor();
      assert.deepStrictEqual(await statesOf("lost"), ["CONFIGURED"]);

      await fill(page, "lost-again");
      await loseFirst(page, url);
      await button(page, "Create").click();
      await page.locator("dialog").getByText("STROM does not answer").waitFor();
      await page.locator("input[name=name]").fill("changed");
      await button(page, "Create").click();
      await page.getByRole("heading", { name: "changed" }).waitFor();
    });
    assert.deepStrictEqual(await statesOf("changed"), ["CONFIGURED"]);
    forgive("ERR_FAILED");
  });

  it("starts the agent it made when only its start was refused", async () => {
    await site.visit("/", {}, async (page) => {
      await fill(page, "refused");
      const problem = { status: 503, json: { detail: "the database does not answer" } };
      await page.route("**/start", (route) => route.fulfill(problem), { times: 1 });
      await button(page, "Create and start").click();
      await page
        .locator("dialog")
        .getByText("The agent is made, but not started: the database does not answer")
        .waitFor();
      await button(page, "Create and start").click();
      await page.getByRole("heading", { name: "refused" }).waitFor();
      await page.locator("#head .status.RUNNING").waitFor();
    });
    assert.deepStrictEqual(await statesOf("refused"), ["RUNNING"]);
    forgive("503");
  });

  it("starts an agent once, whether it is clicked twice or the answer is lost", async () => {
    // Nothing is heard, so that only answers tell the page how the agent stands.
    const routes = (page: Page) =>
      page.route("**/v1/events", (route) => route.fulfill({ contentType: "text/event-stream", body: "" }));
    await site.visit("/", { routes }, async (page) => {
      const asked: Array<Request> = [];
      page.on("request", (request) => request.url().endsWith("/start") && asked.push(request));
      const pause = async () => {
        await button(page, "Pause").click();
        await page.locator("#head .status.PAUSED").waitFor();
      };
      await pause();
      await slow("**/start")(page);
      await button(page, "Start").dblclick();
      await page.locator("#head .status.RUNNING").waitFor();
      assert.strictEqual(asked.length, 1);
      assert.isTrue(await page.locator("#toast").isHidden());

      await pause();
      await loseFirst(page, "**/start");
      await button(page, "Start").click();
      await page.getByText("STROM does not answer").waitFor();
      await button(page, "Start").click();
      await page.locator("#head .status.RUNNING").waitFor();
      assert.strictEqual(asked.length, 3);
    });
    forgive("ERR_FAILED");
  });
});
