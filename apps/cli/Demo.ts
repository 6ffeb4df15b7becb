import type { AgentSpec } from "@strom/core";
import { Id, Agent as Machine, Money, RiskProfile } from "@strom/core";
import { Agents, Users } from "@strom/core/ports";
import { Effect, Result, Schema } from "effect";
import * as AgentDecisions from "../api/AgentDecisions.ts";
import { fallbackEmail } from "../api/DevIdentity.ts";
import { KnownStrategies } from "../api/KnownStrategies.ts";

export interface Options {
  readonly seed: bigint;
  readonly symbols: ReadonlyArray<string>;
  readonly frequencySeconds: number;
}

const asAgentId = Schema.decodeUnknownEffect(Id.AgentId);

/** The same seed has the same demo agent, on every machine: what it does can be compared. */
const idOf = (seed: bigint) => Effect.orDie(asAgentId(Id.derive("demo_agent", seed)));

/** Quick averages, so that a newcomer sees something happen; a profile that also shows rejections. */
const strategies = [
  { key: "ema_crossover", params: { ema_fast: 3, ema_slow: 8 } },
  { key: "rsi_reversion", params: {} },
];

const risk: RiskProfile.RiskProfile = {
  ...RiskProfile.standard,
  max_risk_per_trade_pct: 10,
  max_open_positions: 3,
  cooldown_seconds: 5,
};

const capital = Result.getOrThrow(Money.parseCash("100000"));

/** One agent for dev@strom.local that trades; made once, and left as its owner last left it ever after. */
export const ensure = Effect.fnUntraced(function* ({ seed, symbols, frequencySeconds }: Options) {
  const users = yield* Users;
  const agents = yield* Agents;
  const catalog = yield* KnownStrategies;
  const userId = yield* users.byEmail(fallbackEmail);
  const id = yield* idOf(seed);
  const known = yield* agents.idsOf(userId);
  if (known.includes(id)) return { userId, id };
  const chosen = yield* Effect.orDie(Effect.fromResult(AgentDecisions.chooseStrategies(catalog, strategies)));
  const configuration: AgentSpec.Configuration = {
    name: "demo",
    mode: "paper",
    frequencySeconds,
    symbols,
    strategies: chosen,
    risk,
    capital,
  };
  const running = Machine.transition("CONFIGURED", "start");
  yield* agents.create({
    id,
    userId,
    seed,
    configuration,
    moves: [
      ...AgentDecisions.firstMoves(configuration),
      { to: Result.getOrThrow(running), reason: "the demo starts by itself" },
    ],
  });
  return { userId, id };
});
