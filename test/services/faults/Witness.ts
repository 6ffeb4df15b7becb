import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Effect, Schema } from "effect";
import { SqlClient } from "effect/sql";
import * as Folder from "../../servers/Folder.ts";
import { patiently } from "./Patience.ts";

/**
 * The harness's own log of what was acknowledged to it, in a file beside Postgres and the broker: every run and trade
 * it saw committed, every price the API said was stored. Whatever stands here must still be there, unchanged, at the
 * end.
 */
export interface Witness {
  /** Notes every run and trade it has not seen yet. */
  readonly look: Effect.Effect<void, never, SqlClient.SqlClient>;
  /** Notes that these were acknowledged. */
  readonly note: (table: Table, seen: ReadonlyArray<Omit<Seen, "table">>) => void;
  /** Feeds the API a price, and notes it when it is acknowledged. */
  readonly feed: (url: string) => Effect.Effect<void>;
  readonly acknowledged: () => Acknowledged;
  /** What was acknowledged and is gone, or is another now. */
  readonly lost: Effect.Effect<ReadonlyArray<string>, never, SqlClient.SqlClient>;
}

/** How many of each were acknowledged. */
export interface Acknowledged {
  readonly runs: number;
  readonly trades: number;
  readonly prices: number;
}

const SYMBOL = "WITNESS";
const Receipt = Schema.Struct({ stored: Schema.Int, known: Schema.Int });
const isReceipt = Schema.is(Receipt);

type Table = "agent_runs" | "trades" | "market_prices";

/** A line of the log. */
const Seen = Schema.Struct({
  table: Schema.Literals(["agent_runs", "trades", "market_prices"]),
  key: Schema.String,
  row: Schema.String,
});
type Seen = typeof Seen.Type;
const decodeSeen = Schema.decodeUnknownSync(Seen);

/** After the first look, what is looked at again at every look: nothing takes longer from its `now()` to its commit. */
const RECENT = "created_at > now() - interval '40 seconds'";

const queries = {
  agent_runs: `select id::text as key, concat_ws('/', agent_id, slot, status, md5(inputs::text)) as row
    from agent_runs where status = 'COMPLETED'`,
  trades: "select id::text as key, to_jsonb(t)::text as row from trades t where true",
  market_prices: `select (extract(epoch from ts) * 1000)::int8::text as key, price::float8::text as row
    from market_prices where symbol = '${SYMBOL}'`,
} as const satisfies Record<Table, string>;

const rows = (query: string) =>
  patiently(
    Effect.flatMap(SqlClient.SqlClient, (sql) =>
      sql.unsafe<{ readonly key: string; readonly row: string }>(query),
    ),
  );

const post = (url: string, ts: string, price: number): Promise<boolean> =>
  fetch(`${url}/v1/market/prices`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ prices: [{ symbol: SYMBOL, ts, price: String(price) }] }),
    signal: AbortSignal.timeout(10_000),
  })
    .then(async (response) => {
      const body: unknown = response.status === 200 ? await response.json() : null;
      return isReceipt(body) && body.stored + body.known === 1;
    })
    .catch(() => false);

/** Keeps its log in a folder of its own, for as long as the scope lives. */
export const scoped = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => Folder.make("witness")),
    (folder) => Effect.sync(() => Folder.remove(folder)),
  ),
  (folder) => make(folder),
);

const make = (folder: string): Witness => {
  const file = join(folder, "acknowledged.log");
  writeFileSync(file, "");
  const known = {
    agent_runs: new Set<string>(),
    trades: new Set<string>(),
    market_prices: new Set<string>(),
  };
  // So far up that a price the API never got makes no jump of the next one.
  let price = 1_000;
  let hasLooked = false;

  const note = (table: Table, seen: ReadonlyArray<Omit<Seen, "table">>): void => {
    const fresh = seen.filter(({ key }) => !known[table].has(key));
    for (const { key } of fresh) known[table].add(key);
    appendFileSync(file, fresh.map((one) => `${JSON.stringify({ table, ...one })}\n`).join(""));
  };
  const read = (): ReadonlyArray<Seen> =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => decodeSeen(JSON.parse(line)));

  return {
    note,
    // Only what is committed is ever answered, so this is an acknowledgement.
    look: Effect.gen(function* () {
      for (const table of ["agent_runs", "trades"] as const) {
        note(table, yield* rows(`${queries[table]} and ${hasLooked ? RECENT : "true"}`));
      }
      hasLooked = true;
    }),
    feed: (url) =>
      Effect.promise(async () => {
        price += 1;
        const at = Date.now();
        if (!(await post(url, new Date(at).toISOString(), price))) return;
        note("market_prices", [{ key: String(at), row: String(price) }]);
      }),
    acknowledged: () => ({
      runs: known.agent_runs.size,
      trades: known.trades.size,
      prices: known.market_prices.size,
    }),
    lost: Effect.gen(function* () {
      const found = new Map<string, string>();
      for (const table of ["agent_runs", "trades", "market_prices"] as const) {
        for (const { key, row } of yield* rows(queries[table])) found.set(`${table} ${key}`, row);
      }
      return read()
        .filter(({ table, key, row }) => found.get(`${table} ${key}`) !== row)
        .map(({ table, key }) => `${table} ${key}`);
    }),
  };
};
