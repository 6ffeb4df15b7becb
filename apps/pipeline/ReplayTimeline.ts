import { Timeline } from "@strom/core/ports";
import { Context, Effect, Layer } from "effect";

/** Moves the clock of a replay. Only the replay itself does. */
export class ReplayClock extends Context.Service<
  ReplayClock,
  {
    readonly set: (at: number) => Effect.Effect<void>;
  }
>()("strom/apps/pipeline/ReplayClock") {}

/** A clock that stands where the replay has put it, and at the beginning of time before that. */
export const layer: Layer.Layer<Timeline | ReplayClock> = Layer.effectContext(
  Effect.sync(() => {
    let now = 0;
    return Context.make(
      Timeline,
      Timeline.of({ now: Effect.sync(() => now), phaseMs: () => 0, isReplay: true }),
    ).pipe(
      Context.add(
        ReplayClock,
        ReplayClock.of({
          set: (at) =>
            Effect.sync(() => {
              now = at;
            }),
        }),
      ),
    );
  }),
);
