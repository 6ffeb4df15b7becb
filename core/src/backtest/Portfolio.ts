import * as Engine from "../Engine.ts";
import { MS_PER_DAY } from "../Guard.ts";
import type { Marks } from "../Intent.ts";
import * as Ledger from "../Ledger.ts";
import * as Money from "../Money.ts";
import type { Curve } from "../performance/Curve.ts";
import type { Observation } from "../Run.ts";
import type { Signal } from "../Signal.ts";
import * as Beat from "./Beat.ts";
import type { Desk } from "./Desk.ts";
import type { Lane, Plan } from "./Plan.ts";
import type { Progress } from "./Progress.ts";
import { STEP } from "./Progress.ts";
import * as StopWatch from "./StopWatch.ts";
import { Voice } from "./Voice.ts";

/** One symbol of a portfolio on its way. */
interface Walker {
  readonly lane: Lane;
  readonly voices: ReadonlyArray<Voice>;
  /** The last bar that has ended; before `lane.start` nothing is known of the symbol. */
  index: number;
  /** Signals that wait for the symbol's next open. */
  waiting: Array<Signal>;
  /** Units held, as a double, and where its stops may be. */
  qty: number;
  watch: StopWatch.StopWatch | null;
}

/**
 * Many symbols, instant after instant: an instant is the end of a bar of any of them, and with `next_open` also an
 * opening that something waits for; where both fall together, ends come first. At each instant the books are marked;
 * the engine is asked only where a strategy speaks or a stop may be hit.
 *
 * Gives back the number of instants at whose end something was held.
 */
export function* portfolio(plan: Plan, desk: Desk, curve: Curve): Generator<Progress, number> {
  const walkers = plan.lanes.map(
    (lane): Walker => ({
      lane,
      voices: plan.speakers.map((speaker) => new Voice(speaker, lane)),
      index: lane.start - 1,
      waiting: [],
      qty: 0,
      watch: null,
    }),
  );
  const of = walkers.reduce((sum, { lane }) => sum + lane.end - lane.start, 0);
  let held = 0;
  let bars = 0;
  let told = 0;
  for (let at = nextEnd(walkers); at < Number.POSITIVE_INFINITY; at = nextEnd(walkers)) {
    for (let openAt = nextOpen(walkers); openAt < at; openAt = nextOpen(walkers)) {
      atOpen(plan, desk, walkers, openAt);
    }
    desk.dawn(at, () => marksOf(walkers));
    bars += advance(walkers, at);
    if (isEvent(walkers, at)) {
      slot(plan, desk, walkers, at);
      refresh(desk, walkers);
    } else {
      markInPassing(desk, walkers, at);
    }
    const isHeld = walkers.some(({ qty }) => qty !== 0);
    if (isHeld) held += 1;
    curve.point(drawn(desk, walkers), at);
    if (bars - told < STEP && bars < of) continue;
    told = bars;
    yield { bars, of, at, trades: desk.trades.length, equity: curve.last };
  }
  return held;
}

const nextEnd = (walkers: ReadonlyArray<Walker>): number => {
  let at = Number.POSITIVE_INFINITY;
  for (const { lane, index } of walkers) {
    if (index + 1 < lane.end) at = Math.min(at, lane.columns.to[index + 1] ?? at);
  }
  return at;
};

/** The next opening that something waits for; none within the run, and it is never filled. */
const nextOpen = (walkers: ReadonlyArray<Walker>): number => {
  let at = Number.POSITIVE_INFINITY;
  for (const { lane, index, waiting } of walkers) {
    if (waiting.length > 0 && index + 1 < lane.end) at = Math.min(at, lane.columns.from[index + 1] ?? at);
  }
  return at;
};

/** Bars that a strategy looks over in one go. */
const AHEAD = 4_096;

/** Takes in the bars that end at an instant, and looks up what the strategies will say next. */
const advance = (walkers: ReadonlyArray<Walker>, at: number): number => {
  let bars = 0;
  for (const walker of walkers) {
    const { lane, voices } = walker;
    if (walker.index + 1 >= lane.end || lane.columns.to[walker.index + 1] !== at) continue;
    walker.index += 1;
    bars += 1;
    const ahead = walker.index - (walker.index % AHEAD) + AHEAD;
    for (const voice of voices) {
      if (voice.decision === null) voice.listen(Math.min(lane.end, ahead));
    }
  }
  return bars;
};

const isEvent = (walkers: ReadonlyArray<Walker>, at: number): boolean =>
  walkers.some(
    ({ lane, index, voices, watch }) =>
      lane.columns.to[index] === at &&
      (voices.some((voice) => voice.at === index) ||
        (watch !== null && StopWatch.mayHit(watch, lane.columns.close[index] ?? 0))),
  );

