import type { Path } from "@strom/core";
import { Event, Market, Money } from "@strom/core";
import type { Priced } from "@strom/core/ports";
import { Database, Journal, PriceBook, Timeline } from "@strom/core/ports";
import { Data, Effect, Metric, Result, Schedule, Schema } from "effect";
import * as Metrics from "../Metrics.ts";
import * as ClockGuard from "./ClockGuard.ts";
import { Publisher } from "./Publisher.ts";
import * as Tell from "./Tell.ts";

/**
 * The simulated market, one step a second for every symbol. The price of a symbol at a step follows from the seed
 * alone, and where it stands is written down with every price; so a restart goes on as if there had been none.
 */
export interface Options {
  readonly symbols: ReadonlyArray<string>;
  readonly seed: bigint;
  /**
   * How long before its instant a price is written. A simulated price has no sender to wait for, and a slot reads
   * the prices of its instant the moment it begins: this is the time they have to be on record.
   */
  readonly leadMs: number;
}

export const LEAD_MS = 250;

const STEP_MS = 1_000;
/** Steps filled in before the first start and after a pause: six hours, the last half hour of it in every second. */
const HISTORY = 21_600;
const DENSE = 1_800;
const SPARSE_EVERY = 30;
/** Prices in one statement. */
const CHUNK = 5_000;

const NAME = "sim";

const State = Schema.Struct({
  /** The instant of step 0, ms since the epoch. */
  originAt: Schema.Int,
  step: Schema.Int,
  prices: Schema.Record(Schema.String, Schema.Finite),
});
type State = typeof State.Type;
const decodeState = Schema.decodeUnknownOption(State);

/** More is owed than is written in every second, as after the machine slept: a market that is opened anew owes less. */
export class Leapt extends Data.TaggedError("Leapt")<{ readonly seconds: number }> {
  override get message(): string {
    return `the clock leapt by ${this.seconds} s`;
  }
}

const pricesOf = (state: Market.State): Record<string, number> =>
  Object.fromEntries(Market.ticks(state).map(({ symbol, price }) => [symbol, price]));

/** Where the market stands when it starts: after a long pause its time begins anew, its prices go on. */
const origin = (known: State | null, nowAt: number): { readonly originAt: number; readonly step: number } => {
  const nowStep = Math.floor(nowAt / STEP_MS);
  if (known === null) return { originAt: (nowStep - HISTORY) * STEP_MS, step: 0 };
  const missing = nowStep - Math.floor(known.originAt / STEP_MS) - known.step;
  const skipped = Math.max(0, missing - HISTORY);
  return { originAt: known.originAt + skipped * STEP_MS, step: known.step };
};

/** Writes down what the market owes up to now, and answers how it goes on. */
export const open = Effect.fnUntraced(function* ({ symbols, seed, leadMs }: Options) {
  const book = yield* PriceBook;
  const journal = yield* Journal;
  const database = yield* Database;
  const timeline = yield* Timeline;
  const publisher = yield* Publisher;
  const isAhead = yield* ClockGuard.make("the market", "it writes no prices");
  yield* Effect.flatMap(timeline.now, isAhead).pipe(
    Effect.repeat({ schedule: Schedule.spaced(STEP_MS), while: (is) => is }),
  );

  const found = decodeState(yield* book.recall(NAME));
  const known = found._tag === "Some" ? found.value : null;
  const { originAt, step } = origin(known, (yield* timeline.now) + leadMs);
  const instant = (at: number): number => originAt + at * STEP_MS;

  const priced = ({ symbol, step: at, price }: Path.Tick): Priced => ({
    symbol,
    at: instant(at),
    price,
    volume: null,
  });

  const write = Effect.fnUntraced(function* (ticks: ReadonlyArray<Path.Tick>, state: Market.State) {
    for (let from = 0; from < ticks.length; from += CHUNK) {
      yield* book.append(ticks.slice(from, from + CHUNK).map(priced), NAME);
    }
    yield* book.remember(NAME, { originAt, step: state.step, prices: pricesOf(state) }, instant(state.step));
    yield* Metric.update(Metrics.prices, ticks.length);
  });

  /** The past, in less detail the longer ago. */
  const fill = Effect.fnUntraced(function* (market: Market.Market, from: Market.State, to: number) {
    const [ticks, state] = Market.advance(market, from, Math.max(0, to - from.step));
    const kept = ticks.filter((tick) => tick.step > to - DENSE || tick.step % SPARSE_EVERY === 0);
    return { ticks: kept, state };
  });

  const market = Market.make(symbols, seed);
  const target = Effect.map(timeline.now, (nowAt) => Math.floor((nowAt + leadMs - originAt) / STEP_MS));

  const begin = Effect.gen(function* () {
    const to = Math.max(step, yield* target);
    const old = symbols.filter((symbol) => known?.prices[symbol] !== undefined);
    const young = symbols.filter((symbol) => known?.prices[symbol] === undefined);
    const last = new Map(old.map((symbol) => [symbol, known?.prices[symbol] ?? 0]));
    const past = Market.make(old, seed);
    const fresh = Market.make(young, seed);
    const parts = [
      yield* fill(past, Market.resume(past, step, last), to),
      yield* fill(fresh, Market.resume(fresh, Math.max(0, to - HISTORY), new Map()), to),
    ];
    const prices = new Map(parts.flatMap(({ state }) => Object.entries(pricesOf(state))));
    const state = Market.resume(market, to, prices);
    yield* database.transaction(
      write(
        parts.flatMap(({ ticks }) => ticks),
        state,
      ),
    );
    return state;
  });

  const tell = Effect.fnUntraced(function* (ticks: ReadonlyArray<Path.Tick>) {
    const events = ticks.map((tick) =>
      Event.marketTick({
        at: instant(tick.step),
        symbol: tick.symbol,
        price: Result.getOrThrowWith(Money.priceFromNumber(tick.price), (error) => error),
        volume: 0,
        source: NAME,
      }),
    );
    return yield* journal.append(events.map((event) => Tell.entry(event, database.partitions)));
  });

  let state = yield* begin;

  const advance = Effect.gen(function* () {
    const steps = (yield* target) - state.step;
    if (steps <= 0 || (yield* isAhead(yield* timeline.now))) return;
    if (steps > DENSE) return yield* new Leapt({ seconds: steps });
    const [ticks, next] = Market.advance(market, state, steps);
    const rows = yield* database.transaction(
      Effect.andThen(write(ticks, next), tell(ticks.filter((tick) => tick.step === next.step))),
    );
    state = next;
    yield* publisher.tell(rows);
  }).pipe(
    Effect.uninterruptible,
    Effect.catchTag("DatabaseUnavailable", (error) => Effect.logWarning("the market waits", error.message)),
  );

  const untilNext = Effect.map(timeline.now, (nowAt) =>
    Math.max(10, Math.min(STEP_MS, instant(state.step + 1) - leadMs - nowAt)),
  );

  return advance.pipe(Effect.andThen(Effect.flatMap(untilNext, Effect.sleep)), Effect.forever);
});

/** Goes on until interrupted, or until it owes too much at once; a step that has begun is finished first. */
export const run = (options: Options) => Effect.flatten(open(options));
