import type { AgentSpec, FillModel, Risk, Run } from "@strom/core";
import { Bar, Engine, Id, Money } from "@strom/core";
import fc from "fast-check";
import * as Scripted from "./Scripted.ts";

/** Agents, markets and slots for the properties of the engine: small, hostile, and every limit within reach. */

export const SYMBOLS: ReadonlyArray<string> = ["AAA", "BBB", "CCC"];

const percent = (min: number, max: number) =>
  fc.integer({ min: min * 100, max: max * 100 }).map((n) => n / 100);

const optional = <A>(value: fc.Arbitrary<A>) => fc.option(value, { nil: undefined, freq: 2 });

/** Profiles in which every field binds now and then. */
export const riskProfile = fc
  .record({
    max_risk_per_trade_pct: percent(0.01, 60),
    max_daily_loss_pct: percent(0.01, 20),
    max_open_positions: fc.integer({ min: 1, max: 3 }),
    cooldown_seconds: fc.constantFrom(0, 1, 30, 7_200),
    max_notional_exposure_pct: percent(5, 250),
    allow_short: optional(fc.boolean()),
    stop_distance_pct: optional(percent(0.5, 100)),
    max_drawdown_pct: optional(percent(0.5, 40)),
    stop_loss_pct: optional(percent(0.1, 10)),
    take_profit_pct: optional(percent(0.1, 10)),
    trailing_stop_pct: optional(percent(0.1, 10)),
    lot_size: optional(fc.constantFrom(0.000001, 0.001, 1, 5)),
  })
  .map((profile) => JSON.parse(JSON.stringify(profile)) as AgentSpec.AgentSpec["risk"]);

export const fillParams: fc.Arbitrary<FillModel.Params> = fc.record({
  half_spread_bps: fc.integer({ min: 0, max: 500 }).map((n) => n / 10),
  slippage_bps: fc.integer({ min: 0, max: 500 }).map((n) => n / 10),
  slippage_model: fc.constantFrom("fixed" as const, "volume_share" as const),
  fee_bps: fc.integer({ min: 0, max: 500 }).map((n) => n / 10),
  minimum_fee: fc.bigInt({ min: 0n, max: 2_000_000n }).map(Money.cash),
});

const pattern = fc
  .array(fc.constantFrom("B", "S", ".", "."), { minLength: 1, maxLength: 12 })
  .map((letters) => letters.join(""));

export const agentId = fc.integer({ min: 0, max: 9 }).map((n) => Id.derive("agent", n) as Id.AgentId);

export const spec: fc.Arbitrary<AgentSpec.AgentSpec> = fc
  .record({
    id: agentId,
    seed: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
    frequencySeconds: fc.constantFrom(1, 60, 3_600, 40_000),
    symbols: fc.constantFrom(["AAA"], ["AAA", "BBB"], ["CCC", "AAA", "BBB"]),
    patterns: fc.array(pattern, { minLength: 1, maxLength: 2 }),
    risk: riskProfile,
    capital: fc
      .bigInt({ min: 1_000_000n, max: 1_000_000_000_000n })
      .map((n) => Money.cash((n / 10_000n) * 10_000n)),
    fill: fillParams,
  })
  .map(({ patterns, ...rest }) => ({
    ...rest,
    strategies: patterns.map((told, index) => {
      const { id, key } = index === 0 ? Scripted.first : Scripted.second;
      return { strategyId: id, key, params: { pattern: told } };
    }),
  }));

/** One slot of a market: per symbol a move in thousandths, or stale (how many ms ago), or nothing known at all. */
const move = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: -60, max: 62 }).map((by) => ({ by })) },
  { weight: 2, arbitrary: fc.constantFrom({ by: 9_000 }, { by: -900 }, { by: 0 }) },
  { weight: 1, arbitrary: fc.constantFrom({ by: 1, late: 10_000 }, { by: 1, late: 400_000_000 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ ago: 500 }, { ago: 10_000 }, { ago: 10_001 }, { ago: 400_000_000 }),
  },
  { weight: 1, arbitrary: fc.constant({ unknown: true as const }) },
);
type Move = { by: number } | { ago: number } | { unknown: true } | { by: number; late: number };

export interface Slot {
  readonly beat: Engine.Beat;
  readonly observations: ReadonlyArray<Run.Observation>;
}

/** A market for an agent: slots one beat apart, beginning somewhere in a UTC day. */
export const market = (of: AgentSpec.AgentSpec, slots: number): fc.Arbitrary<ReadonlyArray<Slot>> =>
  fc
    .record({
      start: fc.integer({ min: 20_000 * 86_400, max: 20_001 * 86_400 }),
      moves: fc.array(fc.array(move, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: slots }),
      volumes: fc.array(fc.constantFrom(0, 0.5, 1_000), { minLength: 1, maxLength: 5 }),
    })
    .map(({ start, moves, volumes }) => {
      const prices: Array<number> = [100, 0.05, 24_000];
      return moves.map((row, index) => {
        const at = (start + index * of.frequencySeconds) * 1000;
        const observations = of.symbols.flatMap((symbol) => {
          const which = SYMBOLS.indexOf(symbol);
          return observe(
            symbol,
            which,
            row[which] ?? { by: 0 },
            prices,
            at,
            of,
            volumes[index % volumes.length] ?? 0,
          );
        });
        return { beat: { slot: 1_000 + index, at }, observations };
      });
    });

const observe = (
  symbol: string,
  which: number,
  row: Move,
  prices: Array<number>,
  at: number,
  of: AgentSpec.AgentSpec,
  volume: number,
): ReadonlyArray<Run.Observation> => {
  const from = at - of.frequencySeconds * 1000;
  const last = prices[which] ?? 1;
  if ("unknown" in row) return [];
  if ("ago" in row) return [{ bar: Bar.stale(symbol, from, at, last), pricedAt: at - row.ago }];
  const price = Math.min(1e9, Math.max(1e-6, Math.round(last * (1 + row.by / 1_000) * 1e6) / 1e6));
  prices[which] = price;
  const bar = { symbol, from, to: at, open: last, high: price, low: price, close: price, volume, ticks: 1 };
  return [
    {
      bar: { ...bar, high: Math.max(last, price), low: Math.min(last, price) },
      pricedAt: at - ("late" in row ? row.late : 1),
    },
  ];
};

/** An agent and its market. */
export const story = (slots: number) =>
  spec.chain((of) => market(of, slots).map((market) => ({ spec: of, market })));

export const { catalog } = Scripted;

/** The plain fold of `Engine.step` over a running agent; the last slot may find it otherwise. */
export const live = (
  of: AgentSpec.AgentSpec,
  market: ReadonlyArray<Slot>,
  last: Risk.Standing = RUNNING,
): readonly [Engine.World, ReadonlyArray<Engine.Outcome>] => {
  let world = Engine.begin(of);
  const outcomes: Array<Engine.Outcome> = [];
  market.forEach(({ beat, observations }, index) => {
    const standing = index === market.length - 1 ? last : RUNNING;
    const [next, outcome] = Engine.step(of, catalog, { ...world, standing }, beat, observations);
    world = next;
    outcomes.push(outcome);
  });
  return [world, outcomes];
};

const RUNNING: Risk.Standing = { status: "RUNNING", isEnabled: true };
