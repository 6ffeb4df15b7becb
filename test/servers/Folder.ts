import { chownSync, mkdtempSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Identity } from "./Identity.ts";
import * as Watchdog from "./Watchdog.ts";

/** A fresh folder for a server, readable by whoever it runs as, and removed with this process at the latest. */
export const make = (name: string, identity?: Identity): string => {
  const folder = mkdtempSync(join(reachable(realpathSync(tmpdir())), `strom-${name}-`));
  if (identity !== undefined) chownSync(folder, identity.uid, identity.gid);
  Watchdog.folder(folder);
  return folder;
};

export const remove = (folder: string): void =>
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

/** A TMPDIR that only root may enter is of no use to a server that runs as someone else. */
const reachable = (folder: string): string => {
  for (let at = folder; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return "/tmp";
    if (dirname(at) === at) return folder;
  }
};
