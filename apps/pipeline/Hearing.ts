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

/** Glances in a look. */
const GLANCES = 4;
/** Silent glances after which the journal is asked whether another process has something to say. */
const SILENT = 3;
/** Looks of silence after which a lane listens in any case: it costs nothing then. */
const SILENT_LOOKS = 5;

/**
 * How a lane hears of its rows, until interrupted: at once of what this process commits itself, by the bus of what
 * others do. While it hears plenty and all of it is its own, it does without the bus, which would only bring every row
 * a second time, to be acknowledged. When it hears nothing of its own it asks the journal, and listens again as soon as
 * that holds something it was not told.
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
  /** The last row of its own. */
  let ownTo = -1;

  const hearsItself = yield* publisher.overhear(topic, partition, (row) => {
    own += 1;
    ownTo = Math.max(ownTo, row.offset);
    lane.inbox.put({ row, ack: Effect.void });
    wake();
  });

  const listen = bus.subscribe(lane.cursor).pipe(
    Stream.runForEachArray((messages) =>
      Effect.sync(() => {
        for (const message of messages) {
          lane.inbox.put(message);
          // Its own it was told before the bus was.
          if (message.row.offset > ownTo && message.row.offset >= lane.position) foreign += 1;
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

  const untilOthersSpeak = Effect.gen(function* () {
    let silent = 0;
    while (silent < SILENT_LOOKS * GLANCES) {
      own = 0;
      const found = lane.found;
      yield* Effect.sleep(lookMs / GLANCES);
      if (own === 0 && lane.found > found) return;
      silent = own === 0 ? silent + 1 : 0;
      if (silent > 0 && silent % SILENT === 0) yield* askJournal;
    }
  });

  return yield* Effect.raceFirst(listen, untilSelfSufficient).pipe(
    Effect.andThen(untilOthersSpeak),
    Effect.andThen(askJournal),
    Effect.forever,
  );
}, Effect.scoped);
