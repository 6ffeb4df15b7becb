import { assert, layer } from "@effect/vitest";
import { Id } from "@strom/core";
import { Effect } from "effect";
import { SqlClient } from "effect/sql";
import * as TestApi from "./TestApi.ts";

const HOUR = 3_600_000;
const startAt = Date.UTC(2026, 0, 5, 9, 0, 0);
const iso = (at: number): string => new Date(at).toISOString();

/** What the books were worth at the end of these hours. */
const marked = (
  agentId: string,
  beginAt: number,
  marks: ReadonlyArray<readonly [hour: number, equity: number]>,
) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    for (const [hour, equity] of marks)
      yield* sql`
        insert into pnl_snapshots (id, agent_id, ts, equity, realized_pnl, unrealized_pnl, drawdown)
        values (${Id.derive("pnl", agentId, hour)}::uuid, ${agentId}::uuid, ${iso(beginAt + hour * HOUR)}::timestamptz,
          ${equity}, 0, 0, 0)`;
  });

const { ask, create } = TestApi;

layer(TestApi.layer, { excludeTestServices: true })("An agent's figures", (it) => {
  it.effect("take money that was taken out for no loss", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient;
      const { id } = yield* create("withdraws@x.org");
      const begunAt = Date.now() + 1_000;
      yield* marked(id, begunAt, [[0, 100_000]]);
      yield* Effect.sleep("1100 millis");
      const changed = yield* ask("PATCH", `/v1/agents/${id}`, {
        user: "withdraws@x.org",
        body: { capital: "50000.00" },
      });
      assert.strictEqual(changed.status, 200);
      yield* marked(
        id,
        begunAt,
        Array.from({ length: 24 }, (_, hour) => [hour + 1, 50_001 + hour] as const),
      );
      yield* sql`update accounts set cash = 50024, peak_equity = 50024, realized_pnl = 24 where agent_id = ${id}::uuid`;
      const { body } = yield* ask("GET", `/v1/agents/${id}/stats`, { user: "withdraws@x.org" });
      assert.strictEqual(body.max_drawdown, 0);
      assert.isAbove(body.sharpe, 0);
    }),
  );

  it.effect("mark what is held as risk does, half a millionth to the even side", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient;
      const user = "even@x.org";
      const { id } = yield* create(user);
      const held = [
        ["A", "0.5", "0", "0"],
        ["B", "2.5", "0.000001", "0.000001"],
        ["C", "-2.5", "-0.000001", "-0.000001"],
        ["D", "3.5", "0", "0.000004"],
      ] as const;
      for (const [symbol, qty, cost] of held)
        yield* sql`
          insert into positions (id, agent_id, symbol, net_qty, avg_price, cost_basis)
          values (${Id.derive("position", id, symbol)}::uuid, ${id}::uuid, ${symbol}, ${qty}::numeric, 0, ${cost}::numeric)`;
      const marks = JSON.stringify(Object.fromEntries(held.map(([symbol]) => [symbol, "0.000001"])));
      yield* sql`update accounts set marks = ${marks}::text::jsonb where agent_id = ${id}::uuid`;
      const { body: positions } = yield* ask("GET", `/v1/agents/${id}/positions`, { user });
      assert.deepStrictEqual(
        Object.fromEntries(
          positions.items.map((item: Readonly<Record<string, unknown>>) => [
            item["symbol"],
            item["unrealized_pnl"],
          ]),
        ),
        Object.fromEntries(held.map(([symbol, , , gained]) => [symbol, gained])),
      );
      const { body } = yield* ask("GET", `/v1/agents/${id}/stats`, { user });
      assert.deepInclude(body, { unrealized_pnl: "0.000004", equity: "100000.000004", open_positions: 4 });
    }),
  );

  it.effect("of one that is marked once a day are those of days", () =>
    Effect.gen(function* () {
      const { id } = yield* create("slow@x.org");
      const days = Array.from(
        { length: 20 },
        (_, day) => [24 * day, 100_000 + (day % 2 === 0 ? 0 : 300) + 20 * day] as const,
      );
      yield* marked(id, startAt, days);
      const { body } = yield* ask("GET", `/v1/agents/${id}/stats`, { user: "slow@x.org" });
      const returns = days.slice(1).map(([, equity], n) => equity / (days[n]?.[1] ?? 1) - 1);
      const mean = returns.reduce((sum, each) => sum + each, 0) / returns.length;
      const variance = returns.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (returns.length - 1);
      const yearly = (mean / Math.sqrt(variance)) * Math.sqrt(365.25);
      assert.closeTo(body.sharpe, yearly, 0.1 * yearly);
    }),
  );

  it.effect("name the symbols that nothing is done on for want of a price", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient;
      const user = "waits@x.org";
      const symbols = ["WAIT-NEW", "WAIT-NEVER", "WAIT-OLD"];
      const { id } = yield* create(user, { universe: { symbols }, frequency_seconds: 5 });
      const unpriced = Effect.map(
        ask("GET", `/v1/agents/${id}/stats`, { user }),
        ({ body }) => body.unpriced,
      );
      const never = { symbol: "WAIT-NEVER", last_price_at: null };
      const at = Date.now() - 60_000;
      const price = (symbol: string, ms: number) => ({ symbol, ts: iso(at + ms), price: "1" });
      // Three ticks of 5 s: a price that old is what risk still takes.
      const prices = [price("WAIT-NEW", -15_000), price("WAIT-OLD", -15_001)];
      yield* ask("POST", "/v1/market/prices", { body: { prices } });
      assert.deepStrictEqual(yield* unpriced, [never]);
      yield* sql`
        insert into agent_runs (id, agent_id, tick_time, started_at, completed_at, status, slot)
        values (${Id.derive("run", id, 1)}::uuid, ${id}::uuid, ${iso(at)}::timestamptz, ${iso(at)}::timestamptz,
          ${iso(at)}::timestamptz, 'COMPLETED', 1)`;
      const old = { symbol: "WAIT-OLD", last_price_at: iso(at - 15_001) };
      assert.deepStrictEqual(yield* unpriced, [never, old]);
      yield* ask("POST", "/v1/market/prices", {
        body: { prices: [price("WAIT-OLD", 1), price("WAIT-NEVER", 1)] },
      });
      assert.deepStrictEqual(yield* unpriced, []);
    }),
  );
});
