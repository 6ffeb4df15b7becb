import type { MemoryRecord } from "@strom/adapters/memory/MemoryRecord.ts";
import type { Cursor, Message, Row } from "@strom/core/ports";
import { BusUnavailable, EventBus } from "@strom/core/ports";
import { Effect, Layer, Queue, Stream } from "effect";
import type * as Dice from "./Dice.ts";
import type { Faults } from "./Faults.ts";
import type { Kernel, Process } from "./Kernel.ts";
import type { Trace } from "./Trace.ts";

/**
 * A broker that drops, repeats, reorders, delays, forgets, and answers when it likes. It hands a message to one of
 * those who ask for the same cursor, and again until one of them acknowledges it.
 */
export interface FaultyBus {
  readonly connect: (process: Process) => Layer.Layer<EventBus>;
  /** Everything on its way is gone. */
  readonly forget: () => void;
  /** Messages acknowledged although the stage had not passed them: there must be none. */
  readonly tooEarly: () => ReadonlyArray<string>;
  /** Subscriptions that processes gave up while they lived. */
  readonly givenUp: () => number;
}

/** How long a message stays unacknowledged before it is handed out again, and how often. */
const ACK_WAIT_MS = 1_500;
const DELIVERIES = 4;

interface Subscriber {
  readonly process: Process;
  readonly offer: (message: Message) => void;
}

interface World {
  readonly kernel: Kernel;
  readonly record: MemoryRecord;
  readonly dice: Dice.Dice;
  readonly faults: Faults;
  readonly trace: Trace;
}

const refusal = (message: string): BusUnavailable => new BusUnavailable({ message, cause: null });
const keyOf = ({ stage, topic, partition }: Cursor): string => `${stage}/${topic}/${partition}`;

export const make = ({ kernel, record, dice, faults, trace }: World): FaultyBus => {
  const groups = new Map<string, { readonly cursor: Cursor; readonly members: Set<Subscriber> }>();
  const watchers = new Map<string, Set<(row: Row) => void>>();
  const early: Array<string> = [];
  let memory = 0;
  let givenUp = 0;

  const latency = (): number => {
    if (faults.strike("bus.delays")) return 500 + 4_500 * dice.uniform();
    if (faults.strike("bus.reorders")) return 200 * dice.uniform();
    return 0.3 + 3 * dice.uniform();
  };

  const acknowledge = (cursor: Cursor, row: Row, done: () => void): void => {
    const position = record.cursors.get(keyOf(cursor))?.position ?? 0;
    if (position <= row.offset) {
      early.push(`${keyOf(cursor)}: ${row.offset} was acknowledged with the cursor at ${position}`);
    }
    if (!faults.strike("bus.loses an acknowledgement")) done();
  };

  const deliver = (key: string, row: Row, times: number): void => {
    const remembered = memory;
    kernel.after(latency(), () => {
      const group = groups.get(key);
      if (remembered !== memory || group === undefined || group.members.size === 0) return;
      const member = dice.pick([...group.members]);
      let isDone = false;
      const ack = Effect.sync(() =>
        acknowledge(group.cursor, row, () => {
          isDone = true;
        }),
      );
      trace.note(kernel.now(), `${key}: ${row.offset} to ${member.process.name}`);
      member.process.post(() => member.offer({ row, ack }));
      kernel.after(ACK_WAIT_MS, () => {
        if (!isDone && times < DELIVERIES && remembered === memory) deliver(key, row, times + 1);
      });
    });
  };

  const spread = (row: Row): void => {
    for (const [key, { cursor }] of groups) {
      if (cursor.topic !== row.topic || cursor.partition !== row.partition) continue;
      if (!faults.strike("bus.drops")) deliver(key, row, 1);
      if (faults.strike("bus.repeats")) deliver(key, row, DELIVERIES);
    }
    for (const offer of watchers.get(row.topic) ?? []) {
      if (faults.strike("bus.drops")) continue;
      const remembered = memory;
      kernel.after(latency(), () => {
        if (remembered === memory) offer(row);
      });
    }
  };

  const publish = (process: Process) =>
    Effect.fnUntraced(function* (rows: ReadonlyArray<Row>) {
      yield* Effect.sleep(0.2 + dice.uniform());
      if (faults.strike("bus.refuses")) return yield* refusal("the broker does not answer");
      for (const row of rows) spread(row);
      if (process.isMortal && faults.strike("crash.after a publish")) {
        process.kill();
        return yield* Effect.never;
      }
      if (faults.strike("bus.loses its answer")) return yield* refusal("the broker's answer was lost");
    });

  const join = (process: Process, cursor: Cursor, offer: Subscriber["offer"]) => {
    const key = keyOf(cursor);
    const group = groups.get(key) ?? { cursor, members: new Set() };
    groups.set(key, group);
    const member: Subscriber = { process, offer };
    group.members.add(member);
    process.onKill(() => group.members.delete(member));
    return () => {
      if (group.members.delete(member)) givenUp += 1;
    };
  };

  const watch = (process: Process, topics: ReadonlyArray<string>, offer: (row: Row) => void) => {
    const deed = (row: Row): void => process.post(() => offer(row));
    const leave = (): void => {
      for (const topic of topics) watchers.get(topic)?.delete(deed);
    };
    for (const topic of topics) {
      const all = watchers.get(topic) ?? new Set();
      all.add(deed);
      watchers.set(topic, all);
    }
    process.onKill(leave);
    return leave;
  };

  const streamOf = <A>(register: (offer: (value: A) => void) => () => unknown) =>
    Stream.callback<A>((queue) =>
      Effect.andThen(
        Effect.acquireRelease(
          Effect.sync(() =>
            register((value) => {
              Queue.offerUnsafe(queue, value);
            }),
          ),
          (leave) => Effect.sync(leave),
        ),
        Effect.never,
      ),
    );

  return {
    connect: (process) =>
      Layer.succeed(
        EventBus,
        EventBus.of({
          publish: publish(process),
          subscribe: (cursor) => streamOf<Message>((offer) => join(process, cursor, offer)),
          watch: (topics) => streamOf<Row>((offer) => watch(process, topics, offer)),
          pulse: Effect.succeed(0),
        }),
      ),
    forget: () => {
      memory += 1;
    },
    tooEarly: () => early,
    givenUp: () => givenUp,
  };
};
