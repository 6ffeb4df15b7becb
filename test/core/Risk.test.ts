import { assert, describe, it } from "@effect/vitest";
import type { AgentSpec, Signal } from "@strom/core";
import { Engine, FillModel, Id, Ledger, Money, Risk, RiskProfile } from "@strom/core";
import fc from "fast-check";
import * as RiskOracle from "./RiskOracle.ts";
import * as Worlds from "./Worlds.ts";

const AGENT = Id.derive("agent", 1) as Id.AgentId;
const STRATEGY = Id.strategy("scripted_first");
const AT = 1_700_000_000_000;
const units = (n: number) => Money.qty(BigInt(Math.round(n * 1e6)));
const cash = (n: number) => Money.cash(BigInt(Math.round(n * 1e6)));

const spec: AgentSpec.AgentSpec = {
  id: AGENT,
  seed: 42n,
  frequencySeconds: 1,
  symbols: ["AAA", "BBB"],
  strategies: [],
  risk: { ...RiskProfile.standard, max_risk_per_trade_pct: 10 },
  capital: cash(1_000),
  fill: FillModel.free,
};

interface Case {
  readonly risk?: Partial<AgentSpec.AgentSpec["risk"]>;
  readonly standing?: Partial<Risk.Standing>;
  readonly cash?: bigint;
  readonly held?: { readonly [symbol: string]: { qty: number; cost: number; lastFillAt?: number } };
  readonly dayStart?: bigint;
  readonly peak?: bigint;
  readonly ageMs?: number;
  readonly side?: Signal.Side;
  readonly price?: number;
  readonly fill?: FillModel.Params;
}

const verdictOf = (given: Case): Risk.Verdict => {
  const price = given.price ?? 10;
  const marks = { AAA: Money.price(units(price)), BBB: Money.price(units(10)) };
  const signal: Signal.Signal = {
    agentId: AGENT,
    slot: 1,
    origin: STRATEGY,
    symbol: "AAA",
    side: given.side ?? "BUY",
    confidence: 1,
    rationale: { strategy_key: "x", inputs: {}, features: {}, decision: { rule: "x" } },
  };
  const positions: Record<string, Ledger.Position> = {};
  for (const [symbol, { qty, cost, lastFillAt }] of Object.entries(given.held ?? {})) {
    positions[symbol] = { qty: units(qty), costBasis: cash(cost), lastFillAt: lastFillAt ?? 0 };
  }
  const bar = { symbol: "AAA", from: AT - 1, to: AT, open: price, high: price, low: price, close: price };
  return Risk.review(
    {
      spec: { ...spec, risk: { ...spec.risk, ...given.risk }, fill: given.fill ?? spec.fill },
      standing: { status: "RUNNING", isEnabled: true, ...given.standing },
      run: {
        agentId: AGENT,
        slot: 1,
        at: AT,
        observations: [{ bar: { ...bar, volume: 0, ticks: 1 }, pricedAt: AT - (given.ageMs ?? 0) }],
        signals: [signal],
      },
      marks,
      guard: {
        peakEquity: Money.cash(given.peak ?? cash(1_000)),
        day: 0,
        dayStartEquity: Money.cash(given.dayStart ?? cash(1_000)),
        trail: {},
      },
      account: { ...Ledger.open(cash(1_000)), cash: Money.cash(given.cash ?? cash(1_000)), positions },
    },
    signal,
  );
};

/** Rejected for this reason, or approved. */
const reasonOf = (given: Case): string => {
  const verdict = verdictOf(given);
  return verdict._tag === "Approved" ? "approved" : verdict.reason;
};

