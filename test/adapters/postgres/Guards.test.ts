import { assert, layer } from "@effect/vitest";
import * as Failure from "@strom/adapters/postgres/Failure.ts";
import { Effect } from "effect";
import { SqlClient } from "effect/sql";
import type { SqlError } from "effect/sql/SqlError";
import { onBoth } from "./Databases.ts";

const id = (): string => crypto.randomUUID();

/** Which constraint refused; fails the test when none did. */
const refusedBy = <A, R>(self: Effect.Effect<A, SqlError, R>) =>
  Effect.map(Effect.flip(self), (error) => Failure.constraint(error) ?? Failure.sqlState(error));

/** An agent, a run, a signal, an approved order and its decision, as the stages write them. */
const approved = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const [user, agent, run, signal, order] = [id(), id(), id(), id(), id()];
  yield* sql`insert into users (id, email) values (${user}, ${`${user}@example.com`})`;
  yield* sql`insert into agents (id, user_id, name, mode, frequency_seconds, universe, strategy_ids, risk_profile, capital)
    values (${agent}, ${user}, 'a', 'paper', 1, '{"symbols": ["X"]}', '[]', '{}', '1000.00')`;
  yield* sql`insert into agent_runs (id, agent_id, tick_time, started_at, status, slot)
    values (${run}, ${agent}, now(), now(), 'COMPLETED', 1)`;
  yield* sql`insert into signals (id, agent_run_id, agent_id, symbol, side, confidence, rationale)
    values (${signal}, ${run}, ${agent}, 'X', 'BUY', '0.5', '{}')`;
  yield* sql`insert into orders (id, agent_id, agent_run_id, symbol, side, qty, order_type, intent_idempotency_key, status, signal_id, slot)
    values (${order}, ${agent}, ${run}, 'X', 'BUY', '2', 'MARKET', ${order}, 'INTENT', ${signal}, 1)`;
  yield* sql`insert into risk_decisions (intent_idempotency_key, order_id, signal_id, agent_id, agent_run_id, slot, verdict, rules, agent_status, at)
    values (${order}, ${order}, ${signal}, ${agent}, ${run}, 1, 'APPROVED', '[]', 'RUNNING', now())`;
  return { user, agent, run, signal, order };
});

const fill = (order: string) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) =>
      sql`update orders set status = 'FILLED', filled_price = 10, filled_qty = qty where id = ${order}`,
  );

const trade = (of: { readonly order: string; readonly agent: string }, fillNumber = 1) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const trade = id();
    yield* sql`insert into trades (id, order_id, agent_id, symbol, side, qty, price, ts, fill_number)
      values (${trade}, ${of.order}, ${of.agent}, 'X', 'BUY', 2, 10, now(), ${fillNumber})`;
    return trade;
  });

const entries = (agent: string, trade: string, amounts: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    for (const [leg, amount] of amounts.entries())
      yield* sql`insert into ledger_entries (agent_id, trade_id, leg, account, amount, at)
        values (${agent}, ${trade}, ${leg}, 'cash', ${amount}, now())`;
  });

