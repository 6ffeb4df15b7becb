import { assert, describe, it } from "@effect/vitest";
import * as Pipeline from "@strom/apps/pipeline/Pipeline.ts";
import * as Progress from "@strom/apps/pipeline/Progress.ts";
import * as Scheduler from "@strom/apps/pipeline/Scheduler.ts";
import { Catalog, Rng } from "@strom/core";
import { Agents, Database, PriceBook, Verify } from "@strom/core/ports";
import { Effect } from "effect";
import { SqlClient } from "effect/sql";
import { Chance } from "./Chance.ts";
import * as House from "./House.ts";

const catalog = Catalog.make([...Catalog.builtIn, Chance]);
const BEGIN_AT = Date.UTC(2026, 2, 1, 12, 0, 0);

const wish = (name: string, salt: number): House.Wish => ({
  name,
  symbols: ["A", "B"],
  strategies: [{ key: "chance", params: { salt, rate: 0.4 } }],
  risk: { cooldown_seconds: 2, max_risk_per_trade_pct: 0.2, trailing_stop_pct: 0.5 },
});

/** Two agents, so many seconds; nobody is at work when it is over: what a stage writes would be no tampering. */
const live = Effect.fnUntraced(function* (seconds: number) {
  const hand = yield* House.Hand;
  const book = yield* PriceBook;
  const agents = yield* Agents;
  const { partitions } = yield* Database;
  yield* hand.set(BEGIN_AT);
  const first = yield* House.runningAgent(catalog, wish("first", 1));
  yield* House.runningAgent(catalog, wish("second", 2));
  yield* Pipeline.stages(
    catalog,
    Array.from({ length: partitions }, (_, i) => i),
  );
  const scheduler = yield* Scheduler.make;
  for (let second = 0; second < seconds; second++) {
    const at = BEGIN_AT + second * 1000;
    const prices = ["A", "B"].map((symbol) => {
      const price = Math.round((100 + 3 * Rng.uniformFrom("price", symbol, second)) * 100) / 100;
      return { symbol, at: at + 300, price, volume: 1 };
    });
    yield* book.append(prices, "test");
    yield* hand.set(at + 1000);
    yield* scheduler.refresh;
    yield* scheduler.tick(at + 1000);
    if (second === seconds >> 1) {
      // In the middle of its life an agent is given more money and another way to trade.
      yield* Progress.caughtUp;
      const stop = { moves: [{ to: "STOPPED" as const, reason: "test" }] };
      const start = { moves: [{ to: "RUNNING" as const, reason: "test" }] };
      yield* agents.change(first.userId, first.id, () => Effect.succeed(stop));
      const configuration = House.configuration(catalog, {
        ...wish("first", 3),
        capital: "120000",
        symbols: ["B", "A"],
      });
      yield* agents.change(first.userId, first.id, () => Effect.succeed({ configuration }));
      yield* agents.change(first.userId, first.id, () => Effect.succeed(start));
    }
  }
  yield* Progress.caughtUp;
}, Effect.scoped);

/** Changes the record behind the back of its guards, as whoever holds the database could. */
const tamper = Effect.fnUntraced(function* (statement: string) {
  const sql = yield* SqlClient.SqlClient;
  yield* sql`set session_replication_role = replica`;
  yield* sql.unsafe(statement);
  yield* sql`set session_replication_role = default`;
});

const any = (table: string, where = "true"): string =>
  `ctid = (select ctid from ${table} where ${where} order by 1 offset (select count(*) / 2 from ${table} where ${where}) limit 1)`;

