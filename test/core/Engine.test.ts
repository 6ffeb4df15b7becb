import { assert, describe, it } from "@effect/vitest";
import type { AgentSpec, Intent } from "@strom/core";
import { Bar, Digest, Engine, FillModel, Id, Money, RiskProfile } from "@strom/core";
import fc from "fast-check";
import * as Scripted from "./Scripted.ts";
import * as Worlds from "./Worlds.ts";

const { catalog } = Worlds;

const spec: AgentSpec.AgentSpec = {
  id: Id.derive("agent", 1) as Id.AgentId,
  seed: 42n,
  frequencySeconds: 60,
  symbols: ["AAA", "BBB"],
  strategies: [
    { strategyId: Scripted.second.id, key: Scripted.second.key, params: { pattern: "B" } },
    { strategyId: Scripted.first.id, key: Scripted.first.key, params: { pattern: "SB" } },
  ],
  risk: { ...RiskProfile.standard, cooldown_seconds: 0, max_risk_per_trade_pct: 5 },
  capital: Money.cash(1_000_000_000n),
  fill: FillModel.free,
};

const seen = (slot: number, prices: { readonly [symbol: string]: number }) =>
  Object.entries(prices).map(([symbol, price]) => {
    const to = slot * 60_000;
    const bar = { symbol, from: to - 60_000, to, open: price, high: price, low: price, close: price };
    return { bar: { ...bar, volume: 0, ticks: 1 }, pricedAt: to - 1 };
  });
const beat = (slot: number) => ({ slot, at: slot * 60_000 });

/** Steps over prices, one slot each. */
const walk = (of: AgentSpec.AgentSpec, prices: ReadonlyArray<{ readonly [symbol: string]: number }>) => {
  let world = Engine.begin(of);
  return prices.map((row, index) => {
    const [next, outcome] = Engine.step(of, catalog, world, beat(index + 1), seen(index + 1, row));
    world = next;
    return { world, outcome };
  });
};

const said = (outcome: Engine.Outcome | undefined) =>
  outcome?.review.verdicts.map(({ signal, _tag }) => [
    signal.rationale.decision.rule,
    signal.symbol,
    signal.side,
    _tag,
  ]);

