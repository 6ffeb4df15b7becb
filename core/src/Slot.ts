import type { AgentId } from "./Id.ts";

/**
 * A slot is one beat of an agent: number `n` begins at `phase + n × frequency`, and its instant is that
 * beginning. A tick is named by its slot, so two schedulers, or one that is repeated, name the same tick.
 */

/**
 * The agent's offset within a second, 0..999 ms, from its id: agents of one frequency do not all beat at once.
 * Whole minutes and days of agents therefore end within the same second as those of the clock.
 */
export const phaseMs = (agentId: AgentId, frequencySeconds: number): number =>
  Number.parseInt(agentId.slice(0, 8), 16) % Math.min(1000, frequencySeconds * 1000);

/** The newest slot that has begun at `nowAt` (ms since the epoch). */
export const at = (agentId: AgentId, frequencySeconds: number, nowAt: number): number =>
  Math.floor((nowAt - phaseMs(agentId, frequencySeconds)) / (frequencySeconds * 1000));

/** The first slot that begins at or after `nowAt`: the one that sees a bar which ends there. */
export const next = (agentId: AgentId, frequencySeconds: number, nowAt: number): number =>
  Math.ceil((nowAt - phaseMs(agentId, frequencySeconds)) / (frequencySeconds * 1000));

/** The instant of a slot, ms since the epoch. */
export const startMs = (agentId: AgentId, frequencySeconds: number, slot: number): number =>
  phaseMs(agentId, frequencySeconds) + slot * frequencySeconds * 1000;