/** What is changed, and how. Every one of them must be found. */
const tamperings: ReadonlyArray<readonly [what: string, table: string, statement: string]> = [
  ["the quantity of a trade", "trades", `update trades set qty = qty + 0.000001 where ${any("trades")}`],
  ["the price of a trade", "trades", `update trades set price = price + 0.01 where ${any("trades")}`],
  [
    "the side of a trade",
    "trades",
    `update trades set side = case side when 'BUY' then 'SELL' else 'BUY' end where ${any("trades")}`,
  ],
  ["a trade that is gone", "trades", `delete from trades where ${any("trades")}`],
  ["the quantity held", "positions", `update positions set net_qty = net_qty + 1 where ${any("positions")}`],
  [
    "the average price of a position",
    "positions",
    `update positions set avg_price = avg_price + 1 where ${any("positions")}`,
  ],
  [
    "the cash of an account",
    "accounts",
    `update accounts set cash = cash + 0.000001 where ${any("accounts")}`,
  ],
  [
    "the peak of an account",
    "accounts",
    `update accounts set peak_equity = peak_equity + 1 where ${any("accounts")}`,
  ],
  ["the capital of an agent", "agents", `update agents set capital = capital + 1 where ${any("agents")}`],
  ["the seed of an agent", "agents", `update agents set seed = seed + 1 where ${any("agents")}`],
  [
    "a limit of an agent",
    "agents",
    `update agents set risk_profile = jsonb_set(risk_profile, '{cooldown_seconds}', '77') where ${any("agents")}`,
  ],
  [
    "the universe of an agent",
    "agents",
    `update agents set universe = '{"symbols":["A"]}' where ${any("agents")}`,
  ],
  ["the state of an agent", "agents", `update agents set status = 'ERROR' where ${any("agents")}`],
  [
    "whether an agent is enabled",
    "agents",
    `update agents set is_enabled = not is_enabled where ${any("agents")}`,
  ],
  [
    "a parameter of a strategy",
    "agent_strategy_params",
    `update agent_strategy_params set params = params || '{"x":1}' where ${any("agent_strategy_params")}`,
  ],
  [
    "one ledger entry",
    "ledger_entries",
    `update ledger_entries set amount = amount + 1 where ${any("ledger_entries")}`,
  ],
  [
    "two ledger entries that still balance",
    "ledger_entries",
    `update ledger_entries set amount = amount + case leg when 1 then 5 else -5 end
     where leg in (1, 3) and trade_id = (select trade_id from ledger_entries order by id limit 1)`,
  ],
  [
    "the equity of a run's snapshot",
    "pnl_snapshots",
    `update pnl_snapshots set equity = equity + 0.01 where ${any("pnl_snapshots", "kind = 'RUN'")}`,
  ],
  [
    "the equity of a fill's snapshot",
    "pnl_snapshots",
    `update pnl_snapshots set equity = equity + 0.01 where ${any("pnl_snapshots", "kind = 'FILL'")}`,
  ],
  [
    "a snapshot that is gone",
    "pnl_snapshots",
    `delete from pnl_snapshots where ${any("pnl_snapshots", "kind = 'RUN'")}`,
  ],
  [
    "the instant of the last snapshot",
    "pnl_snapshots",
    `update pnl_snapshots set ts = ts + interval '1 day' where id = (select id from pnl_snapshots order by ts desc, id limit 1)`,
  ],
  [
    "a snapshot too many, before all that was lived",
    "pnl_snapshots",
    `insert into pnl_snapshots (id, agent_id, ts, equity, realized_pnl, unrealized_pnl, drawdown, kind, slot, fees)
     select gen_random_uuid(), agent_id, ts - interval '1 day', equity, realized_pnl, unrealized_pnl, drawdown, kind, slot, fees
     from pnl_snapshots where ${any("pnl_snapshots", "kind = 'RUN'")}`,
  ],
  [
    "the instant of an order",
    "orders",
    `update orders set created_at = created_at + interval '1 day' where ${any("orders")}`,
  ],
  [
    "the instant of a decision",
    "risk_decisions",
    `update risk_decisions set at = at - interval '1 day' where ${any("risk_decisions")}`,
  ],
  [
    "a filled order that is an intent again",
    "orders",
    `update orders set status = 'INTENT', filled_price = null, filled_qty = null where ${any("orders", "status = 'FILLED'")}`,
  ],
  [
    "a filled order that was refused after all",
    "orders",
    `update orders set status = 'REJECTED', filled_price = null, filled_qty = null, reject_reason = 'stale_price' where ${any("orders", "status = 'FILLED'")}`,
  ],
  [
    "the reason of a rejection",
    "orders",
    `update orders set reject_reason = 'stale_price' where ${any("orders", "status = 'REJECTED'")}`,
  ],
  [
    "the quantity of an order",
    "orders",
    `update orders set qty = qty + 1 where ${any("orders", "status = 'REJECTED'")}`,
  ],
  [
    "the fees of an order",
    "orders",
    `update orders set fees = fees + 1 where ${any("orders", "status = 'FILLED'")}`,
  ],
  [
    "the verdict of a decision",
    "risk_decisions",
    `update risk_decisions set verdict = 'APPROVED', code = null where ${any("risk_decisions", "verdict = 'REJECTED'")}`,
  ],
  [
    "a number in a decision's rules",
    "risk_decisions",
    `update risk_decisions set rules = jsonb_set(rules, '{0,value}', '"1"') where ${any("risk_decisions")}`,
  ],
  [
    "a rule of a decision that is gone",
    "risk_decisions",
    `update risk_decisions set rules = rules - 0 where ${any("risk_decisions")}`,
  ],
  [
    "whether a rule held",
    "risk_decisions",
    `update risk_decisions set rules = jsonb_set(rules, '{0,ok}', 'null') where ${any("risk_decisions")}`,
  ],
  ["a decision that is gone", "risk_decisions", `delete from risk_decisions where ${any("risk_decisions")}`],
  [
    "a row of the journal that is gone",
    "journal",
    `delete from journal where ${any("journal", "topic = 'order.intent'")}`,
  ],
  [
    "the first row of the journal",
    "journal",
    `delete from journal where topic = 'agent.tick' and "offset" = 0`,
  ],
  [
    "a head of the journal",
    "journal_heads",
    `update journal_heads set head = head + 1 where ${any("journal_heads")}`,
  ],
  [
    "a cursor beyond its head",
    "cursors",
    `update cursors set position = position + 1000 where ${any("cursors")}`,
  ],
  ["a cursor set back", "cursors", `update cursors set position = 0 where stage = 'risk' and position > 0`],
  ["the confidence of a signal", "signals", `update signals set confidence = 0.9 where ${any("signals")}`],
  [
    "the rationale of a signal",
    "signals",
    `update signals set rationale = jsonb_set(rationale, '{features,u}', '0.5') where ${any("signals")}`,
  ],
  [
    "the side of a signal",
    "signals",
    `update signals set side = case side when 'BUY' then 'SELL' else 'BUY' end where ${any("signals")}`,
  ],
  [
    "the slot of a run",
    "agent_runs",
    `update agent_runs set slot = slot + 100000 where ${any("agent_runs")}`,
  ],
  [
    "the inputs of a run",
    "agent_runs",
    `update agent_runs set inputs = jsonb_set(inputs, '{observations,0,bar,close}', '101.5') where ${any("agent_runs")}`,
  ],
  ["a run that is gone", "agent_runs", `delete from agent_runs where ${any("agent_runs")}`],
  [
    "what a strategy remembers",
    "strategy_states",
    `update strategy_states set state = jsonb_set(state, '{bars}', '1') where ${any("strategy_states")}`,
  ],
  ["a count of fills", "fill_counts", `update fill_counts set fills = fills + 1 where ${any("fill_counts")}`],
  [
    "a count of winning fills",
    "fill_counts",
    `update fill_counts set winning = winning - 1 where ${any("fill_counts", "winning > 0")}`,
  ],
  [
    "a count of rejections",
    "rejection_counts",
    `update rejection_counts set count = count + 1 where ${any("rejection_counts")}`,
  ],
  [
    "a count of rejections that is gone",
    "rejection_counts",
    `delete from rejection_counts where ${any("rejection_counts")}`,
  ],
];

