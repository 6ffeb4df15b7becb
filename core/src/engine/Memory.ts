import type { AgentSpec, StrategyChoice } from "../AgentSpec.ts";
import type { Bar } from "../Bar.ts";
import { isStale } from "../Bar.ts";
import * as Catalog from "../Catalog.ts";
import type * as Strategy from "../Strategy.ts";

/** What each strategy remembers of each symbol: plain JSON by strategy id, then symbol. */
export type Memory = { readonly [strategyId: string]: { readonly [symbol: string]: unknown } };

/** The bars of history each symbol should bring to `warmup`: the most any strategy of the agent asks for. */
export const warmupBars = (spec: AgentSpec, catalog: Catalog.Catalog): number =>
  Math.max(0, ...spec.strategies.map((choice) => strategyOf(catalog, choice).warmup(choice.params)));

/**
 * Memory for every strategy and symbol that has none yet, from recorded bars, oldest first; nothing is signalled.
 * Stale bars are passed over, as they are when live, and a strategy that asks for no history is shown none: what it
 * does on its first bar would be done already.
 */
export const warmup = (
  spec: AgentSpec,
  catalog: Catalog.Catalog,
  memory: Memory,
  bars: { readonly [symbol: string]: ReadonlyArray<Bar> },
): Memory => {
  const next: Record<string, { readonly [symbol: string]: unknown }> = { ...memory };
  for (const choice of spec.strategies) {
    const strategy = strategyOf(catalog, choice);
    if (strategy.warmup(choice.params) === 0) continue;
    const states: Record<string, unknown> = { ...memory[choice.strategyId] };
    for (const symbol of spec.symbols) {
      if (Object.hasOwn(states, symbol)) continue;
      let state = strategy.init(choice.params);
      for (const bar of bars[symbol] ?? []) {
        if (!isStale(bar)) [state] = strategy.step(choice.params, state, bar);
      }
      states[symbol] = state;
    }
    next[choice.strategyId] = states;
  }
  return next;
};

/** The strategy of a choice. A spec is checked against its catalog where it comes in, so a missing one is a bug. */
export const strategyOf = (catalog: Catalog.Catalog, { strategyId, key }: StrategyChoice): Strategy.Any => {
  const strategy = Catalog.findById(catalog, strategyId);
  if (strategy === undefined) throw new RangeError(`the catalog has no strategy ${key} (${strategyId})`);
  return strategy;
};
