import { assert, layer } from "@effect/vitest";
import { Id } from "@strom/core";
import { Effect } from "effect";
import { SqlClient } from "effect/sql";
import * as TestApi from "./TestApi.ts";

const { ask, create } = TestApi;

const minute = 60_000;
const startAt = Date.UTC(2026, 0, 5, 9, 0, 0);
const iso = (at: number): string => new Date(at).toISOString();

/**
 * Thirty slots of an agent's life, written as the pipeline writes them: every third order is rejected, every
 * instant is shared by two signals, so that a page can end between two rows of one time.
 */
const live = (agentId: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    for (let slot = 0; slot < 30; slot++) {
      const at = iso(startAt + slot * minute);
      const run = Id.derive("run", agentId, slot);
      yield* sql`
        insert into agent_runs (id, agent_id, tick_time, started_at, completed_at, status, slot, config_version)
        values (${run}::uuid, ${agentId}::uuid, ${at}::timestamptz, ${at}::timestamptz, ${at}::timestamptz, 'COMPLETED', ${slot}, 1)`;
      for (const symbol of ["BTC-USD", "ETH-USD"]) {
        const signal = Id.derive("signal", agentId, slot, symbol);
        yield* sql`
          insert into signals (id, agent_run_id, agent_id, symbol, side, confidence, rationale, created_at)
          values (${signal}::uuid, ${run}::uuid, ${agentId}::uuid, ${symbol}, 'BUY', 0.5, '{}', ${at}::timestamptz)`;
        const order = Id.derive("order", agentId, slot, symbol);
        const isRejected = slot % 3 === 0;
        const key = `${agentId}:${slot}:s:${symbol}`;
        yield* sql`
          insert into orders (id, agent_id, agent_run_id, symbol, side, qty, order_type, intent_idempotency_key,
            status, requested_price, reject_reason, signal_id, slot, created_at)
          values (${order}::uuid, ${agentId}::uuid, ${run}::uuid, ${symbol}, 'BUY', 1.5, 'MARKET', ${key},
            ${isRejected ? "REJECTED" : "INTENT"}, 100.25, ${isRejected ? "cooldown_active" : null}, ${signal}::uuid,
            ${slot}, ${at}::timestamptz)`;
        yield* sql`
          insert into risk_decisions (intent_idempotency_key, order_id, signal_id, agent_id, agent_run_id, slot,
            verdict, code, rules, agent_status, at)
          values (${key}, ${order}::uuid, ${signal}::uuid, ${agentId}::uuid, ${run}::uuid, ${slot},
            ${isRejected ? "REJECTED" : "APPROVED"}, ${isRejected ? "cooldown_active" : null}, '[]', 'RUNNING',
            ${at}::timestamptz)`;
        if (isRejected) continue;
        yield* sql`
          update orders set status = 'FILLED', filled_price = 100.5, filled_qty = 1.5, fees = 0.03
          where id = ${order}::uuid`;
        yield* sql`
          insert into trades (id, order_id, agent_id, symbol, side, qty, price, fee, ts)
          values (${Id.derive("trade", order, 1)}::uuid, ${order}::uuid, ${agentId}::uuid, ${symbol}, 'BUY', 1.5, 100.5,
            0.03, ${at}::timestamptz)`;
        yield* sql`
          insert into ledger_entries (agent_id, trade_id, leg, account, amount, at)
          select ${agentId}::uuid, ${Id.derive("trade", order, 1)}::uuid, e.*, ${at}::timestamptz
          from (values (1, 'cash', -150.78), (2, ${`position:${symbol}`}, 150.75), (3, 'realized_pnl', 0),
            (4, 'fees', 0.03)) e`;
      }
      yield* sql`
        insert into pnl_snapshots (id, agent_id, ts, equity, realized_pnl, unrealized_pnl, drawdown)
        values (${Id.derive("pnl", agentId, slot)}::uuid, ${agentId}::uuid, ${at}::timestamptz, ${100_000 + slot}, 0, ${slot}, 0.0123)`;
    }
    yield* sql`
      insert into positions (id, agent_id, symbol, net_qty, avg_price, cost_basis)
      values (${Id.derive("position", agentId, "BTC-USD")}::uuid, ${agentId}::uuid, 'BTC-USD', 2, 100, 200),
        (${Id.derive("position", agentId, "ETH-USD")}::uuid, ${agentId}::uuid, 'ETH-USD', 0, 0, 0)`;
    yield* sql`update accounts set marks = '{"BTC-USD": "101.5"}', missed_ticks = 4 where agent_id = ${agentId}::uuid`;
  });

