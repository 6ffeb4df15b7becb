import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "vitest";
import * as Chromium from "./Chromium.ts";
import * as Nats from "./Nats.ts";
import * as Nix from "./Nix.ts";
import * as OtherNode from "./OtherNode.ts";
import * as Postgres from "./Postgres.ts";
import * as Redis from "./Redis.ts";
import * as Registry from "./Registry.ts";
import * as Systemd from "./Systemd.ts";

/** What a suite may need beyond Node and this checkout. */
export type Need =
  | "postgres"
  | "nats"
  | "redis"
  | "chromium"
  | "nix"
  | "systemd"
  | "registry"
  | "other-node"
  | "market-data"
  | "seeds";

/** Recorded prices and the documents STROM was specified in live beside the checkout, not in it, so a CI of somebody else may lack them; so may a second Node. */
const OPTIONAL_IN_CI: ReadonlySet<Need> = new Set(["market-data", "seeds", "other-node"]);

const shared = join(import.meta.dirname, "../../../shared");

/** The folder of recorded prices. */
export const marketData: string = join(shared, "market-data");

/** The folder of the documents STROM was specified in. */
export const seeds: string = join(shared, "seeds");

const checks: Readonly<Record<Need, () => string | null>> = {
  postgres: Postgres.available,
  nats: Nats.available,
  redis: Redis.available,
  chromium: Chromium.available,
  nix: Nix.available,
  systemd: Systemd.available,
  registry: Registry.available,
  "other-node": OtherNode.available,
  "market-data": () =>
    existsSync(marketData) ? null : "no recorded prices found; put them in ../shared/market-data",
  seeds: () => (existsSync(seeds) ? null : "no specification found; put it in ../shared/seeds"),
};

/**
 * Null when it is here, else a sentence on what to install. `STROM_TEST_WITHOUT=postgres,nats` hides what is
 * here, to see what a machine without it would see.
 */
export const missing = (need: Need): string | null =>
  (process.env.STROM_TEST_WITHOUT ?? "").split(",").includes(need)
    ? `${need} is hidden by STROM_TEST_WITHOUT`
    : checks[need]();

/**
 * `describe` for a suite that needs real servers or a browser. Where one is missing the suite is skipped, and
 * `npm test` says so at its end with what to install; with CI=true it fails instead, because there a silent
 * skip would look like a pass.
 */
export const requires = (needs: Need | ReadonlyArray<Need>, name: string, suite: () => void): void => {
  const lacking = [needs].flat().filter((need) => missing(need) !== null);
  const reasons = lacking.map((need) => missing(need));
  if (reasons.length === 0) {
    describe(name, suite);
    return;
  }
  if (process.env.CI === "true" && lacking.some((need) => !OPTIONAL_IN_CI.has(need))) {
    describe(name, () => {
      it("has what it needs, since this is CI", () => {
        throw new Error(reasons.join("; "));
      });
    });
    return;
  }
  record(name, reasons.join("; "));
  describe.skip(`${name} (left out: ${reasons.join("; ")})`, suite);
};

/** For `npm test`, which reads these lines when everything has run. */
const record = (suite: string, reason: string): void => {
  const file = process.env.STROM_TEST_LEFT_OUT;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ suite, reason })}\n`);
};
