import { randomUUID } from "node:crypto";
import type { AgentSpec } from "@strom/core";
import { Digest, Id, Money } from "@strom/core";
import { Context, Effect, Schema } from "effect";

const decodeId = Schema.decodeUnknownEffect(Id.AgentId);

/** What an agent is given that its owner does not choose: an id, and a seed of 62 bits. */
export interface Birth {
  readonly id: Id.AgentId;
  readonly seed: bigint;
}

/** Gives a new agent what it does not choose. */
export type Births = (configuration: AgentSpec.Configuration) => Effect.Effect<Birth>;

/**
 * The seed follows from STROM_SEED and what was asked for, the id is drawn by chance. Fills hang on the seed alone,
 * so the same agent made again, in an empty database or another one, is filled at the same prices. See
 * docs/decisions/0006-the-seed-of-an-agent.md.
 */
export const seedOf = (product: bigint, configuration: AgentSpec.Configuration): bigint => {
  const asked = { ...configuration, capital: Money.format(configuration.capital) };
  const uuid = Id.derive("seed", product, Digest.canonical(asked));
  return BigInt(`0x${uuid.replaceAll("-", "").slice(16)}`) & (2n ** 62n - 1n);
};

/** Births under a product's seed. */
export const seeded =
  (product: bigint): Births =>
  (configuration) =>
    Effect.map(Effect.orDie(decodeId(randomUUID())), (id) => ({ id, seed: seedOf(product, configuration) }));

/** Where ids and seeds of new agents come from: `seeded` by STROM_SEED in the product. */
export const NewAgents: Context.Reference<Births> = Context.Reference("strom/apps/api/NewAgents", {
  defaultValue: () => seeded(42n),
});
