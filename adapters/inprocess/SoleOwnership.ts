import type { Duty, Role } from "@strom/core/ports";
import { Ownership, roles } from "@strom/core/ports";
import { Effect, Layer } from "effect";

/** This process does everything it was started for: there is no other. */
export const layer = (played: ReadonlyArray<Role> = roles): Layer.Layer<Ownership> =>
  Layer.sync(Ownership, () => {
    const held = new Set<Duty>();
    const own = new Set(played);
    return Ownership.of({
      roles: own,
      isAlone: true,
      take: (duty, work) =>
        own.has(duty.role)
          ? Effect.acquireUseRelease(
              Effect.sync(() => held.add(duty)),
              () => Effect.andThen(work, Effect.never),
              () => Effect.sync(() => held.delete(duty)),
            ).pipe(Effect.forkScoped, Effect.asVoid)
          : Effect.void,
      held: Effect.sync(() => [...held]),
    });
  });
