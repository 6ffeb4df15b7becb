import { homedir } from "node:os";
import { join } from "node:path";
import * as Binary from "./Binary.ts";

/**
 * Quiet and alone: without the background flags a browser behind a closed network spends its start on refused
 * connections. No sandbox, since it refuses to start with one as root.
 */
export const flags: ReadonlyArray<string> = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

/** The browser to drive, as an absolute path (for playwright-core's `executablePath`); null when there is none. */
export const executable = (): string | null => {
  const chosen = process.env.STROM_CHROMIUM;
  if (chosen !== undefined) return Binary.isExecutable(chosen) ? chosen : null;
  const onPath = Binary.find(["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]);
  return onPath ?? [...apps(), ...playwrightCache()].find(Binary.isExecutable) ?? null;
};

/** Null when a browser can be started here, else what is missing. */
export const available = (): string | null =>
  executable() === null
    ? "no Chromium or Chrome found; install chromium, or name it in STROM_CHROMIUM"
    : null;

/** For `chromium.launch(…)` of playwright-core. */
export const launchOptions = (): { readonly executablePath: string; readonly args: Array<string> } => {
  const executablePath = executable();
  if (executablePath === null) throw new Error(available() ?? "no Chromium found");
  return { executablePath, args: [...flags] };
};

const apps = (): ReadonlyArray<string> =>
  ["/Applications", join(homedir(), "Applications")].flatMap((folder) => [
    join(folder, "Chromium.app/Contents/MacOS/Chromium"),
    join(folder, "Google Chrome.app/Contents/MacOS/Google Chrome"),
  ]);

const playwrightCache = (): ReadonlyArray<string> => {
  const roots = [
    process.env.PLAYWRIGHT_BROWSERS_PATH,
    join(homedir(), ".cache/ms-playwright"),
    join(homedir(), "Library/Caches/ms-playwright"),
  ];
  const tails = [
    "chrome-linux/chrome",
    "chrome-linux64/chrome",
    "chrome-mac/Chromium.app/Contents/MacOS/Chromium",
    "chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
  ];
  return roots
    .filter((root) => root !== undefined)
    .flatMap((root) => tails.flatMap((tail) => Binary.versions(root, tail, "chromium-")));
};
