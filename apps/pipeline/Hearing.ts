import { EventBus } from "@strom/core/ports";
import { Effect, Stream } from "effect";
import type * as Batch from "./Batch.ts";
import { Publisher } from "./Publisher.ts";

export interface Options {
  /** How often one looks where a lane's rows come from. */
  readonly lookMs: number;
  /** Rows of its own a lane must have heard between two looks to do without the bus. */
  readonly ownMin: number;
}

export const standard: Options = { lookMs: 1_000, ownMin: 16 };

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

  yield* publisher.overhear(topic, partition, (row) => {
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

  const look = <A>(read: () => A) =>
    Effect.suspend(() => {
      own = 0;
      foreign = 0;
      return Effect.as(Effect.sleep(lookMs), undefined);
    }).pipe(Effect.map(read));
  const untilSelfSufficient = look(() => own >= ownMin && foreign === 0).pipe(
    Effect.repeat({ until: (isSo) => isSo }),
  );
  const untilSilent = look(() => own === 0).pipe(Effect.repeat({ until: (isSo) => isSo }));

  const askJournal = Effect.sync(() => {
    lane.isBehind = true;
    wake();
  });

  return yield* Effect.raceFirst(listen, untilSelfSufficient).pipe(
    Effect.andThen(untilSilent),
    Effect.andThen(askJournal),
    Effect.forever,
  );
}, Effect.scoped);
