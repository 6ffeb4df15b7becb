import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Rng } from "@strom/core";
import { Effect } from "effect";

/** A recording made up from a seed: minutes of BTCUSD over midnight, with a gap in it. */
const BEGIN_AT = Date.UTC(2018, 3, 4, 23, 30, 0);

export const make = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const at = BEGIN_AT + (index < 40 ? index : index + 5) * 60_000;
    const cents = (key: string, n: number) => Math.round(n * 100 * Rng.uniformFrom("bar", key, index)) / 100;
    const open =
      7000 + 40 * Math.round(5 * Rng.uniformFrom("level", Math.floor(index / 6))) + cents("open", 9);
    const close = Math.round((open + cents("close", 20) - 10) * 100) / 100;
    const high = Math.round((Math.max(open, close) + cents("high", 5)) * 100) / 100;
    const low = Math.round((Math.min(open, close) - cents("low", 5)) * 100) / 100;
    // A market that counts in hundred-millionths, as those of coins do.
    const volume = Math.round(9e8 * Rng.uniformFrom("bar", "volume", index)) / 1e8;
    return { ts: new Date(at).toISOString(), open, high, low, close, volume };
  });

export type Minute = ReturnType<typeof make>[number];

export const lines = (rows: ReadonlyArray<Minute>): ReadonlyArray<string> =>
  rows.map(({ ts, open, high, low, close, volume }) => [ts, open, high, low, close, volume].join(","));

/** The lines under their header, in a file of a folder of its own. */
export const file = (rows: ReadonlyArray<string>, name = "btcusd-1m.csv") =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "strom-replay-"));
      const at = path.join(folder, name);
      fs.writeFileSync(at, ["ts,open,high,low,close,volume", ...rows].join("\n"));
      return at;
    }),
    (at) => Effect.sync(() => fs.rmSync(path.dirname(at), { recursive: true })),
  );
