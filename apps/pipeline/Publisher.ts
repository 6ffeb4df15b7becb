import { Event } from "@strom/core";
import type { Row } from "@strom/core/ports";
import { Database, EventBus, Journal } from "@strom/core/ports";
import type { Scope } from "effect";
import { Context, Effect, Latch, Layer, Metric } from "effect";
import * as Metrics from "../Metrics.ts";
import { again } from "./Again.ts";

/** Rows waiting for the bus at most; beyond, they are left to the journal, which has them all. */
const QUEUED = 20_000;
/** Rows handed over at once. */
const CHUNK = 1_000;

export interface Options {
  /**
   * Whether the bus outlives this process. If it does, `publish_cursors` notes how far it has been told, so that
   * what a crash left unsaid is said again; a bus inside the process has no one left to tell.
   */
  readonly isDurable: boolean;
  /** How often that note is written. */
  readonly noteEveryMs: number;
  /**
   * Whether the stages of this process hear at once what it committed itself, before the bus brings it: a broker
   * takes its time, and what it brings then is only acknowledged. A bus inside the process is as quick itself.
   */
  readonly isHandedOver: boolean;
}

export const embedded: Options = { isDurable: false, noteEveryMs: 1_000, isHandedOver: false };
export const durable: Options = { isDurable: true, noteEveryMs: 1_000, isHandedOver: false };
/** Over a broker, as the product runs. */
export const brokered: Options = { ...durable, isHandedOver: true };

/** Tells the bus what was committed, in order, after the fact: no step waits for it, no step fails with it. */
export class Publisher extends Context.Service<
  Publisher,
  {
    readonly tell: (rows: ReadonlyArray<Row>) => Effect.Effect<void>;
    /**
     * For as long as the scope lives, hands over what this process tells of a topic and partition. Answers whether it
     * does: beside a bus inside the process there is no need.
     */
    readonly overhear: (
      topic: string,
      partition: number,
      put: (row: Row) => void,
    ) => Effect.Effect<boolean, never, Scope.Scope>;
    /**
     * Says what nobody came to say: of a process that died after its commit, or of one that does not publish in
     * order. Asked twice, some seconds apart, it repairs what has not moved in between. Where the bus outlives nobody,
     * nothing was left unsaid: marks of a former broker, which the journal would be kept for, follow its heads.
     */
    readonly repair: Effect.Effect<void>;
  }
>()("strom/apps/pipeline/Publisher") {}

/** What comes before an offset of a topic and partition. */
type Gap = Pick<Row, "topic" | "partition" | "offset">;

const lane = ({ topic, partition }: Pick<Row, "topic" | "partition">): string => `${topic}/${partition}`;

