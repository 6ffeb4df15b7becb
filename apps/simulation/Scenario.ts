import type { AgentSpec } from "@strom/core";
import { Id, Money, RiskProfile } from "@strom/core";
import type { NewAgent, Priced } from "@strom/core/ports";
import { Result, Schema } from "effect";
import * as Dice from "./Dice.ts";
import { catalog } from "./Gambler.ts";

/**
 * What a seed's world is like when nothing goes wrong: who trades, at which prices, and what their owner does to
 * them. Faults may delay any of it and change none of it.
 */
export interface Scenario {
  readonly partitions: number;
  /** The instant of second 0. A UTC day ends early in the run. */
  readonly beginAt: number;
  readonly agents: ReadonlyArray<NewAgent>;
  /** Prices of a second, all inside it. */
  readonly pricesOf: (second: number) => ReadonlyArray<Priced>;
  /** Before a second begins, and after all that was before it has been worked off. */
  readonly deedsBefore: (second: number) => ReadonlyArray<Deed>;
  /** Seconds no slot of which is ever ticked: the clock jumped over them. */
  readonly isSkipped: (second: number) => boolean;
}

export type Deed =
  | { readonly agent: number; readonly kind: "pause" | "start" }
  | { readonly agent: number; readonly kind: "configure"; readonly risk: RiskProfile.RiskProfile };

const SYMBOLS = ["A", "B", "C"] as const;
const userId = Schema.decodeUnknownSync(Id.UserId)(Id.derive("simulated owner"));
const agentIdOf = Schema.decodeUnknownSync(Id.AgentId);
const isParams = Schema.is(Schema.Record(Schema.String, Schema.Unknown));

const choose = (key: string, params: object): AgentSpec.StrategyChoice => {
  const strategy = catalog.byKey.get(key);
  if (strategy === undefined) throw new Error(`the catalog has no ${key}`);
  const decoded: unknown = Result.getOrThrowWith(strategy.decodeParams(params), (error) => error);
  return { strategyId: strategy.id, key, params: isParams(decoded) ? decoded : {} };
};

const tenths = (dice: Dice.Dice, low: number, high: number): number => dice.integer(low * 10, high * 10) / 10;

/** Limits that bind now and then. */
const riskOf = (dice: Dice.Dice): RiskProfile.RiskProfile => ({
  ...RiskProfile.standard,
  cooldown_seconds: dice.pick([0, 0, 2, 7]),
  max_risk_per_trade_pct: tenths(dice, 1, 40),
  max_open_positions: dice.integer(1, 3),
  max_daily_loss_pct: dice.pick([90, 90, 0.5]),
  max_notional_exposure_pct: dice.pick([50, 100, 300]),
  ...(dice.uniform() < 0.5 ? { allow_short: true } : {}),
  ...(dice.uniform() < 0.3 ? { lot_size: 1 } : {}),
  ...(dice.uniform() < 0.5
    ? { stop_loss_pct: tenths(dice, 1, 3), trailing_stop_pct: tenths(dice, 1, 4) }
    : {}),
  ...(dice.uniform() < 0.3 ? { take_profit_pct: tenths(dice, 1, 3) } : {}),
});

const strategiesOf = (dice: Dice.Dice, salt: number): ReadonlyArray<AgentSpec.StrategyChoice> => [
  choose("simulated_gambler", { salt, rate: tenths(dice, 1, 5) / 10 }),
  ...(dice.uniform() < 0.5 ? [choose("ema_crossover", { ema_fast: 2, ema_slow: 5 })] : []),
];

const agentOf = (seed: number, index: number): NewAgent => {
  const dice = Dice.make(seed, "agent", index);
  const first = dice.integer(0, 2);
  return {
    id: agentIdOf(Id.derive("simulated agent", seed, index)),
    userId,
    seed: BigInt(dice.integer(0, 1e9)),
    configuration: {
      name: `agent ${index}`,
      mode: "paper",
      frequencySeconds: dice.pick([1, 1, 2]),
      symbols: SYMBOLS.slice(first, first + dice.integer(1, 2)),
      strategies: strategiesOf(dice, seed * 100 + index),
      risk: riskOf(dice),
      capital: Money.cash(BigInt(dice.pick([1_000, 100_000])) * Money.ONE),
    },
    moves: [
      { to: "CONFIGURED", reason: "simulated" },
      { to: "RUNNING", reason: "simulated" },
    ],
  };
};

/** Prices that wander, leap now and then, and are sometimes not there. */
const pricing =
  (seed: number, beginAt: number) =>
  (second: number): ReadonlyArray<Priced> =>
    SYMBOLS.flatMap((symbol, index): ReadonlyArray<Priced> => {
      const dice = Dice.make(seed, "price", symbol, second);
      if (dice.uniform() < 0.05) return [];
      const slow = Dice.make(seed, "slow", symbol, Math.floor(second / 15)).uniform();
      const leap = Dice.make(seed, "leap", symbol, Math.floor(second / 40)).uniform() < 0.2 ? 1.1 : 1;
      const price = Math.round((50 + 50 * index + 6 * slow + 3 * dice.uniform()) * leap * 100) / 100;
      const at = beginAt + second * 1000 + dice.integer(0, 498);
      return [
        { symbol, at, price, volume: dice.integer(0, 9) },
        {
          symbol,
          at: at + dice.integer(1, 500),
          price: Math.round((price + 0.01) * 100) / 100,
          volume: null,
        },
      ];
    });

/** Each agent is paused, started again and given other limits a few times. */
const plan = (seed: number, agents: number, seconds: number): ReadonlyMap<number, ReadonlyArray<Deed>> => {
  const deeds = new Map<number, Array<Deed>>();
  const put = (second: number, deed: Deed): void => {
    deeds.set(second, [...(deeds.get(second) ?? []), deed]);
  };
  for (let agent = 0; agent < agents; agent++) {
    const dice = Dice.make(seed, "owner", agent);
    for (let second = dice.integer(10, 80); second < seconds; second += dice.integer(60, 200)) {
      put(second, { agent, kind: "pause" });
      if (dice.uniform() < 0.5) put(second + 1, { agent, kind: "configure", risk: riskOf(dice) });
      second += dice.integer(2, 10);
      put(second, { agent, kind: "start" });
    }
  }
  return deeds;
};

/** The world of a seed for so many seconds; a shorter one is the beginning of a longer one. */
export const make = (seed: number, seconds: number): Scenario => {
  const dice = Dice.make(seed, "scenario");
  const beginAt = Date.UTC(2026, 2, 2) - dice.integer(20, 150) * 1000;
  const agents = Array.from({ length: dice.integer(2, 3) }, (_, index) => agentOf(seed, index));
  const deeds = plan(seed, agents.length, seconds);
  const pauseAt = dice.integer(30, 190);
  const pauseSeconds = dice.integer(0, 9);
  return {
    partitions: dice.integer(1, 3),
    beginAt,
    agents,
    pricesOf: pricing(seed, beginAt),
    deedsBefore: (second) => deeds.get(second) ?? [],
    isSkipped: (second) => second >= pauseAt && second < pauseAt + pauseSeconds,
  };
};
