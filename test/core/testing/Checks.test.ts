import { Bar, FillModel, Money, RiskProfile } from "@strom/core";
import type { FillFunction } from "@strom/core/testing";
import {
  agents,
  assertSameDigest,
  bars,
  checkFillModel,
  checkRiskRule,
  fills,
  PropertyBroken,
  prices,
  riskProfiles,
} from "@strom/core/testing";
import { Result, Schema } from "effect";
import * as fc from "fast-check";
import { assert, describe, it } from "vitest";
import { DailyLoss } from "../../../core/src/risk/DailyLoss.ts";
import { LotSize } from "../../../core/src/risk/LotSize.ts";
import { PriceFresh } from "../../../core/src/risk/PriceFresh.ts";
import { openingRule } from "../../../core/src/risk/Rule.ts";
import { sound } from "./BrokenStrategies.ts";

const messageOf = (body: () => void): string => {
  try {
    body();
  } catch (cause) {
    assert.instanceOf(cause, Error);
    return cause.message;
  }
  throw new Error("nothing was thrown");
};

describe("the arbitraries", () => {
  it("make bars that follow one another and are valid", () => {
    fc.assert(
      fc.property(bars(), (series) => {
        series.forEach((bar, i) => {
          assert.isTrue(Result.isSuccess(Bar.validate(bar, series[i - 1])), JSON.stringify(bar));
          assert.isTrue(Result.isSuccess(Money.priceFromNumber(bar.close)));
        });
      }),
    );
  });

  it("make prices that are prices", () => {
    fc.assert(
      fc.property(prices({ maxLength: 20 }), (series) =>
        series.every((price) => Result.isSuccess(Money.priceFromNumber(price))),
      ),
    );
  });

  it("make risk profiles that the schema takes back", () => {
    const decode = Schema.decodeUnknownResult(RiskProfile.RiskProfile, { onExcessProperty: "error" });
    fc.assert(fc.property(riskProfiles(), (profile) => Result.isSuccess(decode(profile))));
  });

  it("make agents that differ in all that may differ", () => {
    const sample = fc.sample(agents(sound, fc.constant({ window: 3 })), { numRuns: 50, seed: 1 });
    assert.isAbove(new Set(sample.map((agent) => agent.id)).size, 20);
    assert.isAbove(new Set(sample.map((agent) => agent.capital)).size, 2);
  });

  it("make fills in order of time", () => {
    fc.assert(
      fc.property(fills(), (sequence) => sequence.every((fill, i) => fill.at > (sequence[i - 1]?.at ?? 0))),
    );
  });
});

describe("checking a fill model", () => {
  it("lets the standard one pass", () => {
    checkFillModel(FillModel.fill);
  });

  it.each<[string, FillFunction, RegExp]>([
    [
      "ignores a parameter",
      (order) => FillModel.fill({ ...order, fill: { ...order.fill, slippage_bps: 0 } }),
      /slippage_\w+ is a dead parameter/,
    ],
    [
      "gives a better price than the market",
      (order) => ({
        ...FillModel.fill(order),
        price: Money.price(order.side === "BUY" ? 1n : order.price + 1n),
      }),
      /better than the market/,
    ],
    ["asks for the time", (order) => ({ ...FillModel.fill(order), at: Date.now() }), /calls Date\.now\(\)/],
    [
      "fills a part",
      (order) => ({ ...FillModel.fill(order), qty: Money.qty(order.qty / 2n) }),
      /something else than the order/,
    ],
    [
      "forgets the minimum fee",
      (order) => ({ ...FillModel.fill(order), fee: Money.ZERO_CASH }),
      /the minimum is/,
    ],
  ])("catches one that %s", (_, fill, sentence) => {
    assert.match(
      messageOf(() => checkFillModel(fill)),
      sentence,
    );
  });
});

describe("checking a risk rule", () => {
  it("lets the engine's own pass", () => {
    checkRiskRule(DailyLoss);
    checkRiskRule(PriceFresh, { isOpeningOnly: false });
    checkRiskRule(LotSize, { isOpeningOnly: false });
  });

  it("catches one that blocks the way out", () => {
    assert.match(
      messageOf(() => checkRiskRule(PriceFresh)),
      /getting out is never limited[\s\S]*seed: 42/,
    );
  });

  it("catches one that does not say what it found", () => {
    const silent = openingRule(
      "daily_loss_limit",
      () => false,
      () => ({ limit: "1", base: null, value: "2", text: "no" }),
    );
    assert.match(
      messageOf(() => checkRiskRule(silent)),
      /does not name what was found \(2\)/,
    );
  });

  it("catches one that rolls dice", () => {
    const dice = openingRule(
      "daily_loss_limit",
      () => Math.random() < 0.5,
      () => ({ limit: null, base: null, value: null, text: "chance" }),
    );
    assert.match(
      messageOf(() => checkRiskRule(dice)),
      /calls Math\.random\(\)/,
    );
  });

  it("fails with the counterexample as a value", () => {
    try {
      checkRiskRule(PriceFresh);
    } catch (cause) {
      assert.instanceOf(cause, PropertyBroken);
      return;
    }
    throw new Error("nothing was thrown");
  });
});

describe("two runs", () => {
  it("are the same by their digests", () => {
    assertSameDigest({ digest: "a" }, "a");
  });

  it("that differ are told apart at the first difference", () => {
    const one = { digest: "a", trades: [{ qty: 1n }, { qty: 2n }] };
    const other = { digest: "b", trades: [{ qty: 1n }, { qty: 3n }] };
    assert.match(
      messageOf(() => assertSameDigest(one, other)),
      /first at trades\[1\]\.qty: "2" became "3"/,
    );
  });
});
