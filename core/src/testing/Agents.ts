import * as fc from "fast-check";
import type { AgentSpec } from "../AgentSpec.ts";
import * as FillModel from "../FillModel.ts";
import * as Id from "../Id.ts";
import type { Draft } from "../Intent.ts";
import * as Money from "../Money.ts";
import type { RiskProfile } from "../RiskProfile.ts";
import type { Any as Strategy } from "../Strategy.ts";

/** Arbitrary agents and what belongs to them: valid by their schemas, and near the edges that matter. */

/** A percentage of two decimals, as a person would write it. */
const percent = (max: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.constantFrom(1, 5, max),
    fc.integer({ min: 1, max: max * 100 }).map((part) => part / 100),
  );

/** Any valid risk profile; the optional limits are there or not. */
export const riskProfiles = (): fc.Arbitrary<RiskProfile> =>
  fc.record(
    {
      max_risk_per_trade_pct: percent(100),
      max_daily_loss_pct: percent(100),
      max_open_positions: fc.integer({ min: 1, max: 4 }),
      cooldown_seconds: fc.constantFrom(0, 1, 30, 3600, 86_400),
      max_notional_exposure_pct: percent(300),
      allow_short: fc.boolean(),
      stop_distance_pct: percent(100),
      max_drawdown_pct: percent(100),
      stop_loss_pct: percent(50),
      take_profit_pct: percent(200),
      trailing_stop_pct: percent(50),
      lot_size: fc.constantFrom(0.000001, 0.001, 1, 100),
    },
    {
      requiredKeys: [
        "max_risk_per_trade_pct",
        "max_daily_loss_pct",
        "max_open_positions",
        "cooldown_seconds",
        "max_notional_exposure_pct",
      ],
    },
  );

const bps = fc.oneof(
  fc.constantFrom(0, 1, 5000),
  fc.integer({ min: 0, max: 2000 }).map((part) => part / 10),
);

/** Any valid fill model. */
export const fillParams = (): fc.Arbitrary<FillModel.Params> =>
  fc.record({
    half_spread_bps: bps,
    slippage_bps: bps,
    slippage_model: fc.constantFrom("fixed", "volume_share"),
    fee_bps: bps,
    minimum_fee: fc.constantFrom(0n, 1n, 1_000_000n).map(Money.cash),
  });

const agentId = (n: number): Id.AgentId => Id.AgentId.make(Id.Uuid.make(Id.derive("agent", n)));

/** An agent of one strategy over `symbols`, with any profile, capital and fill model. */
export const agents = (
  strategy: Strategy,
  params: fc.Arbitrary<unknown>,
  symbols: ReadonlyArray<string> = ["TEST"],
): fc.Arbitrary<AgentSpec> =>
  fc
    .record({
      number: fc.nat(1000),
      seed: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
      frequencySeconds: fc.constantFrom(1, 60, 3600, 86_400),
      params,
      risk: riskProfiles(),
      capital: fc.constantFrom(1_000n, 100_000n, 1n, 10_000_000n),
      fill: fc.oneof(fc.constantFrom(FillModel.standard, FillModel.free), fillParams()),
    })
    .map(({ number, params: chosen, capital, ...rest }) => ({
      ...rest,
      id: agentId(number),
      symbols,
      strategies: [
        {
          strategyId: strategy.id,
          key: strategy.key,
          params: Object.fromEntries(Object.entries(chosen ?? {})),
        },
      ],
      capital: Money.cash(capital * Money.ONE),
    }));

const price = fc
  .oneof(fc.constantFrom(1n, 100_000_000n, 7_424_910_000n), fc.bigInt({ min: 1n, max: 1_000_000_000_000n }))
  .map(Money.price);
const qty = fc
  .oneof(fc.constantFrom(1n, 1_000_000n), fc.bigInt({ min: 1n, max: 10_000_000_000n }))
  .map(Money.qty);
const side = fc.constantFrom("BUY" as const, "SELL" as const);

const T0 = 1_522_800_000_000;

/** A sequence of fills in a few symbols, each later than the one before: what a ledger is fed. */
export const fills = (
  options: { readonly maxLength?: number; readonly symbols?: ReadonlyArray<string> } = {},
): fc.Arbitrary<ReadonlyArray<FillModel.Fill>> =>
  fc
    .array(
      fc.record({
        symbol: fc.constantFrom(...(options.symbols ?? ["A", "B"])),
        side,
        qty,
        price,
        fee: fc.bigInt({ min: 0n, max: 10_000_000n }).map(Money.cash),
      }),
      { maxLength: options.maxLength ?? 30, size: "max" },
    )
    .map((sequence) =>
      sequence.map((fill, i) => ({
        ...fill,
        notional: Money.notional(fill.qty, fill.price),
        at: T0 + i * 1000,
      })),
    );

/** Orders as risk hands them to a fill model. */
export const drafts = (params: fc.Arbitrary<FillModel.Params> = fillParams()): fc.Arbitrary<Draft> =>
  fc
    .record({
      number: fc.nat(1000),
      slot: fc.nat(2_000_000_000),
      side,
      qty,
      price,
      volume: fc.constantFrom(0, 1, 1000, 1e9),
      fill: params,
      seed: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    })
    .map(({ number, ...rest }) => ({
      ...rest,
      agentId: agentId(number),
      at: T0 + rest.slot * 1000,
      origin: "exit",
      symbol: "TEST",
      marks: { TEST: rest.price },
      peakEquity: Money.cash(100_000n * Money.ONE),
    }));
