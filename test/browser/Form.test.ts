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
