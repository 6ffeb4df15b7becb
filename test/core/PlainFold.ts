import type { Backtest, Columns, FillModel, Intent, Ledger, Run, Signal } from "@strom/core";
import { Bar, Ledger as Books, Engine } from "@strom/core";
import * as Exits from "../../core/src/risk/ProtectiveExit.ts";
import * as Scripted from "./Scripted.ts";

/**
 * A backtest as its meaning is written: at every instant the engine is asked, nothing is passed over, nothing is looked
 * up ahead. Slow and plain; what `Backtest.run` gives must be the same to the last digit.
 */
export interface Folded {
  readonly trades: ReadonlyArray<{
    readonly order: Intent.Draft;
    readonly fill: FillModel.Fill;
    readonly account: Ledger.Account;
  }>;
  readonly refusals: ReadonlyArray<{ readonly order: Intent.Draft; readonly reason: string }>;
  readonly account: Ledger.Account;
  readonly guard: Engine.World["guard"];
  /** At the end of each instant, exact. */
  readonly equity: ReadonlyArray<{ readonly at: number; readonly equity: bigint; readonly isHeld: boolean }>;
}

type Plan = Backtest.Backtest["plan"];

const RUNNING = { status: "RUNNING", isEnabled: true } as const;

export const fold = (plan: Plan): Folded => {
  const { spec, lanes, fillAt } = plan;
  const slotOf = (at: number) => Math.ceil((at - plan.phaseMs) / plan.intervalMs);
  const value = (column: Float64Array, index: number) => column[index] ?? Number.NaN;
  let memory = Engine.warmup(
    spec,
    Scripted.everything,
    {},
    Object.fromEntries(lanes.map(({ columns, start }) => [columns.symbol, barsOf(columns, 0, start)])),
  );
  let { account, guard } = Engine.begin(spec);
  const trades: Array<Folded["trades"][number]> = [];
  const refusals: Array<Folded["refusals"][number]> = [];
  const equity: Array<Folded["equity"][number]> = [];
  const waiting = new Map<string, Array<Signal.Signal>>();
  const index = new Map(lanes.map(({ columns, start }) => [columns.symbol, start - 1]));
  const indexOf = (symbol: string) => index.get(symbol) ?? -1;

  const known = (at: number, isOpening: (symbol: string) => boolean): ReadonlyArray<Run.Observation> =>
    lanes.flatMap(({ columns, start }): ReadonlyArray<Run.Observation> => {
      const last = indexOf(columns.symbol);
      if (isOpening(columns.symbol)) {
        const open = value(columns.open, last + 1);
        const bar = { ...Bar.stale(columns.symbol, at - 1, at, open), volume: value(columns.volume, last) };
        return [{ bar, pricedAt: at }];
      }
      if (last < start) return [];
      const endedAt = value(columns.to, last);
      if (endedAt === at) return barsOf(columns, last, last + 1).map((bar) => ({ bar, pricedAt: at - 1 }));
      const stale = Bar.stale(columns.symbol, endedAt, at, value(columns.close, last));
      return [{ bar: stale, pricedAt: endedAt - 1 }];
    });

  const hear = (run: Run.Run) => {
    const review = Engine.review(spec, RUNNING, { account, guard, pending: [] }, run);
    guard = review.guard;
    for (const verdict of review.verdicts) {
      if (verdict._tag === "Rejected") {
        refusals.push({ order: verdict.order, reason: verdict.reason });
        continue;
      }
      const settlement = Engine.settle(account, verdict.order);
      account = settlement.account;
      trades.push({ order: verdict.order, fill: settlement.fill, account });
    }
  };

  const ends = lanes.flatMap(({ columns, start, end }) => [...columns.to.slice(start, end)]);
  const opens =
    fillAt === "close" ? [] : lanes.flatMap(({ columns, start, end }) => [...columns.from.slice(start, end)]);
  // Where both fall together, ends come first.
  const instants = [
    ...[...new Set(ends)].map((at) => ({ at, kind: 0 })),
    ...[...new Set(opens)].map((at) => ({ at, kind: 1 })),
  ].sort((a, b) => a.at - b.at || a.kind - b.kind);

  for (const { at, kind } of instants) {
    if (kind === 1) {
      const opening = (symbol: string) => {
        const lane = lanes.find(({ columns }) => columns.symbol === symbol);
        const next = indexOf(symbol) + 1;
        return (
          lane !== undefined &&
          (waiting.get(symbol) ?? []).length > 0 &&
          next < lane.end &&
          value(lane.columns.from, next) === at
        );
      };
      const observations = known(at, opening);
      const heard = lanes.flatMap(({ columns }) => {
        if (!opening(columns.symbol)) return [];
        const signals = waiting.get(columns.symbol) ?? [];
        waiting.delete(columns.symbol);
        return signals;
      });
      for (const slot of [...new Set(heard.map((signal) => signal.slot))].sort((a, b) => a - b)) {
        // The opening run sees nothing new: its observations are stale, so no stop is looked at.
        const stale = observations.map((one) => ({ ...one, bar: { ...one.bar, ticks: 0 } }));
        hear({
          agentId: spec.id,
          slot,
          at,
          observations: stale,
          signals: heard.filter((one) => one.slot === slot),
        });
      }
      continue;
    }
    // A slot earlier that day, of which nothing is new, begins the day.
    const previous = at - plan.intervalMs;
    if (guard.day !== -1 && dayOf(previous) === dayOf(at) && guard.day !== dayOf(at)) {
      const observations = known(previous, () => false);
      const run = { agentId: spec.id, slot: slotOf(previous), at: previous, observations, signals: [] };
      guard = Engine.mark(spec, account, guard, run).guard;
    }
    for (const { columns, end } of lanes) {
      const next = indexOf(columns.symbol) + 1;
      if (next < end && value(columns.to, next) === at) index.set(columns.symbol, next);
    }
    const beat = { slot: slotOf(at), at };
    const observations = known(at, () => false);
    const [remembered, run] = Engine.decide(spec, Scripted.everything, memory, beat, observations);
    memory = remembered;
    if (fillAt === "close") hear(run);
    else {
      const marked = Engine.mark(spec, account, guard, run);
      guard = marked.guard;
      const exits = Exits.signals({ spec, run, marks: marked.marks, guard, account });
      for (const signal of [...exits, ...run.signals]) {
        waiting.set(signal.symbol, [...(waiting.get(signal.symbol) ?? []), signal]);
      }
    }
    equity.push({
      at,
      equity: Books.mark(account, Engine.marksOf(observations)).equity,
      isHeld: Books.held(account).length > 0,
    });
  }
  return { trades, refusals, account, guard, equity };
};

const dayOf = (at: number): number => Math.floor(at / 86_400_000);

export const barsOf = (columns: Columns.Columns, from: number, to: number): ReadonlyArray<Bar.Bar> =>
  Array.from({ length: to - from }, (_, offset) => {
    const at = (column: Float64Array) => column[from + offset] ?? Number.NaN;
    return {
      symbol: columns.symbol,
      from: at(columns.from),
      to: at(columns.to),
      open: at(columns.open),
      high: at(columns.high),
      low: at(columns.low),
      close: at(columns.close),
      volume: at(columns.volume),
      ticks: 1,
    };
  });
