import { Money } from "@strom/core";
import type { Slice } from "@strom/core/ports";
import { AgentNotFound, BookRows, Books } from "@strom/core/ports";
import type { Schema } from "effect";
import { Effect, identity, Layer } from "effect";
import { SqlClient } from "effect/sql";
import { orUnavailable } from "./Failure.ts";
import * as PgCurve from "./PgCurve.ts";
import * as PgHeld from "./PgHeld.ts";
import * as PgPage from "./PgPage.ts";
import * as Row from "./PgRow.ts";
import * as PgStanding from "./PgStanding.ts";

/** How one list is read: its columns, where they come from (`t` is the table), and what a filter means for it. */
interface List<A> extends PgPage.Order {
  readonly item: Schema.ConstraintDecoder<A>;
  readonly columns: string;
  readonly from: string;
  readonly symbol?: string;
  readonly status?: string;
  readonly only?: string;
  /** What the core works out from a row's columns. */
  readonly derive?: (row: Row.Row) => Row.Row;
}

/** The slot's first signal or order has place 0; what was written by an older version may have none. */
const place = (table: string): string => `coalesce(${table}.ordinal, 0)::bigint`;

const runs: List<BookRows.Run> = {
  item: BookRows.Run,
  columns: `t.id, t.agent_id, t.slot::float8 as slot, t.tick_time, t.started_at, t.completed_at, t.status,
    t.error_message, t.config_version`,
  from: "agent_runs t",
  time: "t.tick_time",
  id: "t.id",
  status: "t.status",
};

const signals: List<BookRows.Signal> = {
  item: BookRows.Signal,
  columns: `t.id, t.agent_run_id, t.agent_id, t.symbol, t.side, t.confidence::float8 as confidence, t.rationale,
    t.created_at`,
  from: "signals t",
  time: "t.created_at",
  rank: place("t"),
  id: "t.id",
  symbol: "t.symbol",
};

const orders: List<BookRows.Order> = {
  item: BookRows.Order,
  columns: `t.id, t.agent_id, t.agent_run_id, t.signal_id, t.symbol, t.side, trim_scale(t.qty)::text as qty,
    t.order_type, t.intent_idempotency_key, t.status, trim_scale(t.requested_price)::text as requested_price,
    trim_scale(t.filled_price)::text as filled_price, trim_scale(t.filled_qty)::text as filled_qty,
    trim_scale(t.fees)::text as fees, t.reject_reason, t.created_at`,
  from: "orders t",
  time: "t.created_at",
  rank: place("t"),
  id: "t.id",
  symbol: "t.symbol",
  status: "t.status",
};

const trades: List<BookRows.Trade> = {
  item: BookRows.Trade,
  columns: `t.id, t.order_id, t.agent_id, t.symbol, t.side, trim_scale(t.qty)::text as qty,
    trim_scale(t.price)::text as price, trim_scale(t.fee)::text as fee, t.ts`,
  from: "trades t join orders o on o.id = t.order_id",
  time: "t.ts",
  rank: place("o"),
  id: "t.id",
  symbol: "t.symbol",
};

/**
 * By symbol: a fill changes the time of a position. A symbol sold out of stays a row for its cooldown; it is no longer
 * a position.
 */
const positions: List<BookRows.Position> = {
  item: BookRows.Position,
  columns: `t.id, t.agent_id, t.symbol, trim_scale(t.net_qty)::text as net_qty,
    trim_scale(t.avg_price)::text as avg_price, trim_scale(t.cost_basis)::text as cost_basis,
    c.marks ->> t.symbol as mark, t.updated_at`,
  from: "positions t left join accounts c on c.agent_id = t.agent_id",
  time: "t.updated_at",
  id: "t.id",
  key: { table: "positions", column: "symbol" },
  symbol: "t.symbol",
  only: "t.net_qty <> 0",
  derive: (row) => {
    const gained = PgHeld.unrealized(row);
    return { ...row, unrealized_pnl: gained === null ? null : Money.format(gained) };
  },
};

const riskDecisions: List<BookRows.RiskDecision> = {
  item: BookRows.RiskDecision,
  columns: `t.intent_idempotency_key, t.order_id, t.signal_id, t.agent_id, t.agent_run_id, o.symbol, o.side,
    t.verdict, t.code, o.reject_reason as reason, t.rules, t.at`,
  from: "risk_decisions t join orders o on o.id = t.order_id",
  time: "t.at",
  rank: place("o"),
  id: "t.order_id",
  symbol: "o.symbol",
  status: "t.verdict",
};

export const layer: Layer.Layer<Books, never, SqlClient.SqlClient> = Layer.effect(
  Books,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;

    const isOwned = Effect.fnUntraced(function* ({ userId, agentId }: BookRows.Owned) {
      const rows = yield* sql<Row.Row>`
        select 1 from agents where id = ${agentId}::uuid and user_id = ${userId}::uuid`;
      if (rows.length === 0) return yield* new AgentNotFound({ id: agentId });
    });

    const filterOf = (list: List<unknown>, filter: BookRows.Filter) => {
      const conditions = [
        list.only === undefined ? null : sql`${sql.literal(list.only)}`,
        filter.symbol === undefined || list.symbol === undefined
          ? null
          : sql`${sql.literal(list.symbol)} = ${filter.symbol}`,
        filter.status === undefined || list.status === undefined
          ? null
          : sql`${sql.literal(list.status)} = ${filter.status}`,
        filter.from === undefined
          ? null
          : sql`${sql.literal(list.time)} >= ${Row.iso(filter.from)}::timestamptz`,
        filter.to === undefined ? null : sql`${sql.literal(list.time)} < ${Row.iso(filter.to)}::timestamptz`,
      ];
      return sql.and(conditions.filter((condition) => condition !== null));
    };

    const read =
      <A>(list: List<A>) =>
      (owned: BookRows.Owned, filter: BookRows.Filter, slice: Slice) =>
        Effect.gen(function* () {
          yield* isOwned(owned);
          return yield* PgPage.read(sql, list, slice, list.item, ({ place, isAfter, end }) => {
            const asked = filterOf(list, filter);
            const rows = sql<Row.Row>`
              select ${sql.literal(list.columns)}, ${place} from ${sql.literal(list.from)}
              join agents a on a.id = t.agent_id
              where a.user_id = ${owned.userId}::uuid and t.agent_id = ${owned.agentId}::uuid
                and ${asked} and ${isAfter} ${end}`;
            return Effect.map(rows, (found) => found.map(list.derive ?? identity));
          });
        }).pipe(orUnavailable);

    const marks = read(PgCurve.marks);
    const curve = PgCurve.make(sql);

    return Books.of({
      runs: read(runs),
      signals: read(signals),
      orders: read(orders),
      trades: read(trades),
      positions: read(positions),
      pnl: (owned, { everySeconds, ...filter }, slice) =>
        everySeconds === undefined
          ? marks(owned, filter, slice)
          : Effect.andThen(isOwned(owned), curve(owned.agentId, everySeconds, filter, slice)).pipe(
              orUnavailable,
            ),
      riskDecisions: read(riskDecisions),
      standing: PgStanding.make(sql),
    });
  }),
);
