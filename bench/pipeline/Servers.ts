import * as Nats from "../../test/servers/Nats.ts";
import * as Postgres from "../../test/servers/Postgres.ts";
import type { Figure } from "../Figure.ts";

/** Runs a bench that needs a Postgres and a nats-server; where one is missing, says so and measures nothing. */
export const needing =
  <A extends ReadonlyArray<unknown>>(run: (...args: A) => Promise<ReadonlyArray<Figure>>) =>
  (...args: A): Promise<ReadonlyArray<Figure>> => {
    const missing = [Postgres.available(), Nats.available()].filter((reason) => reason !== null);
    if (missing.length === 0) return run(...args);
    console.error(`  left out: ${missing.join("; ")}`);
    return Promise.resolve([]);
  };