onBoth("the guards", (record) =>
  layer(record, { excludeTestServices: true })("of the database itself", (it) => {
    it.effect("let an order be filled once, and never move again", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const { order } = yield* approved;
        yield* fill(order);
        assert.strictEqual(yield* refusedBy(fill(order)), "orders_state_graph");
        const reject = sql`update orders set status = 'REJECTED', reject_reason = 'x', filled_price = null, filled_qty = null where id = ${order}`;
        assert.strictEqual(yield* refusedBy(reject), "orders_state_graph");
        const reopen = sql`update orders set status = 'INTENT' where id = ${order}`;
        assert.strictEqual(yield* refusedBy(reopen), "orders_state_graph");
        const remove = sql`delete from orders where id = ${order}`;
        assert.strictEqual(yield* refusedBy(remove), "orders_state_graph");
      }),
    );

    it.effect("refuse to change what was intended, to fill in part, and to begin filled", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const { agent, order, run } = yield* approved;
        const more = sql`update orders set status = 'FILLED', filled_price = 10, qty = 3, filled_qty = 3 where id = ${order}`;
        assert.strictEqual(yield* refusedBy(more), "orders_state_graph");
        const partly = sql`update orders set status = 'FILLED', filled_price = 10, filled_qty = 1 where id = ${order}`;
        assert.strictEqual(yield* refusedBy(partly), "orders_fully_filled_check");
        const silent = sql`update orders set status = 'REJECTED' where id = ${order}`;
        assert.strictEqual(yield* refusedBy(silent), "orders_rejected_check");
        const born = sql`insert into orders (id, agent_id, agent_run_id, symbol, side, qty, order_type, intent_idempotency_key, status, filled_price, filled_qty)
          values (${id()}, ${agent}, ${run}, 'X', 'BUY', 2, 'MARKET', ${id()}, 'FILLED', 10, 2)`;
        assert.strictEqual(yield* refusedBy(born), "orders_state_graph");
      }),
    );

    it.effect("refuse a second order under the same idempotency key", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const { agent, order, run } = yield* approved;
        const again = sql`insert into orders (id, agent_id, agent_run_id, symbol, side, qty, order_type, intent_idempotency_key, status)
          values (${id()}, ${agent}, ${run}, 'X', 'BUY', 2, 'MARKET', ${order}, 'INTENT')`;
        assert.strictEqual(yield* refusedBy(again), "uq_orders_idempotency");
      }),
    );

    it.effect("refuse a trade that was not approved, and a second trade of the same fill", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const { agent, order, run, signal } = yield* approved;
        yield* trade({ order, agent });
        assert.strictEqual(yield* refusedBy(trade({ order, agent })), "uq_trades_fill");
        const rejected = id();
        yield* sql`insert into orders (id, agent_id, agent_run_id, symbol, side, qty, order_type, intent_idempotency_key, status, reject_reason)
          values (${rejected}, ${agent}, ${run}, 'X', 'BUY', 2, 'MARKET', ${rejected}, 'REJECTED', 'cooldown')`;
        assert.strictEqual(yield* refusedBy(trade({ order: rejected, agent })), "fk_trades_decision");
        yield* sql`insert into risk_decisions (intent_idempotency_key, order_id, signal_id, agent_id, agent_run_id, slot, verdict, code, rules, agent_status, at)
          values (${rejected}, ${rejected}, ${signal}, ${agent}, ${run}, 1, 'REJECTED', 'cooldown', '[]', 'RUNNING', now())`;
        assert.strictEqual(yield* refusedBy(trade({ order: rejected, agent })), "fk_trades_decision");
      }),
    );

    it.effect(
      "let a trade's entries be written one by one, and refuse them at the commit unless they balance",
      () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient;
          const post = (amounts: ReadonlyArray<string>) =>
            sql.withTransaction(
              Effect.gen(function* () {
                const { agent, order } = yield* approved;
                yield* entries(agent, yield* trade({ order, agent }), amounts);
                return order;
              }),
            );
          const kept = yield* post(["-20.000001", "20", "0.000001"]);
          assert.strictEqual(yield* refusedBy(post(["-20.000001", "20"])), "ledger_entries_balanced");
          const trades = yield* sql`select 1 from trades where order_id = ${kept}`;
          assert.strictEqual(trades.length, 1);
        }),
    );

    it.effect("refuse to add a leg to a balanced trade later", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const { agent, order } = yield* approved;
        const traded = yield* trade({ order, agent });
        yield* sql.withTransaction(entries(agent, traded, ["-1", "1"]));
        const late = sql`insert into ledger_entries (agent_id, trade_id, leg, account, amount, at)
          values (${agent}, ${traded}, 9, 'cash', 5, now())`;
        assert.strictEqual(yield* refusedBy(late), "ledger_entries_balanced");
      }),
    );

    it.effect("refuse to rewrite the past", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const { agent, order } = yield* approved;
        const traded = yield* trade({ order, agent });
        yield* sql.withTransaction(entries(agent, traded, ["-1", "1"]));
        yield* sql`insert into agent_versions (agent_id, version, configuration) values (${agent}, 1, '{}')`;
        yield* sql`insert into agent_transitions (agent_id, "to") values (${agent}, 'CREATED')`;
        const rewrites: Readonly<Record<string, ReadonlyArray<string>>> = {
          ledger_entries: ["update ledger_entries set amount = 0", "delete from ledger_entries"],
          trades: ["update trades set price = 11", "delete from trades"],
          risk_decisions: ["update risk_decisions set verdict = 'APPROVED'", "delete from risk_decisions"],
          agent_versions: ["update agent_versions set configuration = '{}'", "delete from agent_versions"],
          agent_transitions: ["update agent_transitions set reason = 'x'", "delete from agent_transitions"],
        };
        for (const [table, statements] of Object.entries(rewrites))
          for (const statement of statements)
            assert.strictEqual(yield* refusedBy(sql.unsafe(statement)), `${table}_append_only`, statement);
        assert.strictEqual(yield* refusedBy(sql`truncate ledger_entries`), "ledger_entries_append_only");
        assert.strictEqual(yield* refusedBy(sql`truncate orders cascade`), "orders_append_only");
      }),
    );

    it.effect("take no NaN and nothing outside a closed set", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const { agent, user } = yield* approved;
        const cases: ReadonlyArray<readonly [statement: string, constraint: string]> = [
          [
            "insert into market_prices (symbol, ts, price) values ('X', now(), 'NaN')",
            "market_prices_price_check",
          ],
          [
            "insert into market_prices (symbol, ts, price) values ('X', now(), 0)",
            "market_prices_price_check",
          ],
          [
            "insert into market_prices (symbol, ts, price) values ('X', now(), -1)",
            "market_prices_price_check",
          ],
          [`update agents set capital = 'NaN' where id = '${agent}'`, "agents_capital_check"],
          [`update agents set status = 'ASLEEP' where id = '${agent}'`, "agents_status_check"],
          [`update agents set mode = 'demo' where id = '${agent}'`, "agents_mode_check"],
          [`update agents set frequency_seconds = 0 where id = '${agent}'`, "agents_frequency_seconds_check"],
          [`update agents set universe = '["X"]' where id = '${agent}'`, "agents_universe_check"],
          [`update signals set confidence = 'NaN' where agent_id = '${agent}'`, "signals_confidence_check"],
          [`update signals set confidence = 1.1 where agent_id = '${agent}'`, "signals_confidence_check"],
          [`update signals set side = 'HOLD' where agent_id = '${agent}'`, "signals_side_check"],
          [`update agent_runs set status = 'DONE' where agent_id = '${agent}'`, "agent_runs_status_check"],
          [`update users set issuer = 'https://i' where id = '${user}'`, "users_identity_check"],
        ];
        for (const [statement, constraint] of cases)
          assert.strictEqual(yield* refusedBy(sql.unsafe(statement)), constraint, statement);
      }),
    );

    it.effect("take one price an instant and symbol, one run a slot", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const price = sql`insert into market_prices (symbol, ts, price) values ('ONCE', '2026-01-01Z', '1.5')`;
        yield* price;
        assert.strictEqual(yield* refusedBy(price), "uq_market_prices_symbol_ts");
        const { agent } = yield* approved;
        const run = sql`insert into agent_runs (id, agent_id, tick_time, started_at, status, slot)
          values (${id()}, ${agent}, now(), now(), 'STARTED', 1)`;
        assert.strictEqual(yield* refusedBy(run), "uq_agent_runs_slot");
      }),
    );

    it.effect("take the specification's own rows, without any extension column", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const { agent } = yield* approved;
        yield* sql`insert into positions (id, agent_id, symbol, net_qty, avg_price) values (${id()}, ${agent}, 'X', -1, 10)`;
        yield* sql`insert into pnl_snapshots (id, agent_id, ts, equity, realized_pnl, unrealized_pnl)
          values (${id()}, ${agent}, now(), 1, 0, 0)`;
        const rows = yield* sql`select seed, archived_at, config_version from agents where id = ${agent}`;
        assert.deepStrictEqual(rows, [{ seed: 0n, archived_at: null, config_version: 1 }]);
      }),
    );
  }),
);
