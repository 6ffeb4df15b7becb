import { randomBytes, randomUUID } from "node:crypto";
import { Id } from "@strom/core";
import { Context, Effect, Schema } from "effect";

const decodeId = Schema.decodeUnknownEffect(Id.AgentId);

/** What an agent is given that its owner does not choose: an id, and a seed of 62 bits. */
export interface Birth {
  readonly id: Id.AgentId;
  readonly seed: bigint;
}

const drawn: Effect.Effect<Birth> = Effect.gen(function* () {
  const id = yield* Effect.orDie(decodeId(randomUUID()));
  return { id, seed: randomBytes(8).readBigUInt64BE() >> 2n };
});

/** Where ids and seeds of new agents come from; drawn by chance unless a test says otherwise. */
export const NewAgents: Context.Reference<Effect.Effect<Birth>> = Context.Reference(
  "strom/apps/api/NewAgents",
  { defaultValue: () => drawn },
);
