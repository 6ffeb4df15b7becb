import { assert, it } from "@effect/vitest";
import { Catalog } from "@strom/core";
import { Agents, EventBus } from "@strom/core/ports";
import { Effect, Layer, Stream } from "effect";
import * as House from "../../apps/pipeline/House.ts";

const catalog = Catalog.make(Catalog.builtIn);

/** A broker that neither takes a message nor says that it does not. */
const frozen = Layer.succeed(
  EventBus,
  EventBus.of({
    publish: () => Effect.never,
    subscribe: () => Stream.never,
    watch: () => Stream.never,
    pulse: Effect.never,
  }),
);

it.live("agents are started and paused while the broker is frozen", () =>
  Effect.gen(function* () {
    const agents = yield* Agents;
    const strategies = [{ key: "buy_and_hold", params: {} }];
    const { id } = yield* House.runningAgent(catalog, { name: "frozen", symbols: ["A"], strategies });
    const moves = [{ to: "PAUSED" as const, reason: "test" }];
    const { status } = yield* agents.change(yield* House.owner, id, () => Effect.succeed({ moves }));
    assert.strictEqual(status, "PAUSED");
  }).pipe(Effect.timeout("10 seconds"), Effect.provide(House.over(House.client, () => frozen))),
);
