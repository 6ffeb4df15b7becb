import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { chromium } from "playwright-core";
import * as Chromium from "../servers/Chromium.ts";
import * as Folder from "../servers/Folder.ts";
import * as Strom from "../servers/Strom.ts";

/** A STROM with its demo agent, and a browser that visits it. */
export interface Site {
  readonly strom: Strom.Process;
  /** What a page complained of, or fetched from anywhere but STROM. */
  readonly complaints: Array<string>;
  readonly visit: (
    path: string,
    options: BrowserContextOptions,
    deed: (page: Page) => Promise<void>,
  ) => Promise<void>;
  readonly close: () => Promise<void>;
}

export const open = async (): Promise<Site> => {
  const folder = Folder.make("page");
  const strom = await Strom.start(["up", "--demo"], { STROM_DATA_DIR: join(folder, "data") });
  const browser: Browser = await chromium.launch(Chromium.launchOptions());
  const complaints: Array<string> = [];
  return {
    strom,
    complaints,
    visit: async (path, options, deed) => {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("request", (request) => {
        if (!request.url().startsWith(strom.url) && !/^(data|blob):/.test(request.url())) {
          complaints.push(`fetched ${request.url()}`);
        }
      });
      try {
        await page.goto(`${strom.url}${path}`);
        await deed(page);
      } finally {
        await context.close();
      }
    },
    close: async () => {
      await browser.close();
      await strom.destroy();
      Folder.remove(folder);
    },
  };
};
