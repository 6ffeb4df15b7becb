import { assert } from "@effect/vitest";
import { chromium } from "playwright-core";
import { it } from "vitest";
import * as Chromium from "./Chromium.ts";
import { requires } from "./Needs.ts";

requires("chromium", "the browser", () => {
  it("starts and runs a page", async () => {
    const browser = await chromium.launch(Chromium.launchOptions());
    try {
      const page = await browser.newPage();
      await page.setContent("<h1>STROM</h1>");
      assert.strictEqual(await page.textContent("h1"), "STROM");
    } finally {
      await browser.close();
    }
  });
});
