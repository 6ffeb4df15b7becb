import { Id, Money, RiskProfile } from "@strom/core";
import { Agents, Shelf, Users } from "@strom/core/ports";
import { Effect } from "effect";
import * as Scripted from "../core/Scripted.ts";

/** An agent that buys and sells by a script, for suites that need one in a record. */

export const { catalog } = Scripted;

/** Runs on symbol A every second; `pattern` is read letter by letter, see Scripted. */
export const runningAgent = Effect.fnUntraced(function* (name: string, pattern: string) {
  yield* (yield* Shelf).stock(catalog.strategies);
  const userId = yield* (yield* Users).byEmail("contract@example.com");
  const { id, key } = Scripted.first;
  return yield* (yield* Agents).create({
    id: Id.derive("contract agent", name) as Id.AgentId,
    userId,
    seed: 7n,
    configuration: {
      name,
      mode: "paper",
      frequencySeconds: 1,
      symbols: ["A"],
      strategies: [{ strategyId: id, key, params: { pattern } }],
      risk: { ...RiskProfile.standard, cooldown_seconds: 0, max_risk_per_trade_pct: 10, allow_short: true },
      capital: Money.cash(100_000n * Money.ONE),
    },
    moves: [
      { to: "CONFIGURED", reason: "test" },
      { to: "RUNNING", reason: "test" },
    ],
  });
});
