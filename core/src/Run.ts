import type { Bar } from "./Bar.ts";
import * as Id from "./Id.ts";
import type { Signal } from "./Signal.ts";

/** What an agent sees of one symbol at a slot. */
export interface Observation {
  /** The bar that ends at the slot; stale (`ticks: 0`) when nothing was priced inside. */
  readonly bar: Bar;
  /** When the bar's close was priced, ms since the epoch: at most the slot's instant. */
  readonly pricedAt: number;
}

/**
 * One agent at one slot: what it saw and what its strategies said. Observations are in universe order, symbols
 * without a known price left out; held symbols that have left the universe come after it.
 */
export interface Run {
  readonly agentId: Id.AgentId;
  readonly slot: number;
  /** The slot's instant, ms since the epoch. */
  readonly at: number;
  readonly observations: ReadonlyArray<Observation>;
  /** Strategies in the agent's order, over symbols in universe order. */
  readonly signals: ReadonlyArray<Signal>;
}

export const id = (run: { readonly agentId: Id.AgentId; readonly slot: number }): Id.RunId =>
  Id.run(run.agentId, run.slot);
