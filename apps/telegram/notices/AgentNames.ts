import { Clock, Effect } from "effect";
import * as Agents from "../Agents.ts";
import type { Client } from "../Strom.ts";

const ASK_EVERY_MS = 30_000;
/** After a question that had no answer, as while STROM is started anew. */
const ASK_AGAIN_MS = 2_000;

/** Names of a user's agents by id, asked for when one is met that is not known. */
export const make = (client: Client) => {
  const names = new Map<string, string>();
  let dueAt = Number.NEGATIVE_INFINITY;

  return Effect.fnUntraced(function* (agentId: string) {
    const known = names.get(agentId);
    if (known !== undefined) return known;
    const now = yield* Clock.currentTimeMillis;
    if (now >= dueAt) {
      // Without an answer the id has to do.
      const agents = yield* Effect.orElseSucceed(Agents.all(client), () => null);
      dueAt = now + (agents === null ? ASK_AGAIN_MS : ASK_EVERY_MS);
      for (const { id, name } of agents ?? []) names.set(id, name);
    }
    return names.get(agentId) ?? agentId.slice(0, 8);
  });
};