/** An instant lived as a slot. With `next_open` what is decided waits with its symbol, exits before signals. */
const slot = (plan: Plan, desk: Desk, walkers: ReadonlyArray<Walker>, at: number): void => {
  const number = Beat.slotAt(plan, at);
  const observations = walkers.flatMap(({ lane, index }): ReadonlyArray<Observation> => {
    if (index < lane.start) return [];
    return lane.columns.to[index] === at
      ? [Beat.fresh(lane.columns, index)]
      : [Beat.known(lane.columns, index, at)];
  });
  const signals = plan.speakers.flatMap((_, which) =>
    walkers.flatMap(({ lane, index, voices }): ReadonlyArray<Signal> => {
      const voice = voices[which];
      if (voice === undefined || voice.at !== index || lane.columns.to[index] !== at) return [];
      const signal = Beat.signal(plan, number, voice, lane.columns.symbol);
      voice.hush();
      return signal === null ? [] : [signal];
    }),
  );
  if (plan.fillAt === "close") {
    desk.hear(Beat.run(plan, number, at, observations, signals));
    return;
  }
  const exits = desk.mark(Beat.run(plan, number, at, observations, []));
  for (const signal of [...exits, ...signals]) {
    walkers.find(({ lane }) => lane.columns.symbol === signal.symbol)?.waiting.push(signal);
  }
};

/**
 * All that waits for an opening at this instant, decision by decision and in universe order; the other symbols are
 * known by their last close.
 */
const atOpen = (plan: Plan, desk: Desk, walkers: ReadonlyArray<Walker>, at: number): void => {
  const opens = ({ lane, index, waiting }: Walker) =>
    waiting.length > 0 && index + 1 < lane.end && lane.columns.from[index + 1] === at;
  const observations = walkers.flatMap((walker): ReadonlyArray<Observation> => {
    const { lane, index } = walker;
    if (opens(walker)) return [Beat.opening(lane.columns, index + 1)];
    return index < lane.start ? [] : [Beat.known(lane.columns, index, at)];
  });
  const signals = walkers.filter(opens).flatMap(({ waiting }) => waiting.splice(0));
  const slots = [...new Set(signals.map((signal) => signal.slot))].sort((a, b) => a - b);
  for (const number of slots) {
    const heard = signals.filter((signal) => signal.slot === number);
    desk.hear(Beat.run(plan, number, at, observations, heard));
  }
  refresh(desk, walkers);
};

/** After the books may have changed. */
const refresh = (desk: Desk, walkers: ReadonlyArray<Walker>): void => {
  const { account, guard, plan } = desk;
  for (const walker of walkers) {
    const { symbol } = walker.lane.columns;
    const position = Ledger.position(account, symbol);
    walker.qty = Money.toNumber(position.qty);
    walker.watch = StopWatch.of(plan.spec.risk, position, guard.trail[symbol]);
  }
};

/** The last closes of what is held. */
const marksOf = (walkers: ReadonlyArray<Walker>): Marks => {
  const marks: Record<string, Money.Price> = {};
  for (const { lane, index, qty } of walkers) {
    if (qty !== 0) marks[lane.columns.symbol] = Engine.priceOf(lane.columns.close[index] ?? 0);
  }
  return marks;
};

/** Equity in doubles. */
const drawn = (desk: Desk, walkers: ReadonlyArray<Walker>): number => {
  let equity = desk.cash;
  for (const { lane, index, qty } of walkers) if (qty !== 0) equity += qty * (lane.columns.close[index] ?? 0);
  return equity;
};

/** The mark of an instant that decides nothing: exact where a day begins, a peak may be passed or a trail follows. */
const markInPassing = (desk: Desk, walkers: ReadonlyArray<Walker>, at: number): void => {
  const isTrailing =
    desk.plan.spec.risk.trailing_stop_pct !== undefined && walkers.some(({ qty }) => qty !== 0);
  const isNewDay = Math.floor(at / MS_PER_DAY) !== desk.guard.day;
  const peak = Money.toNumber(desk.guard.peakEquity);
  const mayRise = drawn(desk, walkers) > peak - Math.abs(peak) * 1e-12 - 2e-6;
  if (!isTrailing && !isNewDay && !mayRise) return;
  const marks = marksOf(walkers);
  const equity = desk.equity(marks);
  desk.raisePeak(equity);
  if (isNewDay) desk.beginDay(at, equity);
  if (isTrailing) {
    desk.follow(marks);
    refresh(desk, walkers);
  }
};
