import type { Columns } from "../Columns.ts";
import type { Decision } from "../Strategy.ts";
import type { Lane, Speaker } from "./Plan.ts";

/**
 * One strategy over one symbol: it does not see the books, so what it will say next can be looked up ahead of them.
 * That is what lets a backtest pass over the bars between, and by the law of `scan` it says the same as bar by bar.
 */
export class Voice {
  readonly speaker: Speaker;
  readonly #columns: Columns;
  #state: unknown;
  /** Bars it has seen. */
  #seen = 0;
  /** The bar it speaks at, and what it says; past the end when it has said nothing yet. */
  at = Number.POSITIVE_INFINITY;
  decision: Decision | null = null;

  /** Warmed up on the bars before the lane's start, silently, if it asks for any. */
  constructor(speaker: Speaker, { columns, start }: Lane) {
    this.speaker = speaker;
    this.#columns = columns;
    this.#state = speaker.strategy.init(speaker.params);
    if (speaker.strategy.warmup(speaker.params) === 0) this.#seen = start;
    while (this.#seen < start) this.listen(start);
    this.at = Number.POSITIVE_INFINITY;
    this.decision = null;
  }

  /** Looks ahead to the first bar before `end` at which it speaks. What it had to say before must have been heard. */
  listen(end: number): void {
    if (this.#seen >= end) return;
    const { strategy, params } = this.speaker;
    const { index, state, decision } = strategy.scan(params, this.#state, this.#columns, this.#seen, end);
    this.#state = state;
    this.#seen = decision === null ? end : index + 1;
    this.decision = decision;
    this.at = decision === null ? Number.POSITIVE_INFINITY : index;
  }

  /** Heard: it may look on. */
  hush(): void {
    this.at = Number.POSITIVE_INFINITY;
    this.decision = null;
  }
}
