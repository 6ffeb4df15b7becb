import { assert, describe, it } from "@effect/vitest";
import * as Batch from "@strom/apps/pipeline/Batch.ts";
import * as Hearing from "@strom/apps/pipeline/Hearing.ts";
import { Publisher } from "@strom/apps/pipeline/Publisher.ts";
import type { Message, Row } from "@strom/core/ports";
import { EventBus } from "@strom/core/ports";
import { Effect, Queue, Stream } from "effect";
import { TestClock } from "effect/testing";

const cursor = { stage: "risk", topic: "agent.run", partition: 3 };
const options: Hearing.Options = { lookMs: 1_000, ownMin: 4 };

const row = (offset: number): Row => ({
  topic: cursor.topic,
  partition: cursor.partition,
  offset,
  eventId: crypto.randomUUID(),
  agentId: null,
  payload: {},
  at: 0,
});

/** A lane at work, whose process and whose bus are told by hand what to say. */
const houseOf = Effect.fnUntraced(function* (isHandedOver: boolean) {
  const lane = Batch.lane(cursor);
  let hand: ((message: Message) => void) | null = null;
  let own: (row: Row) => void = () => undefined;
  let woken = 0;
  const bus = EventBus.of({
    publish: () => Effect.void,
    subscribe: () =>
      Stream.callback<Message>((queue) =>
        Effect.acquireRelease(
          Effect.sync(() => {
            hand = (message) => Queue.offerUnsafe(queue, message);
          }),
          () =>
            Effect.sync(() => {
              hand = null;
            }),
        ).pipe(Effect.andThen(Effect.never)),
      ),
    watch: () => Stream.never,
    pulse: Effect.succeed(0),
  });
  const publisher = Publisher.of({
    tell: () => Effect.void,
    repair: Effect.void,
    overhear: (_, __, put) =>
      Effect.sync(() => {
        own = put;
        return isHandedOver;
      }),
  });
  const wake = (): void => {
    woken += 1;
  };
  yield* Hearing.attend(lane, wake, options).pipe(
    Effect.provideService(EventBus, bus),
    Effect.provideService(Publisher, publisher),
    Effect.forkScoped,
  );
  yield* TestClock.adjust(1);
  let next = 0;
  const say = (ownCount: number, foreignCount = 0): void => {
    for (let i = 0; i < ownCount; i++) {
      const one = row(next++);
      own(one);
      hand?.({ row: one, ack: Effect.void });
    }
    for (let i = 0; i < foreignCount; i++) hand?.({ row: row(next++), ack: Effect.void });
  };
  /** Rows, the process's own, which the bus brings again, and those of others; then a second passes. */
  const second = Effect.fnUntraced(function* (ownCount: number, foreignCount = 0) {
    say(ownCount, foreignCount);
    yield* TestClock.adjust(options.lookMs);
  });
  return { lane, say, second, isListening: () => hand !== null, woken: () => woken };
});

const house = houseOf(true);

describe("a lane", () => {
  it.effect("does without the bus while it hears plenty, all of its own process", () =>
    Effect.gen(function* () {
      const { say, second, isListening } = yield* house;
      assert.isTrue(isListening());
      yield* second(3);
      assert.isTrue(isListening(), "too little to be sure of");
      yield* second(4, 1);
      assert.isTrue(isListening(), "another process told something");
      yield* second(4);
      assert.isFalse(isListening());
      for (let half = 0; half < 10; half++) {
        say(1);
        yield* TestClock.adjust(options.lookMs / 2);
        assert.isFalse(isListening(), "it still hears of itself");
      }
    }).pipe(Effect.scoped),
  );

  it.effect("asks the journal when its process is silent, and listens as soon as that knows more", () =>
    Effect.gen(function* () {
      const { lane, second, isListening, woken } = yield* house;
      yield* second(4);
      assert.isFalse(isListening());
      lane.isBehind = false;
      const before = woken();
      yield* second(0);
      assert.isTrue(lane.isBehind);
      assert.isAbove(woken(), before);
      assert.isFalse(isListening(), "nobody has anything to say");
      lane.found += 1;
      yield* second(0);
      assert.isTrue(isListening());
    }).pipe(Effect.scoped),
  );

  it.effect("listens again after a long silence", () =>
    Effect.gen(function* () {
      const { second, isListening } = yield* house;
      yield* second(4);
      for (let n = 0; n < 4; n++) yield* second(0);
      assert.isFalse(isListening());
      yield* second(0);
      yield* second(0);
      assert.isTrue(isListening());
    }).pipe(Effect.scoped),
  );

  it.effect("asks the journal once more when its subscription has had time to be in place", () =>
    Effect.gen(function* () {
      const { lane } = yield* house;
      lane.isBehind = false;
      yield* TestClock.adjust(options.lookMs);
      assert.isTrue(lane.isBehind);
      lane.isBehind = false;
      yield* TestClock.adjust(10 * options.lookMs);
      assert.isFalse(lane.isBehind);
    }).pipe(Effect.scoped),
  );

  it.effect("takes what is behind its cursor for no news", () =>
    Effect.gen(function* () {
      const { lane, second, isListening } = yield* house;
      lane.position = 100;
      yield* second(4, 3);
      assert.isFalse(isListening());
    }).pipe(Effect.scoped),
  );

  it.effect("listens all the time where nothing is handed over", () =>
    Effect.gen(function* () {
      const { second, isListening } = yield* houseOf(false);
      for (let n = 0; n < 5; n++) yield* second(50);
      assert.isTrue(isListening());
    }).pipe(Effect.scoped),
  );
});
