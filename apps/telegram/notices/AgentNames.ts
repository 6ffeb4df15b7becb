import { Clock, Effect } from "effect";
import * as Agents from "../Agents.ts";
import type { Client } from "../Strom.ts";

/** Nothing tells of a rename: a name is trusted this long. */
const TRUSTED_MS = 30_000;
/** After a question that had no answer, as while STROM is started anew. */
const ASK_AGAIN_MS = 2_000;

/** Names of a user's agents by id, asked for when one is met that is not known, or was asked for too long ago. */
export const make = (client: Client) => {
  const names = new Map<string, string>();
  let trustedUntil = Number.NEGATIVE_INFINITY;
  let quietUntil = Number.NEGATIVE_INFINITY;

  const ask = Effect.fnUntraced(function* (now: number) {
    const agents = yield* Effect.orElseSucceed(Agents.all(client), () => null);
    if (agents === null) {
      quietUntil = now + ASK_AGAIN_MS;
      return;
    }
    trustedUntil = now + TRUSTED_MS;
    for (const { id, name } of agents) names.set(id, name);
  });

  return Effect.fnUntraced(function* (agentId: string) {
    // Without an answer the old name has to do, or else the id.
    const short = agentId.slice(0, 8);
    const now = yield* Clock.currentTimeMillis;
    if (now < quietUntil || (names.has(agentId) && now < trustedUntil)) return names.get(agentId) ?? short;
    yield* ask(now);
    const name = names.get(agentId) ?? short;
    // Known not to be among them, and not asked for again with each of its events.
    if (now >= quietUntil) names.set(agentId, name);
    return name;
  });
};
