import type { AgentSpec, Id } from "@strom/core";
import { Digest } from "@strom/core";

/**
 * Whether what a strategy learned under one configuration still means the same under another: it is the same
 * strategy with the same parameters, and its bars are as long.
 */
export const carriesOver = (
  strategyId: Id.StrategyId,
  past: AgentSpec.AgentSpec | undefined,
  present: AgentSpec.AgentSpec,
): boolean => {
  if (past === present) return true;
  const before = past?.strategies.find((choice) => choice.strategyId === strategyId);
  const after = present.strategies.find((choice) => choice.strategyId === strategyId);
  return (
    before !== undefined &&
    after !== undefined &&
    past?.frequencySeconds === present.frequencySeconds &&
    Digest.canonical(before.params) === Digest.canonical(after.params)
  );
};
