import { assert, it } from "@effect/vitest";
import type { Duty, Role } from "@strom/core/ports";
import { Ownership } from "@strom/core/ports";
import { Context, Effect, Exit, Fiber, Latch, Layer, Scope } from "effect";
import { describe } from "vitest";

/** Makes a process of these roles, as far as ownership can tell. */
export type Make = (roles: ReadonlyArray<Role>) => Layer.Layer<Ownership>;

const duty = (role: Role, place = 0): Duty => ({ role, place });

/** What every way of dividing the work must do for one process. */
export const suite = (name: string, make: Make): void => {
  describe(name, () => {
    const open = (roles: ReadonlyArray<Role>) => Effect.map(Layer.build(make(roles)), Context.get(Ownership));

    it.live("does what it takes, for as long as it holds it", () =>
      Effect.gen(function* () {
        const ownership = yield* open(["runtime"]);
        const scope = yield* Scope.make();
        const begun = yield* Latch.make(false);
        const ended = yield* Latch.make(false);
        yield* ownership
          .take(duty("runtime", 3), Effect.ensuring(Effect.andThen(begun.open, Effect.never), ended.open))
          .pipe(Scope.provide(scope));
        yield* begun.await.pipe(Effect.timeout("10 seconds"));
        assert.deepStrictEqual(yield* ownership.held, [duty("runtime", 3)]);
        yield* Scope.close(scope, Exit.void);
        yield* ended.await.pipe(Effect.timeout("10 seconds"));
        assert.deepStrictEqual(yield* ownership.held, []);
      }).pipe(Effect.scoped),
    );

    it.live("lets work that cannot be interrupted come to its end first", () =>
      Effect.gen(function* () {
        const ownership = yield* open(["runtime"]);
        const scope = yield* Scope.make();
        const begun = yield* Latch.make(false);
        let isDone = false;
        const batch = Effect.andThen(
          begun.open,
          Effect.andThen(
            Effect.sleep(300),
            Effect.sync(() => {
              isDone = true;
            }),
          ),
        ).pipe(Effect.uninterruptible);
        yield* ownership.take(duty("runtime"), batch).pipe(Scope.provide(scope));
        yield* begun.await.pipe(Effect.timeout("10 seconds"));
        const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void));
        yield* Fiber.join(closing);
        assert.isTrue(isDone);
      }).pipe(Effect.scoped),
    );

    it.live("leaves alone what it was not started for", () =>
      Effect.gen(function* () {
        const ownership = yield* open(["risk"]);
        const begun = yield* Latch.make(false);
        yield* ownership.take(duty("scheduler"), begun.open);
        yield* ownership.take(duty("risk"), Effect.never);
        yield* Effect.sleep(100).pipe(
          Effect.repeat({ until: () => Effect.map(ownership.held, (held) => held.length > 0) }),
          Effect.timeout("10 seconds"),
        );
        assert.deepStrictEqual(yield* ownership.held, [duty("risk")]);
        assert.isFalse(begun.isOpen());
      }).pipe(Effect.scoped),
    );
  });
};
