import * as Bar from "../Bar.ts";
import type { Columns } from "../Columns.ts";
import type { Observation, Run } from "../Run.ts";
import * as Signal from "../Signal.ts";
import type { Plan } from "./Plan.ts";
import type { Voice } from "./Voice.ts";

/** The slots of a backtest: the runs that the engine is asked about. */

/** The slot that sees bars which end at an instant: of a live agent of this frequency, the first to begin by then. */
export const slotAt = ({ phaseMs, intervalMs }: Plan, at: number): number =>
  Math.ceil((at - phaseMs) / intervalMs);

/** What is seen of a symbol whose bar ends now. */
export const fresh = (columns: Columns, index: number): Observation => ({
  bar: new BarView(columns, index),
  pricedAt: (columns.to[index] ?? 0) - 1,
});

/**
 * A bar that stays in its columns: a field is fetched when it is looked at. The engine looks at two or three of them,
 * and each of the others would be a miss of the cache.
 */
class BarView implements Bar.Bar {
  readonly #columns: Columns;
  readonly #index: number;

  constructor(columns: Columns, index: number) {
    this.#columns = columns;
    this.#index = index;
  }
  get symbol(): string {
    return this.#columns.symbol;
  }
  get from(): number {
    return this.#columns.from[this.#index] ?? 0;
  }
  get to(): number {
    return this.#columns.to[this.#index] ?? 0;
  }
  get open(): number {
    return this.#columns.open[this.#index] ?? 0;
  }
  get high(): number {
    return this.#columns.high[this.#index] ?? 0;
  }
  get low(): number {
    return this.#columns.low[this.#index] ?? 0;
  }
  get close(): number {
    return this.#columns.close[this.#index] ?? 0;
  }
  get volume(): number {
    return this.#columns.volume[this.#index] ?? 0;
  }
  get ticks(): number {
    return 1;
  }
}

/** What is known of a symbol whose last bar ended before. */
export const known = (columns: Columns, index: number, at: number): Observation => {
  const endedAt = columns.to[index] ?? 0;
  return { bar: Bar.stale(columns.symbol, endedAt, at, columns.close[index] ?? 0), pricedAt: endedAt - 1 };
};

/**
 * What is seen of a symbol when its next bar opens: one price, and the volume known by then, of the bar decided on.
 * It counts as stale, for the protective exits have seen the close before it and look again at the next one.
 */
export const opening = (columns: Columns, index: number): Observation => {
  const at = columns.from[index] ?? 0;
  const bar = Bar.stale(columns.symbol, columns.from[index - 1] ?? at, at, columns.open[index] ?? 0);
  return { bar: { ...bar, volume: columns.volume[index - 1] ?? 0 }, pricedAt: at };
};

/** What a voice says at the bar it speaks at. */
export const signal = (
  plan: Plan,
  slot: number,
  { speaker, decision }: Voice,
  symbol: string,
): Signal.Signal | null =>
  decision === null ? null : Signal.of(plan.spec.id, slot, speaker.choice, symbol, decision);

export const run = (
  plan: Plan,
  slot: number,
  at: number,
  observations: ReadonlyArray<Observation>,
  signals: ReadonlyArray<Signal.Signal>,
): Run => ({ agentId: plan.spec.id, slot, at, observations, signals });