const user = "books@x.org";

/** Every page of a list, in order. */
const walk = (path: string, query = "", limit = 7) =>
  Effect.gen(function* () {
    const pages: Array<ReadonlyArray<Record<string, string>>> = [];
    let cursor: string | null = null;
    do {
      const after: string = cursor === null ? "" : `&cursor=${cursor}`;
      const { status, body }: TestApi.Answer = yield* ask("GET", `${path}?limit=${limit}${query}${after}`, {
        user,
      });
      assert.strictEqual(status, 200);
      pages.push(body.items);
      cursor = body.next_cursor;
    } while (cursor !== null);
    return pages;
  });

layer(TestApi.layer, { excludeTestServices: true })("The books over HTTP", (it) => {
  it.effect("every list comes newest first, page by page, each row once", () =>
    Effect.gen(function* () {
      const { id } = yield* create(user);
      yield* live(id);
      const lists = [
        ["runs", 30, "tick_time", "id"],
        ["signals", 60, "created_at", "id"],
        ["orders", 60, "created_at", "id"],
        ["trades", 40, "ts", "id"],
        ["pnl", 30, "ts", "id"],
        ["risk-decisions", 60, "at", "order_id"],
      ] as const;
      for (const [list, count, time, key] of lists) {
        const pages = yield* walk(`/v1/agents/${id}/${list}`);
        const rows = pages.flat();
        assert.strictEqual(new Set(rows.map((row) => row[key])).size, count, list);
        assert.strictEqual(rows.length, count, list);
        const times = rows.map((row) => row[time] ?? "");
        assert.deepStrictEqual(times, [...times].sort().reverse(), list);
        for (const page of pages.slice(0, -1)) assert.strictEqual(page.length, 7);
      }
    }),
  );

  it.effect(
    "rows of one instant come in the order they were made, the last one first, whatever the page",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const { id } = yield* create(user);
        const at = iso(startAt);
        const run = Id.derive("run", id, 1);
        yield* sql`
        insert into agent_runs (id, agent_id, tick_time, started_at, status, slot)
        values (${run}::uuid, ${id}::uuid, ${at}::timestamptz, ${at}::timestamptz, 'COMPLETED', 1)`;
        const symbols = Array.from({ length: 9 }, (_, ordinal) => `S${ordinal}`);
        yield* sql`
        insert into pnl_snapshots (id, agent_id, ts, equity, realized_pnl, unrealized_pnl, kind, fees)
        values (${Id.derive("pnl", id, "run")}::uuid, ${id}::uuid, ${at}::timestamptz, 100, 0, 0, 'RUN', 0.5)`;
        for (const [ordinal, symbol] of symbols.entries()) {
          const [signal, order] = [Id.derive("signal", id, symbol), Id.derive("order", id, symbol)];
          yield* sql`
          insert into signals (id, agent_run_id, agent_id, symbol, side, confidence, rationale, ordinal, created_at)
          values (${signal}::uuid, ${run}::uuid, ${id}::uuid, ${symbol}, 'BUY', 0.5, '{}', ${ordinal}, ${at}::timestamptz)`;
          yield* sql`
          insert into orders (id, agent_id, agent_run_id, symbol, side, qty, order_type, intent_idempotency_key, status,
            requested_price, signal_id, slot, ordinal, created_at)
          values (${order}::uuid, ${id}::uuid, ${run}::uuid, ${symbol}, 'BUY', 1, 'MARKET', ${`${id}:${symbol}`}, 'INTENT',
            100, ${signal}::uuid, 1, ${ordinal}, ${at}::timestamptz)`;
          yield* sql`
          insert into risk_decisions (intent_idempotency_key, order_id, signal_id, agent_id, agent_run_id, slot, verdict,
            rules, agent_status, at)
          values (${`${id}:${symbol}`}, ${order}::uuid, ${signal}::uuid, ${id}::uuid, ${run}::uuid, 1, 'APPROVED', '[]',
            'RUNNING', ${at}::timestamptz)`;
          yield* sql`
          insert into trades (id, order_id, agent_id, symbol, side, qty, price, fee, ts)
          values (${Id.derive("trade", order, 1)}::uuid, ${order}::uuid, ${id}::uuid, ${symbol}, 'BUY', 1, 100, 0.1,
            ${at}::timestamptz)`;
          yield* sql`
          insert into pnl_snapshots (id, agent_id, ts, equity, realized_pnl, unrealized_pnl, kind, fees)
          values (${Id.derive("pnl", order)}::uuid, ${id}::uuid, ${at}::timestamptz, ${99 - ordinal}, 0, 0, 'FILL',
            ${0.6 + ordinal / 10})`;
        }
        const lastFirst = symbols.toReversed();
        for (const list of ["signals", "orders", "trades", "risk-decisions"]) {
          for (const limit of [1, 4, 200]) {
            const rows = (yield* walk(`/v1/agents/${id}/${list}`, "", limit)).flat();
            assert.deepEqual(
              rows.map((row) => row["symbol"]),
              lastFirst,
              `${list} by ${limit}`,
            );
          }
        }
        const equities = (yield* walk(`/v1/agents/${id}/pnl`, "", 1))
          .flat()
          .map((row) => Number(row["equity"]));
        assert.deepEqual(equities, [91, 92, 93, 94, 95, 96, 97, 98, 99, 100]);
      }),
  );

  it.effect("filters pick symbols, states and spans of time", () =>
    Effect.gen(function* () {
      const { id } = yield* create(user);
      yield* live(id);
      const rows = (list: string, query: string) =>
        Effect.map(walk(`/v1/agents/${id}/${list}`, query), (pages) => pages.flat().length);
      assert.strictEqual(yield* rows("orders", "&symbol=ETH-USD"), 30);
      assert.strictEqual(yield* rows("orders", "&status=REJECTED"), 20);
      assert.strictEqual(yield* rows("orders", "&status=FILLED&symbol=BTC-USD"), 20);
      assert.strictEqual(yield* rows("risk-decisions", "&status=REJECTED&symbol=BTC-USD"), 10);
      const span = `&from=${iso(startAt + 10 * minute)}&to=${iso(startAt + 20 * minute)}`;
      assert.strictEqual(yield* rows("runs", span), 10);
      assert.strictEqual(yield* rows("trades", span), 14);
      assert.strictEqual(yield* rows("runs", "&status=FAILED"), 0);
      const wrong = yield* ask("GET", `/v1/agents/${id}/orders?status=LOST`, { user });
      assert.strictEqual(wrong.status, 422);
      const strange = yield* ask("GET", `/v1/agents/${id}/pnl?symbol=BTC-USD`, { user });
      assert.strictEqual(strange.status, 422);
    }),
  );

  it.effect("a curve is the last mark of every so many seconds", () =>
    Effect.gen(function* () {
      const { id } = yield* create(user);
      yield* live(id);
      const pages = yield* walk(`/v1/agents/${id}/pnl`, "&every_seconds=600", 2);
      assert.deepStrictEqual(
        pages.map((page) => page.map(({ ts }) => (Date.parse(ts ?? "") - startAt) / minute)),
        [[29, 19], [9]],
      );
      for (const every of ["0", "1.5", "1m", "31536001"]) {
        const { status, body } = yield* ask("GET", `/v1/agents/${id}/pnl?every_seconds=${every}`, { user });
        assert.strictEqual(status, 422);
        const message = `"${every}" is refused: it should be a whole number from 1 to 31536000`;
        assert.deepStrictEqual(body.errors, [{ path: "every_seconds", message }]);
      }
      const elsewhere = yield* ask("GET", `/v1/agents/${id}/trades?every_seconds=60`, { user });
      assert.strictEqual(elsewhere.status, 422);
    }),
  );

  it.effect("rows have the names of the data model, decimal strings and instants in UTC", () =>
    Effect.gen(function* () {
      const { id } = yield* create(user);
      yield* live(id);
      const first = (list: string) =>
        Effect.map(ask("GET", `/v1/agents/${id}/${list}?limit=1`, { user }), ({ body }) => body.items[0]);
      const order = yield* first("orders");
      assert.deepInclude(order, {
        agent_id: id,
        side: "BUY",
        qty: "1.5",
        order_type: "MARKET",
        status: "FILLED",
        requested_price: "100.25",
        filled_price: "100.5",
        filled_qty: "1.5",
        fees: "0.03",
        reject_reason: null,
        created_at: iso(startAt + 29 * minute),
      });
      assert.deepInclude(yield* first("trades"), { qty: "1.5", price: "100.5", fee: "0.03" });
      assert.deepInclude(yield* first("pnl"), {
        equity: "100029.00",
        unrealized_pnl: "29.00",
        drawdown: "0.0123",
        capital: "100000.00",
      });
      assert.deepInclude(yield* first("positions"), {
        symbol: "BTC-USD",
        net_qty: "2",
        avg_price: "100",
        cost_basis: "200",
        mark: "101.5",
        unrealized_pnl: "3",
      });
      assert.deepInclude(yield* first("runs"), { slot: 29, status: "COMPLETED", config_version: 1 });
    }),
  );

  it.effect("the stats are those of the books", () =>
    Effect.gen(function* () {
      const { id } = yield* create(user);
      yield* live(id);
      const { body } = yield* ask("GET", `/v1/agents/${id}/stats`, { user });
      assert.deepInclude(body, {
        capital: "100000.00",
        equity: "100003",
        unrealized_pnl: "3",
        pnl: "3",
        drawdown: 0,
        win_rate: null,
        sharpe: null,
        open_positions: 1,
        fills: 40,
        closing_fills: 0,
        missed_ticks: 4,
        first_run_at: iso(startAt),
        last_run_at: iso(startAt + 29 * minute),
      });
      assert.deepStrictEqual(body.rejections, { cooldown_active: 20 });
    }),
  );

  it.effect("positions come by symbol, each once, although they are filled between two pages", () =>
    Effect.gen(function* () {
      const { id } = yield* create(user);
      const sql = yield* SqlClient.SqlClient;
      const symbols = ["a", "B", "NSE:X", "Z", "b", "é"];
      for (const [minutes, symbol] of symbols.toReversed().entries())
        yield* sql`
          insert into positions (id, agent_id, symbol, net_qty, avg_price, cost_basis, updated_at)
          values (${Id.derive("position", id, symbol)}::uuid, ${id}::uuid, ${symbol}, 2, 100, 200,
            ${iso(startAt + minutes * minute)}::timestamptz)`;
      const seen: Array<string> = [];
      let cursor = "";
      do {
        const { body } = yield* ask("GET", `/v1/agents/${id}/positions?limit=2${cursor}`, { user });
        seen.push(...body.items.map((row: { readonly symbol: string }) => row.symbol));
        cursor = body.next_cursor === null ? "" : `&cursor=${body.next_cursor}`;
        // What is yet to come is filled, and what was shown is sold out of.
        yield* sql`
          update positions set updated_at = now(), net_qty = case when symbol = any(${seen}) then 0 else 3 end
          where agent_id = ${id}::uuid`;
      } while (cursor !== "");
      assert.deepStrictEqual(seen, ["B", "NSE:X", "Z", "a", "b", "é"]);
    }),
  );

  it.effect("a row that is added between two pages moves no other row", () =>
    Effect.gen(function* () {
      const { id } = yield* create(user);
      yield* live(id);
      const page = (cursor = "") => ask("GET", `/v1/agents/${id}/pnl?limit=10${cursor}`, { user });
      const first = yield* page();
      const sql = yield* SqlClient.SqlClient;
      yield* sql`
        insert into pnl_snapshots (id, agent_id, ts, equity, realized_pnl, unrealized_pnl)
        values (${Id.derive("pnl", id, "late")}::uuid, ${id}::uuid, ${iso(startAt + 90 * minute)}::timestamptz, 1, 0, 0)`;
      const second = yield* page(`&cursor=${first.body.next_cursor}`);
      const slots = [...first.body.items, ...second.body.items].map(({ ts }: { ts: string }) =>
        Date.parse(ts),
      );
      assert.deepStrictEqual(
        slots,
        Array.from({ length: 20 }, (_, n) => startAt + (29 - n) * minute),
      );
    }),
  );
});