/** The table's columns; `as text` where they are to be compared, since json compares with nothing. */
const columnsOf = Effect.fnUntraced(function* (table: string, isCompared = false) {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<{ readonly name: string }>`
    select string_agg(
      quote_ident(column_name) || case when ${isCompared} and data_type = 'json' then '::text' else '' end, ', ') as name from information_schema.columns
    where table_name = ${table} and table_schema = 'public'`;
  return rows[0]?.name ?? "*";
});

describe("the record proves itself", () => {
  it.live(
    "is clean after a life of trading, and any one row that was tampered with is found and named",
    () =>
      Effect.gen(function* () {
        const verify = yield* Verify;
        const sql = yield* SqlClient.SqlClient;
        yield* live(60);
        const verified = yield* verify.everything(catalog);
        assert.deepInclude(verified, { agents: 2, runs: 118 });
        assert.isAbove("trades" in verified ? verified.trades : 0, 20);
        assert.isNull(yield* verify.identities);

        const unnoticed: Array<string> = [];
        for (const [what, table, statement] of tamperings) {
          const columns = yield* columnsOf(table);
          const compared = yield* columnsOf(table, true);
          yield* sql.unsafe(`create temporary table saved as select * from ${table}`);
          yield* tamper(statement);
          const changed = yield* sql.unsafe(`select 1 from
            ((select ${compared} from ${table} except all select ${compared} from saved)
             union all (select ${compared} from saved except all select ${compared} from ${table})) d`);
          assert.isAbove(changed.length, 0, `${what}: the test changed nothing`);
          const found = yield* verify.everything(catalog);
          if (!("message" in found)) unnoticed.push(what);
          else if (process.env["SHOW"] !== undefined)
            console.log(`${what} → ${found.identity}: ${found.message}`);
          yield* tamper(`delete from ${table}`);
          yield* tamper(
            `insert into ${table} (${columns}) overriding system value select ${columns} from saved`,
          );
          yield* sql`drop table saved`;
        }
        assert.deepStrictEqual(unnoticed, []);
        // How a rule is put into words is no fact: an older version may have said the same otherwise.
        yield* tamper(`update risk_decisions set rules = (
          select jsonb_agg(jsonb_set(rule, '{text}', '"in other words"') order by n)
          from jsonb_array_elements(rules) with ordinality as r (rule, n))`);
        assert.deepInclude(yield* verify.everything(catalog), { agents: 2, runs: 118 });
      }).pipe(Effect.scoped, Effect.provide(House.layer)),
    120_000,
  );
});
