import type { Effect } from "effect";
import { Context } from "effect";
import type { AgentId } from "../Id.ts";

/**
 * The clock the agents live by: the machine's when trading live, the file's in a replay. Slots, days,
 * cooldowns and stale prices follow it; timeouts and latencies do not.
 */
export class Timeline extends Context.Service<
  Timeline,
  {
    /** ms since the epoch. */
    readonly now: Effect.Effect<number>;
    /**
     * Where in the second an agent's slots begin, 0..999 ms. Live it comes from the agent's id, so that not
     * all agents beat at once; in a replay it is 0, so that a slot ends exactly where a bar of the file does.
     */
    readonly phaseMs: (agentId: AgentId, frequencySeconds: number) => number;
    /** True when recorded time is told instead of the machine's. */
    readonly isReplay: boolean;
  }
>()("strom/ports/Timeline") {}
