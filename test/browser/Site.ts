import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { chromium } from "playwright-core";
import * as Chromium from "../servers/Chromium.ts";
import * as Folder from "../servers/Folder.ts";
import * as Strom from "../servers/Strom.ts";

export interface VisitOptions extends BrowserContextOptions {
  /** What to answer in STROM's place, from the first request on: a page routed later has asked by then, or half of it. */
  readonly routes?: (page: Page) => Promise<unknown>;
}

/** A STROM with its demo agent, and a browser that visits it. */
export interface Site {
  readonly strom: Strom.Process;
  /** What a page complained of, or fetched from anywhere but STROM. */
  readonly complaints: Array<string>;
  readonly visit: (path: string, options: VisitOptions, deed: (page: Page) => Promise<void>) => Promise<void>;
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
    visit: async (path, { routes, ...options }, deed) => {
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
        await routes?.(page);
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
