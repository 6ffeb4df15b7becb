import { basename } from "node:path";
import { Replay } from "@strom/core";
import type { BarSeries } from "@strom/core/files";
import { Database, EventBus, PriceBook } from "@strom/core/ports";
import { Clock, Effect, Fiber, Schema, Stream } from "effect";
import * as Progress from "./Progress.ts";
import { ReplayClock } from "./ReplayTimeline.ts";
import * as Scheduler from "./Scheduler.ts";

/**
 * A file played to the agents as if it were lived. Market and scheduler are one here: the clock goes from instant
 * to instant (the end of a bar, or the slot of an agent, whichever is first), and to the next only when every stage
 * has caught up. So a replay of any speed trades the same, and no slot of it is ever skipped.
 */
export interface Options {
  /** How many times faster than lived, or as fast as the stages commit. */
  readonly speed: number | "max";
  /** How often one looks for the first agent to play to. */
  readonly waitMs: number;
}

/** Time that only passes: the machine's clock may be set, and a replay would wait until it is that late again. */
const passedMs = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos / 1_000n) / 1_000);

/** Instants after which the roster is read again, told of a change or not. */
const REFRESH = 50;

const State = Schema.Struct({ playedTo: Schema.Int });
const decodeState = Schema.decodeUnknownOption(State);

/** Plays a series from where it was left, and returns at its end. */
export const play = Effect.fnUntraced(function* (name: string, series: BarSeries, options: Options) {
  const book = yield* PriceBook;
  const clock = yield* ReplayClock;
  const database = yield* Database;
  const scheduler = yield* Scheduler.make;
  const market = `replay:${name}`;
  // Whoever reads prices is told the file, not where this machine keeps it.
  const source = `replay:${basename(name)}`;
  const { bars, symbol } = series;
  const first = bars[0];
  const last = bars.at(-1);
  if (first === undefined || last === undefined) return;

  const state = decodeState(yield* book.recall(market));
  let playedTo = state._tag === "Some" ? state.value.playedTo : first.from;
  yield* clock.set(playedTo);
  if (playedTo >= last.to) {
    yield* Effect.logInfo(
      `${name} was played to its end before; with another STROM_DATA_DIR it is played again`,
    );
    return;
  }

  /** A file has a beginning, so it waits for someone who would miss it. */
  const waitForAgent = Effect.gen(function* () {
    yield* scheduler.refresh;
    while (!scheduler.roster().some(({ symbols }) => symbols.includes(symbol))) {
      yield* Effect.sleep(options.waitMs);
      yield* scheduler.refresh;
    }
  });

  const startedAt = { real: 0, played: playedTo };
  /** Real time may not be outrun, unless asked to. */
  const pace = Effect.fnUntraced(function* (to: number) {
    if (options.speed === "max") return;
    const due = startedAt.real + (to - startedAt.played) / options.speed;
    const waitMs = due - (yield* passedMs);
    if (waitMs > 0) yield* Effect.sleep(waitMs);
  });

  /** The clock's next instant: the end of the bar now open, or a slot before it. */
  const nextInstant = (barEnd: number): number => {
    const slotAt = scheduler.nextAt();
    return slotAt !== null && slotAt > playedTo && slotAt < barEnd ? slotAt : barEnd;
  };

  let isStale = true;
  let instants = 0;
  const bus = yield* EventBus;
  yield* bus.watch(["agent.changed"]).pipe(
    Stream.runForEach(() =>
      Effect.sync(() => {
        isStale = true;
      }),
    ),
    Effect.catchCause((cause) => Effect.logDebug("the bus went away", cause)),
    Effect.forkScoped,
  );

  // Most often one is made in the same moment.
  const saying = yield* Effect.logInfo(
    `${name} waits for a running agent on ${symbol}: start one, or give the recording a STROM_DATA_DIR of its own, where up --demo makes one`,
  ).pipe(Effect.delay("2 seconds"), Effect.forkScoped);
  yield* waitForAgent;
  yield* Fiber.interrupt(saying);
  startedAt.real = yield* passedMs;
  yield* Effect.logInfo(`${name} begins, ${bars.length} bars of ${symbol}`);

  for (const bar of bars) {
    const prices = Replay.prices(bar);
    while (playedTo < bar.to) {
      if (isStale || instants % REFRESH === 0) {
        isStale = false;
        yield* scheduler.refresh;
      }
      instants += 1;
      const to = nextInstant(bar.to);
      yield* pace(to);
      yield* clock.set(to);
      // The prices that are now known, the ticks and the note that they were given are one commit: no instant is
      // played twice or left out, and nobody who reads the record sees a price before its time.
      const told = prices.filter(({ at }) => at >= playedTo && at < to);
      const ticks = yield* database.transaction(
        book.append(told, source).pipe(
          Effect.andThen(scheduler.tick(to)),
          Effect.tap(() => book.remember(market, { playedTo: to }, to)),
        ),
      );
      if (ticks > 0) yield* Progress.caughtUp;
      playedTo = to;
    }
  }
  yield* Effect.logInfo(`${name} was played to its end`);
});
