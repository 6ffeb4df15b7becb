import type { Columns } from "../Columns.ts";
import * as Engine from "../Engine.ts";
import { MS_PER_DAY } from "../Guard.ts";
import * as Ledger from "../Ledger.ts";
import * as Money from "../Money.ts";
import type { Curve } from "../performance/Curve.ts";
import type { Signal } from "../Signal.ts";
import { firstAtOrAfter } from "./BarData.ts";
import * as Beat from "./Beat.ts";
import type { Desk } from "./Desk.ts";
import { isLate } from "./Desk.ts";
import type { Lane, Plan } from "./Plan.ts";
import type { Progress } from "./Progress.ts";
import { STEP } from "./Progress.ts";
import * as StopWatch from "./StopWatch.ts";
import { Voice } from "./Voice.ts";

/**
 * One symbol, bar after bar, but only where something may happen. Between two bars at which a strategy speaks or a
 * stop may be hit nothing is decided, so all that the plain fold of `Engine.step` would do there is mark: the position
 * stands still, equity rises and falls with the close alone, and the marks come down to the highest of them, the first
 * of the last UTC day, and the best price for a trailing stop. Those are taken exactly; the rest is passed over.
 *
 * Gives back the number of bars at whose end something was held.
 */
export function* solo(plan: Plan, lane: Lane, desk: Desk, curve: Curve): Generator<Progress, number> {
  const { columns, start, end } = lane;
  const { close, to, symbol } = columns;
  const voices = plan.speakers.map((speaker) => new Voice(speaker, lane));
  let held = 0;
  let qty = 0;
  for (let done = start; done < end; ) {
    const horizon = Math.min(end, done + STEP);
    while (done < horizon) {
      let next = horizon;
      for (const voice of voices) {
        if (voice.decision === null) voice.listen(horizon);
        if (voice.at < next) next = voice.at;
      }
      if (qty !== 0) next = firstStop(desk, columns, done, next);
      if (done < next) {
        if (qty === 0) passFlat(desk, curve, columns, done, next);
        else passHeld(desk, curve, columns, done, next, qty);
        if (qty !== 0) held += next - done;
      }
      done = next;
      if (next === horizon) break;
      const waiting = slot(plan, columns, desk, voices, next);
      qty = desk.qty(symbol);
      if (qty !== 0) held += 1;
      curve.point(desk.cash + qty * (close[next] ?? 0), to[next] ?? 0);
      if (waiting.length > 0 && next + 1 < end) {
        atOpen(plan, columns, desk, next + 1, waiting);
        qty = desk.qty(symbol);
      }
      done = next + 1;
    }
    yield {
      bars: done - start,
      of: end - start,
      at: to[done - 1] ?? 0,
      trades: desk.trades.length,
      equity: curve.last,
    };
  }
  return held;
}

/** The first of the bars `from` to `to` at which a protective stop may be hit, else `to`. */
const firstStop = (desk: Desk, { symbol, close }: Columns, from: number, to: number): number => {
  const { plan, account, guard } = desk;
  const watch = StopWatch.of(plan.spec.risk, Ledger.position(account, symbol), guard.trail[symbol]);
  return watch === null ? to : StopWatch.firstHit(watch, close, from, to);
};

/** A bar at which something may happen, lived as a slot. What waits for the next open is given back. */
const slot = (
  plan: Plan,
  columns: Columns,
  desk: Desk,
  voices: ReadonlyArray<Voice>,
  index: number,
): ReadonlyArray<Signal> => {
  const at = columns.to[index] ?? 0;
  const { symbol, close } = columns;
  desk.dawn(at, () => (desk.qty(symbol) === 0 ? {} : { [symbol]: Engine.priceOf(close[index - 1] ?? 0) }));
  const number = Beat.slotAt(plan, at);
  const signals: Array<Signal> = [];
  for (const voice of voices) {
    if (voice.at !== index) continue;
    const signal = Beat.signal(plan, number, voice, columns.symbol);
    if (signal !== null) signals.push(signal);
    voice.hush();
  }
  const observations = [Beat.fresh(columns, index)];
  if (plan.fillAt === "next_open") {
    return [...desk.mark(Beat.run(plan, number, at, observations, [])), ...signals];
  }
  desk.hear(Beat.run(plan, number, at, observations, signals));
  return [];
};

/** What was decided on a bar, reviewed and filled when the next one opens. */
const atOpen = (
  plan: Plan,
  columns: Columns,
  desk: Desk,
  index: number,
  signals: ReadonlyArray<Signal>,
): void => {
  const number = Beat.slotAt(plan, columns.to[index - 1] ?? 0);
  const at = columns.from[index] ?? 0;
  desk.hear(Beat.run(plan, number, at, [Beat.opening(columns, index)], signals));
};

/** The marks of the bars `from` to `to`, which decide nothing, while nothing is held. */
const passFlat = (desk: Desk, curve: Curve, { to: at }: Columns, from: number, to: number): void => {
  const { cash } = desk.account;
  const lastAt = at[to - 1] ?? 0;
  desk.raisePeak(cash);
  if (Math.floor(lastAt / MS_PER_DAY) !== desk.guard.day) desk.beginDay(lastAt, cash);
  // The first of them may differ from the sample before: it begins the curve, or follows a fill at its open.
  const isLevel = curve.samples > 0 && curve.last === desk.cash;
  if (!isLevel) curve.point(desk.cash, at[from] ?? 0);
  curve.flat(at, isLevel ? from : from + 1, to);
};

/** The same while something is held. */
const passHeld = (
  desk: Desk,
  curve: Curve,
  columns: Columns,
  from: number,
  to: number,
  qty: number,
): void => {
  const { close, to: at, symbol } = columns;
  const equityAt = (index: number) => desk.equity({ [symbol]: Engine.priceOf(close[index] ?? 0) });
  const lastAt = at[to - 1] ?? 0;
  const day = Math.floor(lastAt / MS_PER_DAY);
  if (day !== desk.guard.day) {
    const first = firstAtOrAfter(at, day * MS_PER_DAY, from, to);
    desk.beginDay(lastAt, equityAt(isLate(desk.plan, at[first] ?? 0) ? first - 1 : first));
  }
  // What the doubles of the curve hold to be above all peaks, with a margin far above their error, is marked exactly.
  const peak = Money.toNumber(desk.guard.peakEquity);
  const mayRise = curve.stretch(close, at, from, to, desk.cash, qty, peak - Math.abs(peak) * 1e-12 - 2e-6);
  const isTrailing = desk.plan.spec.risk.trailing_stop_pct !== undefined;
  if (mayRise || isTrailing) {
    const best = extreme(close, from, to, qty);
    if (mayRise) desk.raisePeak(equityAt(best));
    if (isTrailing) desk.follow({ [symbol]: Engine.priceOf(close[best] ?? 0) });
  }
};

/** The bar of the highest close for a long position, of the lowest for a short one. */
const extreme = (close: Float64Array, from: number, to: number, qty: number): number => {
  let best = from;
  for (let index = from + 1; index < to; index++) {
    const price = close[index] ?? 0;
    const most = close[best] ?? 0;
    if (qty > 0 ? price > most : price < most) best = index;
  }
  return best;
};