export const layer = (options: Options) =>
  Layer.effect(
    Publisher,
    Effect.gen(function* () {
      const bus = yield* EventBus;
      const journal = yield* Journal;
      const { partitions } = yield* Database;
      const waiting: Array<Row> = [];
      const wake = yield* Latch.make(false);
      /** The offset each topic and partition is told up to, as far as this process knows. */
      const told = new Map<string, number>();
      const unnoted = new Map<
        string,
        { readonly topic: string; readonly partition: number; readonly position: number }
      >();

      const publish = Effect.fnUntraced(function* (rows: ReadonlyArray<Row>) {
        yield* bus.publish(rows);
        yield* Metric.update(Metrics.published, rows.length);
        for (const row of rows) {
          told.set(lane(row), row.offset + 1);
          const { topic, partition } = row;
          unnoted.set(lane(row), { topic, partition, position: row.offset + 1 });
        }
      });

      /** Says what others, or a former self, left unsaid before this row. */
      const fill = Effect.fnUntraced(function* ({ topic, partition, offset }: Gap) {
        while (true) {
          const missing = yield* journal.unpublished(topic, partition, CHUNK);
          const before = missing.filter((row) => row.offset < offset);
          if (before.length > 0) yield* publish(before);
          if (before.length < CHUNK) return;
          yield* note;
        }
      });

      const note: Effect.Effect<void> = Effect.gen(function* () {
        if (!options.isDurable || unnoted.size === 0) return;
        const marks = [...unnoted];
        yield* journal.markPublished(marks.map(([, mark]) => mark));
        for (const [key, mark] of marks) if (unnoted.get(key) === mark) unnoted.delete(key);
      }).pipe(Effect.catch((error) => Effect.logDebug("publish cursors wait", error.message)));

      /**
       * The rows that were not said yet, and before each what another process appended in between: it says so too, and
       * the bus takes it once. A mark must never pass what nobody said.
       */
      const whole = Effect.fnUntraced(function* (rows: ReadonlyArray<Row>) {
        const all: Array<Row> = [];
        const next = new Map<string, number>();
        for (const row of rows) {
          const expected = next.get(lane(row)) ?? told.get(lane(row));
          const missing = row.offset - (expected ?? Number.NEGATIVE_INFINITY);
          if (missing < 0) continue;
          if (missing > CHUNK || expected === undefined) yield* fill(row);
          else if (missing > 0)
            all.push(...(yield* journal.read(row.topic, row.partition, expected, missing)));
          all.push(row);
          next.set(lane(row), row.offset + 1);
        }
        return all;
      });

      const say = Effect.fnUntraced(function* (rows: ReadonlyArray<Row>) {
        yield* publish(options.isDurable ? yield* whole(rows) : rows);
      });

      /** Where each topic and partition stood when it was last looked at, if it had something left to say. */
      const stuck = new Map<string, number>();
      const repair = Effect.gen(function* () {
        for (const topic of Event.topics) {
          for (let partition = 0; partition < partitions; partition++) {
            const first = (yield* journal.unpublished(topic, partition, 1))[0];
            if (first === undefined) continue;
            if (stuck.get(lane(first)) !== first.offset) {
              stuck.set(lane(first), first.offset);
              continue;
            }
            told.delete(lane(first));
            yield* fill({ topic, partition, offset: Number.POSITIVE_INFINITY });
          }
        }
        yield* note;
      }).pipe(Effect.catch((error) => Effect.logDebug("what was left unsaid waits", error.message)));

      const forgetBroker = journal.markAllPublished.pipe(
        Effect.catch((error) => Effect.logDebug("the marks of a former broker wait", error.message)),
      );

      /** The bus may be away for hours: the oldest rows are dropped here, and found again by `fill`. */
      const run = Effect.gen(function* () {
        if (waiting.length === 0) yield* wake.await;
        wake.closeUnsafe();
        while (waiting.length > 0) {
          const rows = waiting.splice(0, CHUNK);
          yield* say(rows).pipe(
            Effect.tapCause(() => Effect.sync(() => rows.forEach((row) => void told.delete(lane(row))))),
            Effect.catch((error) =>
              Effect.gen(function* () {
                yield* Metric.update(Metrics.publishFailures, rows.length);
                yield* Effect.logDebug("the bus does not take events", error.message);
                yield* Effect.sleep("500 millis");
              }),
            ),
          );
        }
      }).pipe(Effect.forever);

      yield* Effect.forkScoped(again("telling the bus", run));
      if (options.isDurable) {
        const notes = note.pipe(Effect.delay(options.noteEveryMs), Effect.forever);
        yield* Effect.forkScoped(again("noting what the bus was told", notes));
        yield* Effect.addFinalizer(() => note);
      }

      /** The stages of this process, by what they consume. */
      const ears = new Map<string, (row: Row) => void>();
      const handOver = (rows: ReadonlyArray<Row>): void => {
        for (const row of rows) ears.get(lane(row))?.(row);
      };

      return Publisher.of({
        overhear: (topic, partition, put) =>
          options.isHandedOver
            ? Effect.as(
                Effect.acquireRelease(
                  Effect.sync(() => ears.set(lane({ topic, partition }), put)),
                  () => Effect.sync(() => ears.delete(lane({ topic, partition }))),
                ),
                true,
              )
            : Effect.succeed(false),
        repair: options.isDurable ? repair : forgetBroker,
        tell: (rows) =>
          Effect.sync(() => {
            if (rows.length === 0) return;
            handOver(rows);
            for (const row of rows) waiting.push(row);
            if (waiting.length > QUEUED) waiting.splice(0, waiting.length - QUEUED);
            wake.openUnsafe();
          }),
      });
    }),
  );
