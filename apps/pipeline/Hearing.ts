import { EventBus } from "@strom/core/ports";
import { Effect, Stream } from "effect";
import type * as Batch from "./Batch.ts";
import { Publisher } from "./Publisher.ts";

export interface Options {
  /** How long a lane is looked at before it is judged where its rows come from. */
  readonly lookMs: number;
  /** Rows of its own it must have heard meanwhile to do without the bus. */
  readonly ownMin: number;
}

export const standard: Options = { lookMs: 1_000, ownMin: 16 };

/** Silence is judged over this many glances of a quarter of a look each. */
const GLANCES = 3;

/**
 * How a lane hears of its rows, until interrupted: at once of what this process commits itself, by the bus of what
 * others do. While it hears plenty and all of it is its own, it does without the bus, which would only bring every row
 * a second time, to be acknowledged. Once nothing of its own comes any more it asks the journal and listens again.
 */
export const attend = Effect.fnUntraced(function* (
  lane: Batch.Lane,
  wake: () => void,
  { lookMs, ownMin }: Options,
) {
  const bus = yield* EventBus;
  const publisher = yield* Publisher;
  const { topic, partition } = lane.cursor;
  let own = 0;
  let foreign = 0;

  const hearsItself = yield* publisher.overhear(topic, partition, (row) => {
    own += 1;
    lane.inbox.put({ row, ack: Effect.void });
    wake();
  });

  const listen = bus.subscribe(lane.cursor).pipe(
    Stream.runForEachArray((messages) =>
      Effect.sync(() => {
        for (const message of messages) {
          const isNews = lane.inbox.put(message);
          if (isNews && message.row.offset >= lane.position) foreign += 1;
        }
        wake();
      }),
    ),
    Effect.catchCause((cause) => Effect.logDebug("the bus went away", cause)),
    Effect.andThen(Effect.sleep("1 second")),
    Effect.forever,
  );
  if (!hearsItself) return yield* listen;

  const askJournal = Effect.sync(() => {
    lane.isBehind = true;
    wake();
  });

  const untilSelfSufficient = Effect.gen(function* () {
    let isInPlace = false;
    do {
      own = 0;
      foreign = 0;
      yield* Effect.sleep(lookMs / 2);
      // A subscription takes its time to be in place: what was told meanwhile the journal knows.
      if (!isInPlace) yield* askJournal;
      isInPlace = true;
      yield* Effect.sleep(lookMs / 2);
    } while (own < ownMin || foreign > 0);
  });

  const untilSilent = Effect.gen(function* () {
    let silent = 0;
    while (silent < GLANCES) {
      own = 0;
      yield* Effect.sleep(lookMs / (GLANCES + 1));
      silent = own === 0 ? silent + 1 : 0;
    }
  });

  return yield* Effect.raceFirst(listen, untilSelfSufficient).pipe(
    Effect.andThen(untilSilent),
    Effect.andThen(askJournal),
    Effect.forever,
  );
}, Effect.scoped);