describe("Risk", () => {
  it.each<[string, Case, string]>([
    ["a paused agent", { standing: { status: "PAUSED" } }, "agent_not_running"],
    ["an agent in ERROR", { standing: { status: "ERROR" } }, "agent_not_running"],
    ["a running agent that is not enabled", { standing: { isEnabled: false } }, "agent_not_running"],
    ["a price of 10 s, at one second's frequency", { ageMs: 10_000 }, "approved"],
    ["a price a millisecond older", { ageMs: 10_001 }, "stale_price"],
    ["equity a millionth above the daily floor of 970", { cash: cash(970) + 1n }, "approved"],
    ["equity at the daily floor", { cash: cash(970) }, "daily_loss_limit"],
    ["equity a millionth below it", { cash: cash(970) - 1n }, "daily_loss_limit"],
    [
      "a daily floor that falls between two millionths, a millionth above it",
      { dayStart: 1_000_000_001n, risk: { max_daily_loss_pct: 50 }, cash: 500_000_001n },
      "approved",
    ],
    [
      "a daily floor that falls between two millionths, a millionth below it",
      { dayStart: 1_000_000_001n, risk: { max_daily_loss_pct: 50 }, cash: 500_000_000n },
      "daily_loss_limit",
    ],
    [
      "equity a millionth above the drawdown floor of 900",
      { dayStart: cash(900), risk: { max_drawdown_pct: 10 }, cash: cash(900) + 1n },
      "approved",
    ],
    [
      "equity at the drawdown floor",
      { dayStart: cash(900), risk: { max_drawdown_pct: 10 }, cash: cash(900) },
      "drawdown_limit",
    ],
    [
      "a fill exactly a cooldown ago",
      { held: { AAA: { qty: 0, cost: 0, lastFillAt: AT - 30_000 } } },
      "approved",
    ],
    [
      "a fill a millisecond less ago",
      { held: { AAA: { qty: 0, cost: 0, lastFillAt: AT - 29_999 } } },
      "cooldown_active",
    ],
    ["a fill in another symbol just now", { held: { BBB: { qty: 0, cost: 0, lastFillAt: AT } } }, "approved"],
    [
      "the last open position allowed",
      { held: { BBB: { qty: 1, cost: 10 } }, risk: { max_open_positions: 2 } },
      "approved",
    ],
    [
      "one open position too many",
      { held: { BBB: { qty: 1, cost: 10 } }, risk: { max_open_positions: 1 } },
      "max_open_positions",
    ],
    [
      "adding to the one position allowed",
      { held: { AAA: { qty: 1, cost: 10 } }, risk: { max_open_positions: 1 } },
      "approved",
    ],
    ["equity below nothing", { cash: -1n, dayStart: cash(-10), peak: cash(10) }, "risk_per_trade"],
    [
      "an exposure of exactly 20 %",
      { held: { BBB: { qty: 10, cost: 100 } }, cash: cash(900), risk: { max_notional_exposure_pct: 20 } },
      "approved",
    ],
    [
      "an exposure a millionth of a percent less allowed",
      {
        held: { BBB: { qty: 10, cost: 100 } },
        cash: cash(900),
        risk: { max_notional_exposure_pct: 19.999999 },
      },
      "notional_exposure",
    ],
    ["an order for exactly the cash at hand", { risk: { max_risk_per_trade_pct: 100 } }, "approved"],
    [
      "an order for the cash at hand, and a fee",
      { risk: { max_risk_per_trade_pct: 100 }, fill: { ...FillModel.free, minimum_fee: Money.cash(1n) } },
      "insufficient_cash",
    ],
    [
      "an order for the cash at hand, at a worse price",
      { risk: { max_risk_per_trade_pct: 100 }, fill: { ...FillModel.free, half_spread_bps: 0.01 } },
      "insufficient_cash",
    ],
    [
      "the same on a profile that allows leverage",
      {
        risk: { max_risk_per_trade_pct: 100, allow_short: true },
        fill: { ...FillModel.free, minimum_fee: Money.cash(1n) },
      },
      "approved",
    ],
    ["a sell without a position", { side: "SELL" }, "short_not_allowed"],
    ["the same on a profile that allows shorts", { side: "SELL", risk: { allow_short: true } }, "approved"],
    ["exactly one lot", { risk: { lot_size: 10 } }, "approved"],
    ["a millionth less than a lot", { risk: { lot_size: 10.000001 } }, "qty_below_lot"],
  ])("%s: %#", (_, given, expected) => {
    assert.strictEqual(reasonOf(given), expected);
  });

  it("names the first rule broken, and records every one with its limit, base and value", () => {
    const verdict = verdictOf({
      standing: { status: "STOPPED", isEnabled: false },
      ageMs: 60_000,
      side: "SELL",
      cash: cash(900),
      held: { BBB: { qty: 1, cost: 10 }, AAA: { qty: 0, cost: 0, lastFillAt: AT - 1_000 } },
      risk: { max_open_positions: 1, lot_size: 1_000, max_drawdown_pct: 5 },
    });
    const records = Risk.records(verdict.evidence);
    assert.deepStrictEqual(
      records.filter(({ ok }) => !ok).map(({ code, limit, base, value }) => [code, limit, base, value]),
      [
        ["agent_not_running", "RUNNING", null, "STOPPED"],
        ["stale_price", "10000", null, "60000"],
        ["daily_loss_limit", "970", "1000", "910"],
        ["drawdown_limit", "950", "1000", "910"],
        ["cooldown_active", "30000", null, "1000"],
        ["max_open_positions", "1", null, "2"],
        ["short_not_allowed", null, null, "SELL"],
        ["qty_below_lot", "1000", null, "0"],
      ],
    );
    assert.strictEqual(verdict._tag === "Rejected" ? verdict.reason : "", "agent_not_running");
    assert.deepStrictEqual(
      records.map(({ code }) => code),
      [...Risk.Code.literals],
    );
  });

  it("sizes by the distance of the nearest stop, and by the whole notional without one", () => {
    const qty = (risk: Case["risk"]) =>
      verdictOf({ risk: { max_notional_exposure_pct: 1_000, allow_short: true, ...risk } }).order.qty;
    assert.strictEqual(qty({}), units(10));
    assert.strictEqual(qty({ stop_loss_pct: 50 }), units(20));
    assert.strictEqual(qty({ stop_loss_pct: 50, trailing_stop_pct: 25 }), units(40));
    assert.strictEqual(qty({ stop_loss_pct: 50, stop_distance_pct: 80 }), units(12.5));
    assert.strictEqual(qty({ stop_loss_pct: 30, lot_size: 10 }), units(30));
  });

  it("closes a position whole, past every limit that is for opening only", () => {
    const limits = {
      max_risk_per_trade_pct: 0.000001,
      max_daily_loss_pct: 0.000001,
      max_drawdown_pct: 0.000001,
      max_open_positions: 1,
      cooldown_seconds: 31_536_000,
      max_notional_exposure_pct: 0.000001,
      lot_size: 1_000,
    };
    const verdict = verdictOf({
      side: "SELL",
      cash: cash(10),
      risk: limits,
      held: { AAA: { qty: 0.123456, cost: 5, lastFillAt: AT }, BBB: { qty: 5, cost: 50 } },
    });
    assert.strictEqual(verdict._tag, "Approved");
    assert.strictEqual(verdict.order.qty, units(0.123456));
    const short = verdictOf({
      risk: limits,
      cash: cash(10),
      held: { AAA: { qty: -3, cost: -30, lastFillAt: AT } },
    });
    assert.deepStrictEqual([short._tag, short.order.qty], ["Approved", units(3)]);
    assert.isTrue(Risk.records(short.evidence).every(({ ok }) => ok));
  });

  it("decides every signal as plain fractions do, and no limit is ever exceeded", () => {
    fc.assert(
      fc.property(
        Worlds.story(25),
        fc.constantFrom<Risk.Standing>(
          { status: "RUNNING", isEnabled: true },
          { status: "RUNNING", isEnabled: true },
          { status: "RUNNING", isEnabled: false },
          { status: "PAUSED", isEnabled: true },
        ),
        ({ spec: agent, market }, last) => {
          const [, outcomes] = Worlds.live(agent, market, last);
          let account = Ledger.open(agent.capital);
          let day = -1;
          let dayStart = 0n;
          let peak: bigint = agent.capital;
          outcomes.forEach((outcome, index) => {
            const standing =
              index === outcomes.length - 1 ? last : { status: "RUNNING" as const, isEnabled: true };
            const equity = RiskOracle.equityOf(account, outcome.review.marks);
            const today = Math.floor(outcome.run.at / 86_400_000);
            if (today !== day) dayStart = equity;
            day = today;
            if (equity > peak) peak = equity;
            for (const verdict of outcome.review.verdicts) {
              const told = {
                spec: agent,
                standing,
                account,
                review: outcome.review,
                outcome,
                dayStart,
                peak,
              };
              const expected = RiskOracle.expect(told, verdict.signal);
              assert.strictEqual(verdict.order.qty, expected.qty);
              assert.deepStrictEqual(
                Risk.records(verdict.evidence).flatMap(({ ok, code }) => (ok ? [] : [code])),
                [...expected.broken],
              );
              assert.strictEqual(
                verdict._tag === "Rejected" ? verdict.reason : undefined,
                expected.broken[0],
              );
              if (verdict._tag === "Approved") account = Engine.settle(account, verdict.order).account;
            }
            assert.deepStrictEqual(account, outcome.review.projected);
          });
        },
      ),
    );
  });

  it("meets every rule in the stories told here, both kept and broken", () => {
    const stories = fc.sample(Worlds.story(25), { numRuns: 400, seed: 1 });
    const verdicts = stories.flatMap(({ spec: agent, market }) =>
      Worlds.live(agent, market, { status: "PAUSED", isEnabled: true })[1].flatMap(
        ({ review }) => review.verdicts,
      ),
    );
    const met = new Set(
      verdicts.map((verdict) => (verdict._tag === "Rejected" ? verdict.reason : "approved")),
    );
    const broken = new Set(
      verdicts.flatMap(({ evidence }) =>
        Risk.records(evidence).flatMap(({ ok, code }) => (ok ? [] : [code])),
      ),
    );
    const reasons = new Set(verdicts.map(({ signal }) => signal.rationale.decision.rule));
    // Equity below nothing is a daily loss before it is anything else.
    const firsts = Risk.Code.literals.filter((code) => code !== "risk_per_trade");
    assert.deepStrictEqual([...met].sort(), ["approved", ...firsts].sort());
    assert.deepStrictEqual([...broken].sort(), [...Risk.Code.literals].sort());
    assert.deepStrictEqual([...reasons].sort(), ["as_told", "stop_loss", "take_profit", "trailing_stop"]);
  });

  it("changes nothing by a refusal", () => {
    fc.assert(
      fc.property(Worlds.story(15), ({ spec: agent, market }) => {
        const paused: Risk.Standing = { status: "PAUSED", isEnabled: false };
        const [world, outcomes] = Worlds.live(agent, market.slice(0, -1));
        const final = market.at(-1);
        if (final === undefined) return;
        const [after, outcome] = Engine.step(
          agent,
          Worlds.catalog,
          { ...world, standing: paused },
          final.beat,
          final.observations,
        );
        assert.isTrue(outcome.review.verdicts.every(({ _tag }) => _tag === "Rejected"));
        assert.deepStrictEqual(after.account, world.account);
        assert.deepStrictEqual(outcome.settlements, []);
        assert.isAtLeast(outcomes.length, 0);
      }),
    );
  });
});