describe("Engine", () => {
  it("hears strategies in the agent's order, over symbols in universe order", () => {
    const [, run] = Engine.decide(spec, catalog, {}, beat(1), seen(1, { BBB: 1, AAA: 2 }));
    assert.deepStrictEqual(
      run.signals.map(({ rationale, symbol, side }) => [rationale.strategy_key, symbol, side]),
      [
        ["scripted_second", "AAA", "BUY"],
        ["scripted_second", "BBB", "BUY"],
        ["scripted_first", "AAA", "SELL"],
        ["scripted_first", "BBB", "SELL"],
      ],
    );
    assert.deepStrictEqual(run.signals[0]?.rationale, {
      strategy_key: "scripted_second",
      inputs: { pattern: "B" },
      features: { close: 2, seen: 0 },
      decision: { rule: "as_told" },
    });
  });

  it("does not step a strategy on a stale bar, nor on a symbol without a price", () => {
    const observations = [{ bar: Bar.stale("AAA", 0, 60_000, 5), pricedAt: 0 }];
    const [memory, run] = Engine.decide(spec, catalog, {}, beat(1), observations);
    assert.deepStrictEqual(run.signals, []);
    assert.deepStrictEqual(memory, { [Scripted.first.id]: {}, [Scripted.second.id]: {} });
  });

  it("warms up what has no memory yet, silently, and leaves the rest as it remembers", () => {
    const bars = [1, 2, 3].map((slot) => seen(slot, { AAA: 5 })[0]?.bar ?? Bar.stale("AAA", 0, 1, 1));
    const stale = Bar.stale("AAA", 180_000, 240_000, 5);
    const memory = { [Scripted.first.id]: { AAA: 17 }, other: { AAA: "kept" } };
    assert.deepStrictEqual(Engine.warmup(spec, catalog, memory, { AAA: [...bars, stale] }), {
      [Scripted.first.id]: { AAA: 17, BBB: 0 },
      [Scripted.second.id]: { AAA: 3, BBB: 0 },
      other: { AAA: "kept" },
    });
    assert.strictEqual(Engine.warmupBars(spec, catalog), 1);
  });

  it("is warmed up to exactly what it would remember had it been there", () => {
    fc.assert(
      fc.property(Worlds.story(20), fc.nat({ max: 20 }), ({ spec: agent, market }, cut) => {
        const bars: Record<string, Array<Bar.Bar>> = {};
        let memory: Engine.Memory = {};
        for (const { beat: at, observations } of market.slice(0, cut)) {
          for (const { bar } of observations) bars[bar.symbol] = [...(bars[bar.symbol] ?? []), bar];
          [memory] = Engine.decide(agent, catalog, memory, at, observations);
        }
        const warm = Engine.warmup(agent, catalog, {}, bars);
        const rest = (from: Engine.Memory) => {
          let current = from;
          return market.slice(cut).map(({ beat: at, observations }) => {
            const [next, run] = Engine.decide(agent, catalog, current, at, observations);
            current = next;
            return run;
          });
        };
        assert.deepStrictEqual(rest(warm), rest(memory));
      }),
    );
  });

  it("remembers plain JSON: written down and read back at any slot, it goes on the same", () => {
    fc.assert(
      fc.property(Worlds.story(15), ({ spec: agent, market }) => {
        let memory: Engine.Memory = {};
        for (const { beat: at, observations } of market) {
          const [straight, run] = Engine.decide(agent, catalog, memory, at, observations);
          const [again, sameRun] = Engine.decide(
            agent,
            catalog,
            JSON.parse(JSON.stringify(memory)),
            at,
            observations,
          );
          assert.deepStrictEqual([again, sameRun], [straight, run]);
          memory = straight;
        }
      }),
    );
  });

  it.each<[string, Partial<AgentSpec.AgentSpec["risk"]>, ReadonlyArray<number>, string | null]>([
    ["holds above its stop loss", { stop_loss_pct: 5 }, [100, 95.000001], null],
    ["stops a loss exactly at it", { stop_loss_pct: 5 }, [100, 95], "stop_loss"],
    ["holds below its take profit", { take_profit_pct: 5 }, [100, 104.999999], null],
    ["takes a profit exactly at it", { take_profit_pct: 5 }, [100, 105], "take_profit"],
    ["trails the best mark", { trailing_stop_pct: 10 }, [100, 120, 108.000001], null],
    ["stops exactly behind the best mark", { trailing_stop_pct: 10 }, [100, 120, 108], "trailing_stop"],
    ["names the loss before the trail", { stop_loss_pct: 10, trailing_stop_pct: 10 }, [100, 90], "stop_loss"],
  ])("a long position %s", (_, stops, prices, expected) => {
    const agent = {
      ...spec,
      symbols: ["AAA"],
      strategies: spec.strategies
        .slice(0, 1)
        .map((choice) => ({ ...choice, params: { pattern: "B........." } })),
      risk: { ...spec.risk, ...stops },
    };
    const last = walk(
      agent,
      prices.map((AAA) => ({ AAA })),
    ).at(-1);
    assert.deepStrictEqual(
      said(last?.outcome),
      expected === null ? [] : [[expected, "AAA", "SELL", "Approved"]],
    );
  });

  it.each<[string, Partial<AgentSpec.AgentSpec["risk"]>, ReadonlyArray<number>, string | null]>([
    ["holds below its stop loss", { stop_loss_pct: 5 }, [100, 104.999999], null],
    ["stops a loss exactly at it", { stop_loss_pct: 5 }, [100, 105], "stop_loss"],
    ["takes a profit exactly at it", { take_profit_pct: 5 }, [100, 95], "take_profit"],
    ["stops exactly behind the best mark", { trailing_stop_pct: 10 }, [100, 80, 88], "trailing_stop"],
    ["trails the best mark", { trailing_stop_pct: 10 }, [100, 80, 87.999999], null],
  ])("a short position %s", (_, stops, prices, expected) => {
    const agent = {
      ...spec,
      symbols: ["AAA"],
      strategies: spec.strategies
        .slice(0, 1)
        .map((choice) => ({ ...choice, params: { pattern: "S........." } })),
      risk: { ...spec.risk, allow_short: true, ...stops },
    };
    const last = walk(
      agent,
      prices.map((AAA) => ({ AAA })),
    ).at(-1);
    assert.deepStrictEqual(
      said(last?.outcome),
      expected === null ? [] : [[expected, "AAA", "BUY", "Approved"]],
    );
  });

  it("begins the trail of a position afresh when it is closed and opened again", () => {
    const agent = {
      ...spec,
      symbols: ["AAA"],
      strategies: spec.strategies
        .slice(0, 1)
        .map((choice) => ({ ...choice, params: { pattern: "B.SB......" } })),
      risk: { ...spec.risk, trailing_stop_pct: 10 },
    };
    const steps = walk(
      agent,
      [100, 200, 199, 150, 140, 135].map((AAA) => ({ AAA })),
    );
    assert.deepStrictEqual(
      steps.map(({ world }) => world.guard.trail["AAA"]),
      [
        Money.price(100_000_000n),
        Money.price(200_000_000n),
        undefined,
        Money.price(150_000_000n),
        Money.price(150_000_000n),
        undefined,
      ],
    );
    assert.deepStrictEqual(said(steps.at(-1)?.outcome), [["trailing_stop", "AAA", "SELL", "Approved"]]);
  });

  it("lets protective exits speak before the strategies of the slot", () => {
    const agent = {
      ...spec,
      risk: { ...spec.risk, stop_loss_pct: 5, max_risk_per_trade_pct: 1, max_daily_loss_pct: 50 },
    };
    const world = Engine.begin(agent);
    const [held] = Engine.step(
      { ...agent, strategies: agent.strategies.slice(0, 1) },
      catalog,
      world,
      beat(1),
      seen(1, { AAA: 100, BBB: 100 }),
    );
    const [, outcome] = Engine.step(agent, catalog, held, beat(2), seen(2, { AAA: 90, BBB: 90 }));
    assert.deepStrictEqual(said(outcome)?.slice(0, 3), [
      ["stop_loss", "AAA", "SELL", "Approved"],
      ["stop_loss", "BBB", "SELL", "Approved"],
      ["as_told", "AAA", "BUY", "Approved"],
    ]);
  });

  it("has the same outcome in three stages, however late the fills are", () => {
    fc.assert(
      fc.property(
        Worlds.story(25),
        fc.array(fc.nat({ max: 3 }), { minLength: 1 }),
        ({ spec: agent, market }, delays) => {
          const [straight, outcomes] = Worlds.live(agent, market);
          const standing = { status: "RUNNING", isEnabled: true } as const;
          let { memory, account, guard } = Engine.begin(agent);
          const pending: Array<Intent.ApprovedOrder> = [];
          const reviews: Array<Engine.Review> = [];
          const settlements: Array<Engine.Settlement> = [];
          const execute = (most: number) => {
            for (const order of pending.splice(0, most)) {
              const settlement = Engine.settle(account, order);
              account = settlement.account;
              settlements.push(settlement);
            }
          };
          market.forEach(({ beat: at, observations }, index) => {
            const [next, run] = Engine.decide(agent, catalog, memory, at, observations);
            memory = next;
            const review = Engine.review(agent, standing, { account, guard, pending: [...pending] }, run);
            guard = review.guard;
            reviews.push(review);
            for (const verdict of review.verdicts)
              if (verdict._tag === "Approved") pending.push(verdict.order);
            execute(delays[index % delays.length] ?? 0);
          });
          execute(pending.length);
          assert.deepStrictEqual(
            reviews,
            outcomes.map(({ review }) => review),
          );
          assert.deepStrictEqual(
            settlements,
            outcomes.flatMap((outcome) => outcome.settlements),
          );
          assert.deepStrictEqual({ standing, memory, account, guard }, straight);
        },
      ),
    );
  });

  it("gives one digest for one seed; another seed changes nothing but fills and what follows from them", () => {
    const digest = (outcomes: ReadonlyArray<Engine.Outcome>) => Digest.of(outcomes);
    fc.assert(
      fc.property(Worlds.story(12), ({ spec: agent, market }) => {
        const [, outcomes] = Worlds.live(agent, market);
        assert.strictEqual(digest(Worlds.live(agent, market)[1]), digest(outcomes));
        const [, others] = Worlds.live({ ...agent, seed: agent.seed + 1n }, market);
        assert.deepStrictEqual(
          others.map(({ run }) => run),
          outcomes.map(({ run }) => run),
        );
        const isDecidedByDice = agent.fill.slippage_bps > 0;
        if (!isDecidedByDice) {
          const unseeded = (list: ReadonlyArray<Engine.Outcome>) =>
            list.flatMap(({ settlements }) => settlements.map(({ fill, snapshot }) => ({ fill, snapshot })));
          assert.deepStrictEqual(unseeded(others), unseeded(outcomes));
        }
      }),
    );
  });

  it("keeps the books of every slot in balance with the fold of its entries", () => {
    fc.assert(
      fc.property(Worlds.story(25), ({ spec: agent, market }) => {
        const [world, outcomes] = Worlds.live(agent, market);
        const settlements = outcomes.flatMap((outcome) => outcome.settlements);
        const entries = settlements.flatMap((settlement) => settlement.entries);
        const sum = (name: string) =>
          entries.reduce((total, entry) => (entry.account === name ? total + entry.amount : total), 0n);
        assert.strictEqual(world.account.cash, agent.capital + sum("cash"));
        assert.strictEqual(world.account.realized, -sum("realized_pnl"));
        assert.strictEqual(
          world.account.realized,
          settlements.reduce((total, { realized }) => total + realized, 0n),
        );
        assert.strictEqual(world.account.fees, sum("fees"));
        for (const { fill, order, snapshot } of settlements) {
          assert.deepStrictEqual([fill.qty, fill.side, fill.at], [order.qty, order.side, order.at]);
          const { equity, realized, unrealized, fees, drawdown } = snapshot;
          assert.strictEqual(equity, agent.capital + realized + unrealized - fees);
          assert.isTrue(drawdown >= 0n && drawdown % 100n === 0n);
        }
      }),
    );
  });
});
