import { Agent as Machine, Money } from "@strom/core";
import type { BookRows } from "@strom/core/ports";
import { AgentNotFound } from "@strom/core/ports";
import { Effect, Schema } from "effect";
import type { SqlClient } from "effect/sql/SqlClient";
import { orUnavailable } from "./Failure.ts";
import * as PgHeld from "./PgHeld.ts";
import * as PgPnl from "./PgPnl.ts";
import * as Row from "./PgRow.ts";

const StandingRow = Schema.Struct({
  status: Machine.State,
  capital: Schema.String,
  cash: Schema.String,
  realized_pnl: Schema.String,
  fees: Schema.String,
  peak_equity: Schema.String,
  held: Schema.Array(
    Schema.Struct({ net_qty: Schema.String, cost_basis: Schema.String, mark: Schema.NullOr(Schema.String) }),
  ),
  fills: Schema.Number,
  closing_fills: Schema.Number,
  winning_fills: Schema.Number,
  rejections: Schema.Record(Schema.String, Schema.Number),
  missed_ticks: Schema.Number,
  first_run_at: Schema.NullOr(Schema.Number),
  last_run_at: Schema.NullOr(Schema.Number),
  frequency_seconds: Schema.Number,
});

const Priced = Schema.Array(
  Schema.Struct({ symbol: Schema.String, last_price_at: Schema.NullOr(Schema.Number) }),
);

/** Where an agent stands: its books at their last marks, and what its history counts. */
export const make = (sql: SqlClient) =>
  Effect.fn("Books.standing")(function* ({ userId, agentId }: BookRows.Owned) {
    // Whoever asks often must not have a long history read each time: what it counts is kept, see the migration "counts".
    const rows = yield* sql<Row.Row>`
      select a.status, a.frequency_seconds, a.capital::text as capital, c.missed_ticks::float8 as missed_ticks,
        trim_scale(c.cash)::text as cash, trim_scale(c.realized_pnl)::text as realized_pnl,
        trim_scale(c.fees)::text as fees, trim_scale(c.peak_equity)::text as peak_equity, h.held,
        coalesce(f.fills, 0)::float8 as fills, coalesce(f.closing, 0)::float8 as closing_fills,
        coalesce(f.winning, 0)::float8 as winning_fills,
        r.rejections, (select min(tick_time) from agent_runs where agent_id = a.id) as first_run_at,
        (select max(tick_time) from agent_runs where agent_id = a.id) as last_run_at
      from agents a
      join accounts c on c.agent_id = a.id
      cross join lateral (
        select coalesce(json_agg(json_build_object('net_qty', p.net_qty::text, 'cost_basis', p.cost_basis::text,
          'mark', c.marks ->> p.symbol)), '[]') as held
        from positions p where p.agent_id = a.id and p.net_qty <> 0) h
      left join fill_counts f on f.agent_id = a.id
      cross join lateral (
        select coalesce(json_object_agg(n.code, n.count), '{}') as rejections
        from rejection_counts n where n.agent_id = a.id) r
      where a.id = ${agentId}::uuid and a.user_id = ${userId}::uuid`;
    if (rows[0] === undefined) return yield* new AgentNotFound({ id: agentId });
    const { held, ...standing } = yield* Effect.orDie(Schema.decodeUnknownEffect(StandingRow)(rows[0]));
    const unrealized = held.reduce((sum, position) => sum + (PgHeld.unrealized(position) ?? 0n), 0n);
    const closed =
      Row.cash(standing, "capital") + Row.cash(standing, "realized_pnl") - Row.cash(standing, "fees");

    // One probe of the index an hour, however many snapshots it holds; an hour without one is worth what the last was.
    // Each is told as if today's capital had been there.
    const hours = yield* sql<Row.Row>`
      select (s.equity + a.capital - ${sql.literal(PgPnl.capitalAt("s.ts"))})::float8 as equity
      from (select min(ts) as first, max(ts) as last from pnl_snapshots where agent_id = ${agentId}::uuid) span
      cross join lateral generate_series(
        date_trunc('hour', greatest(span.first, span.last - interval '30 days')), span.last, interval '1 hour') hour
      cross join lateral (
        select equity, ts from pnl_snapshots
        where agent_id = ${agentId}::uuid and ts < hour + interval '1 hour'
        order by ts desc limit 1) s
      join agents a on a.id = ${agentId}::uuid
      order by hour`;

    const prices = yield* sql<Row.Row>`
      select s.symbol, p.ts as last_price_at from agents a
      cross join lateral jsonb_array_elements_text(a.universe -> 'symbols') with ordinality s (symbol, n)
      left join lateral (
        select ts from market_prices m where m.symbol = s.symbol order by m.ts desc limit 1) p on true
      where a.id = ${agentId}::uuid order by s.n`;
    const priced = yield* Effect.orDie(Schema.decodeUnknownEffect(Priced)(prices));
    return {
      ...standing,
      priced,
      unrealized_pnl: Money.format(unrealized),
      equity: Money.format(closed + unrealized),
      open_positions: held.length,
      hourly_equity: hours.map((row) => Row.number(row, "equity")),
    };
  }, orUnavailable);
