import { afterAll, assert, beforeAll, it, vi } from "vitest";
import { requires } from "../servers/Needs.ts";
import * as Site from "./Site.ts";

requires("chromium", "the link of the page to STROM", () => {
  let site: Site.Site;
  beforeAll(async () => {
    site = await Site.open();
  }, 90_000);
  afterAll(() => site.close());

  it("says why it gets no events when a user has too many streams, and gets them once one is closed", async () => {
    const others = new AbortController();
    // Kept, since a stream nobody holds is closed by the garbage collector.
    const streams: Array<Response> = [];
    const another = async () =>
      streams.push(await fetch(`${site.strom.url}/v1/events`, { signal: others.signal }));
    await vi.waitUntil(async () => (await another()) && streams.at(-1)?.status === 429, { timeout: 20_000 });
    await site.visit("/", {}, async (page) => {
      await page.getByText("not live: a user may have 5 event streams at once; close one first").waitFor();
      assert.isAtLeast(streams.length, 6);
      others.abort();
      await page.locator("#link.on").waitFor({ timeout: 30_000 });
      assert.strictEqual(await page.locator("#link").textContent(), "live");
    });
    // The browser itself notes each 429.
    assert.isTrue(site.complaints.every((complaint) => complaint.includes("429")));
    site.complaints.length = 0;
  });

  it("says that STROM does not answer, in words of its own", async () => {
    await site.visit("/", {}, async (page) => {
      await page.locator("#head .status.RUNNING").waitFor();
      await page.context().setOffline(true);
      await page.getByRole("button", { name: "Pause", exact: true }).click();
      await page.getByText("STROM does not answer").waitFor();
    });
    // The browser itself notes what it could not reach.
    assert.isTrue(site.complaints.every((complaint) => complaint.includes("ERR_INTERNET_DISCONNECTED")));
    site.complaints.length = 0;
  });
});
