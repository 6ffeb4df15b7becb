import { Event } from "@strom/core";
import { EventBus } from "@strom/core/ports";
import type { Scope } from "effect";
import { Context, Effect, Latch, Layer, Stream } from "effect";

/** What arrives on the bus wakes the streams it may concern; what they show they read from the journal. */
export class Wakes extends Context.Service<
  Wakes,
  {
    /** A latch that opens when something happened to an agent of interest, for as long as the scope lives. */
    readonly subscribe: (
      isOfInterest: (agentId: string) => boolean,
    ) => Effect.Effect<Latch.Latch, never, Scope.Scope>;
  }
>()("strom/apps/api/Wakes") {}

const topics = Event.topics.filter((topic) => topic !== "market.tick");

export const layer: Layer.Layer<Wakes, never, EventBus> = Layer.effect(
  Wakes,
  Effect.gen(function* () {
    const bus = yield* EventBus;
    const sleepers = new Set<{
      readonly isOfInterest: (agentId: string) => boolean;
      readonly latch: Latch.Latch;
    }>();
    yield* bus.watch(topics).pipe(
      Stream.runForEach((row) =>
        Effect.sync(() => {
          const { agentId } = row;
          if (agentId === null) return;
          for (const { isOfInterest, latch } of sleepers) {
            // A new agent is not known to be of interest yet; what changes an agent is rare.
            if (row.topic === "agent.changed" || isOfInterest(agentId)) latch.openUnsafe();
          }
        }),
      ),
      Effect.forkScoped,
    );
    return Wakes.of({
      subscribe: (isOfInterest) =>
        Effect.gen(function* () {
          const latch = yield* Latch.make(false);
          const sleeper = { isOfInterest, latch };
          yield* Effect.acquireRelease(
            Effect.sync(() => void sleepers.add(sleeper)),
            () => Effect.sync(() => void sleepers.delete(sleeper)),
          );
          return latch;
        }),
    });
  }),
);
