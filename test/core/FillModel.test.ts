import { assert, describe, it } from "@effect/vitest";
import type { Intent } from "@strom/core";
import { FillModel, Id, Money } from "@strom/core";
import fc from "fast-check";
import * as Worlds from "./Worlds.ts";

const order: Intent.Draft = {
  agentId: Id.derive("agent", 1) as Id.AgentId,
  slot: 17,
  at: 1_700_000_000_000,
  origin: Id.strategy("ema_crossover"),
  symbol: "AAA",
  side: "BUY",
  qty: Money.qty(50_000_000n),
  price: Money.price(100_000_000n),
  volume: 1_000,
  marks: {},
  peakEquity: Money.cash(0n),
  fill: FillModel.standard,
  seed: 42n,
};

const anyOrder = fc
  .record({
    agentId: Worlds.agentId,
    slot: fc.integer({ min: -10, max: 2 ** 40 }),
    symbol: fc.constantFrom("AAA", "NSE:NIFTY50-INDEX"),
    side: fc.constantFrom("BUY" as const, "SELL" as const),
    qty: fc.bigInt({ min: 1n, max: 10n ** 12n }).map(Money.qty),
    price: fc.bigInt({ min: 1n, max: 10n ** 11n }).map(Money.price),
    volume: fc.double({ min: 0, max: 1e9, noNaN: true }),
    fill: Worlds.fillParams,
    seed: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
  })
  .map((changed): Intent.Draft => ({ ...order, ...changed }));

describe("FillModel", () => {
  it("fills at the cited price and for nothing when trading is free", () => {
    const { price, fee, qty, at } = FillModel.fill({ ...order, fill: FillModel.free });
    assert.deepStrictEqual([price, fee, qty, at], [order.price, 0n, order.qty, order.at]);
  });

  it("is a function of the order: the same one always fills the same way, and moves against it", () => {
    fc.assert(
      fc.property(anyOrder, (any) => {
        const fill = FillModel.fill(any);
        assert.deepStrictEqual(
          fill,
          FillModel.fill({ ...any, marks: { AAA: any.price }, peakEquity: Money.cash(5n) }),
        );
        assert.isTrue(fill.price > 0n && fill.price <= Money.MAX_PRICE);
        assert.isTrue(any.side === "BUY" ? fill.price >= any.price : fill.price <= any.price);
        assert.isTrue(fill.fee >= any.fill.minimum_fee);
        const worst = any.fill.half_spread_bps + 1.5 * any.fill.slippage_bps;
        const moved = Number(Money.abs(fill.price - any.price)) / Number(any.price);
        assert.isAtMost(moved * 1e4 * Number(any.price), (worst + 1e-3) * Number(any.price) + 5e3);
      }),
    );
  });

  it("charges the fee on the filled notional, half to even, and never under the minimum", () => {
    fc.assert(
      fc.property(anyOrder, (any) => {
        const { price, fee, qty } = FillModel.fill(any);
        const exact = Money.bps(Money.notional(qty, price), any.fill.fee_bps);
        assert.strictEqual(fee, Money.max(exact, any.fill.minimum_fee));
      }),
    );
  });

  it.each([
    ["half_spread_bps", { half_spread_bps: 1.5 }],
    ["slippage_bps", { slippage_bps: 1.5 }],
    ["slippage_model", { slippage_model: "volume_share" as const }],
    ["fee_bps", { fee_bps: 2.5 }],
    ["minimum_fee", { minimum_fee: Money.cash(7_000_000n) }],
  ])("fills differently when %s changes", (_, change) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.bigInt({ min: 0n, max: 9n }), (slot, seed) => {
        const before = FillModel.fill({ ...order, slot, seed });
        const after = FillModel.fill({ ...order, slot, seed, fill: { ...FillModel.standard, ...change } });
        assert.notDeepEqual(after, before);
      }),
    );
  });

  it("slips by the share of the bar's volume, and as the whole of it where the volume is unknown", () => {
    const share = (volume: number) =>
      FillModel.fill({
        ...order,
        volume,
        fill: { ...FillModel.free, slippage_bps: 100, slippage_model: "volume_share" },
      }).price - order.price;
    const whole =
      FillModel.fill({ ...order, fill: { ...FillModel.free, slippage_bps: 100 } }).price - order.price;
    assert.strictEqual(share(0), whole);
    assert.strictEqual(share(10), whole);
    assert.isTrue(Money.abs(share(500) * 10n - whole) <= 2_000n);
    assert.isTrue(share(1e12) === 0n);
  });

  it("throws other dice for another seed, slot, origin or symbol, and the same for an agent made twice", () => {
    const price = (change: Partial<Intent.Draft>) =>
      FillModel.fill({ ...order, price: Money.price(10n ** 12n), ...change }).price;
    const here = price({});
    assert.notStrictEqual(price({ seed: 43n }), here);
    assert.notStrictEqual(price({ seed: 42n + (1n << 40n) }), here);
    assert.notStrictEqual(price({ slot: 18 }), here);
    assert.notStrictEqual(price({ origin: "exit" }), here);
    assert.notStrictEqual(price({ symbol: "AAB" }), here);
    assert.strictEqual(price({ agentId: Id.derive("agent", 2) as Id.AgentId }), here);
  });

  it("spreads its dice evenly over the slots", () => {
    const slots = 4_000;
    const fill = { ...FillModel.free, slippage_bps: 100 };
    const cited = Money.price(10n ** 12n);
    const buckets = new Array<number>(10).fill(0);
    for (let slot = 0; slot < slots; slot++) {
      const moved = Number(FillModel.fill({ ...order, slot, fill, price: cited }).price - cited) / 1e10;
      const bucket = Math.floor((moved - 0.5) * 10);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    // Chi-square with 9 degrees of freedom: 27.9 is passed by one fair die in a thousand.
    const chi = buckets.reduce((sum, n) => sum + (n - slots / 10) ** 2 / (slots / 10), 0);
    assert.isBelow(chi, 27.9);
  });
});
