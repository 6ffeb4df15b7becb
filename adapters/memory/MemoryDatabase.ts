import { Database } from "@strom/core/ports";
import { Context, Effect, Exit, Layer, Semaphore } from "effect";
import { MemoryConnection } from "./MemoryConnection.ts";
import type { Options } from "./MemoryRecord.ts";
import * as MemoryRecord from "./MemoryRecord.ts";

/** What is to be done once the transaction around it is committed. */
class Open extends Context.Service<Open, { readonly deeds: Array<Effect.Effect<void>> }>()(
  "strom/adapters/memory/Open",
) {}

/** A record of its own, whose transactions wait for one another. */
export const layer = (options: Options): Layer.Layer<Database | MemoryConnection> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const record = MemoryRecord.make(options);
      const turn = yield* Semaphore.make(1);
      const open = Effect.serviceOption(Open);

      const attempt = <A, E, R>(step: Effect.Effect<A, E, R>) =>
        Effect.uninterruptibleMask((restore) =>
          Effect.gen(function* () {
            const deeds: Array<Effect.Effect<void>> = [];
            record.begin();
            const exit = yield* Effect.exit(
              restore(step).pipe(
                Effect.provideService(Open, { deeds }),
                Effect.tap(() => Effect.sync(record.commit)),
              ),
            );
            if (Exit.isFailure(exit) && record.isOpen()) record.rollback();
            return { exit, deeds };
          }),
        );

      const transaction = <A, E, R>(step: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
        Effect.flatMap(open, (outer) =>
          outer._tag === "Some"
            ? step
            : Effect.flatMap(turn.withPermits(1)(attempt(step)), ({ exit, deeds }) =>
                Exit.isSuccess(exit)
                  ? Effect.as(
                      Effect.forEach(deeds, (deed) => deed),
                      exit.value,
                    )
                  : Effect.failCause(exit.cause),
              ),
        );

      return Context.make(
        Database,
        Database.of({
          partitions: options.partitions,
          epoch: record.epoch,
          transaction,
          afterCommit: <R>(deed: Effect.Effect<void, never, R>) =>
            Effect.flatMap(open, (outer) =>
              outer._tag === "None"
                ? deed
                : Effect.contextWith((context: Context.Context<R>) =>
                    Effect.sync(() => {
                      outer.value.deeds.push(Effect.provideContext(deed, context));
                    }),
                  ),
            ),
          replaced: Effect.never,
          pulse: Effect.sync(() => ({ latencyMs: 0, at: record.now() })),
        }),
      ).pipe(
        Context.add(
          MemoryConnection,
          MemoryConnection.of({
            ask: (_what, statement) => transaction(Effect.sync(() => statement(record))),
          }),
        ),
      );
    }),
  );
