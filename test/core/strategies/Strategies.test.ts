import { assert, describe, it } from "@effect/vitest";
import type { Bar } from "@strom/core";
import { Catalog, Columns, Id, Money, Strategy } from "@strom/core";
import { bars } from "@strom/core/testing";
import { Result } from "effect";
import * as fc from "fast-check";
import { generate } from "../indicators/Candles.ts";

/** Short windows, so that short series decide often. */
const QUICK: Readonly<Record<string, object>> = {
  ema_crossover: { ema_fast: 2, ema_slow: 5 },
  sma_crossover: { sma_fast: 2, sma_slow: 5 },
  macd_trend: { macd_fast: 2, macd_slow: 4, macd_signal: 2 },
  rsi_reversion: { rsi_length: 3, oversold: 40, overbought: 60 },
  bollinger_reversion: { bb_length: 4, bb_deviations: 1 },
  bollinger_breakout: { bb_length: 4, bb_deviations: 1 },
  donchian_breakout: { entry_length: 3, exit_length: 2 },
  momentum_roc: { roc_length: 3, threshold_pct: 0.1 },
  zscore_reversion: { z_length: 4, entry_z: 0.7, exit_z: 0.1 },
  buy_and_hold: {},
};

const decide = (strategy: Strategy.Any, params: unknown, series: ReadonlyArray<Bar.Bar>) => {
  let state = strategy.init(params);
  return series.map((bar) => {
    const [next, decision] = strategy.step(params, state, bar);
    state = next;
    return decision;
  });
};

const frozen = <A>(value: A): A => {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
};

describe.each(Catalog.builtIn.map((strategy) => ({ key: strategy.key, strategy })))(
  "$key",
  ({ key, strategy }) => {
    const quick = Result.getOrThrow(strategy.decodeParams(QUICK[key]));
    const usual = Result.getOrThrow(strategy.decodeParams({}));

    it("decides something on an ordinary market, with quick and with usual parameters", () => {
      for (const params of [quick, usual]) {
        const decisions = decide(strategy, params, generate(1, 3_000)).filter(
          (decision) => decision !== null,
        );
        assert.isNotEmpty(decisions);
        if (key !== "buy_and_hold") {
          assert.deepStrictEqual(new Set(decisions.map(({ side }) => side)), new Set(["BUY", "SELL"]));
        }
      }
    });

    it("gives finite features of six decimals, a confidence of four, and never throws", () => {
      fc.assert(
        fc.property(bars(), (series) => {
          for (const decision of decide(strategy, quick, series)) {
            if (decision === null) continue;
            assert.strictEqual(decision.confidence, Math.round(decision.confidence * 1e4) / 1e4);
            assert.isTrue(decision.confidence >= 0 && decision.confidence <= 1);
            for (const value of Object.values(decision.features)) {
              assert.isTrue(Number.isFinite(value));
              assert.isTrue(
                Number.isInteger(value) || Result.isSuccess(Money.fromNumber(value)),
                String(value),
              );
            }
            assert.deepStrictEqual(JSON.parse(JSON.stringify(decision)), decision);
          }
        }),
      );
    });

    it("is silent on its first bars, as many as its warm-up says, and on a flat market for ever", () => {
      fc.assert(
        fc.property(bars(), (series) => {
          const early = decide(strategy, quick, series).slice(0, strategy.warmup(quick));
          assert.isTrue(early.every((decision) => decision === null));
        }),
      );
      const [bar] = generate(1, 1);
      assert.isDefined(bar);
      const flat = Array.from({ length: 500 }, () => ({
        ...bar,
        open: 0.1,
        high: 0.1,
        low: 0.1,
        close: 0.1,
      }));
      const spoken = decide(strategy, usual, flat).filter((decision) => decision !== null);
      assert.lengthOf(spoken, key === "buy_and_hold" ? 1 : 0);
    });

    it("leaves its inputs as they were and resumes from its state as JSON", () => {
      fc.assert(
        fc.property(bars(), (series) => {
          let state = frozen(strategy.init(quick));
          const resumed = series.map((bar) => {
            const [next, decision] = strategy.step(frozen(quick), state, frozen(bar));
            assert.deepStrictEqual(JSON.parse(JSON.stringify(next)), next);
            state = frozen(JSON.parse(JSON.stringify(next)));
            return decision;
          });
          assert.deepStrictEqual(resumed, decide(strategy, quick, series));
        }),
      );
    });

    it("decides the same when all prices are multiplied by a power of two", () => {
      fc.assert(
        fc.property(bars(), fc.constantFrom(1 / 1024, 0.5, 2, 65_536), (series, factor) => {
          const scaled = series.map((bar) => ({
            ...bar,
            open: bar.open * factor,
            high: bar.high * factor,
            low: bar.low * factor,
            close: bar.close * factor,
          }));
          const view = (decision: Strategy.Decision | null) =>
            decision === null
              ? null
              : { side: decision.side, rule: decision.rule, confidence: decision.confidence };
          assert.deepStrictEqual(
            decide(strategy, quick, scaled).map(view),
            decide(strategy, quick, series).map(view),
          );
        }),
      );
    });

    it("scans exactly as it steps, wherever the scan begins and ends", () => {
      fc.assert(
        fc.property(bars(), fc.nat(120), fc.nat(120), (series, skip, stop) => {
          const columns = Columns.fromBars("TEST", series);
          const from = Math.min(skip, series.length);
          const to = Math.max(from, Math.min(stop, series.length));
          let state = strategy.init(quick);
          for (const bar of series.slice(0, from))
            state = strategy.step(quick, state, { ...bar, ticks: 1 })[0];
          let [fast, slow] = [
            strategy.scan(quick, state, columns, from, to),
            Strategy.fold(strategy, quick, state, columns, from, to),
          ];
          assert.deepStrictEqual(fast, slow);
          while (fast.decision !== null) {
            [fast, slow] = [
              strategy.scan(quick, fast.state, columns, fast.index + 1, to),
              Strategy.fold(strategy, quick, slow.state, columns, slow.index + 1, to),
            ];
            assert.deepStrictEqual(fast, slow);
          }
          assert.strictEqual(fast.index, to);
        }),
      );
    });

    it("describes its parameters as JSON Schema, each with bounds, a default and a description", () => {
      const schema = JSON.parse(JSON.stringify(strategy.paramsSchema));
      assert.strictEqual(schema.$schema, "https://json-schema.org/draft/2020-12/schema");
      assert.strictEqual(schema.additionalProperties, false);
      assert.isUndefined(schema.required);
      const defaults: Record<string, unknown> = {};
      for (const [name, property] of Object.entries<Record<string, unknown>>(schema.properties ?? {})) {
        assert.containsAllKeys(property, ["type", "minimum", "maximum", "default", "description"]);
        defaults[name] = property["default"];
      }
      assert.deepStrictEqual(usual, defaults);
    });

    it("refuses what it does not know", () => {
      const refused = strategy.decodeParams({ leverage: 10 });
      assert.isTrue(Result.isFailure(refused));
      if (Result.isFailure(refused)) {
        assert.lengthOf(refused.failure.errors, 1);
        assert.strictEqual(refused.failure.errors[0]?.path, "leverage");
      }
    });

    it("is found in the catalog by its key and by its id", () => {
      const catalog = Catalog.make(Catalog.builtIn);
      assert.strictEqual(Catalog.find(catalog, key), strategy);
      assert.strictEqual(Catalog.findById(catalog, Id.strategy(key)), strategy);
    });
  },
);

describe("Catalog", () => {
  it("gives each strategy an id that never changes: they are in people's databases", () => {
    const ids: Record<string, string> = Object.fromEntries(Catalog.builtIn.map(({ key, id }) => [key, id]));
    assert.deepStrictEqual(ids, {
      bollinger_breakout: "4ab81fda-70e3-4c67-9a63-c19be9abe9ea",
      bollinger_reversion: "831182a0-0697-4563-b415-f494d68eb599",
      buy_and_hold: "35341919-dcd7-4d27-a221-557c5c60d82a",
      donchian_breakout: "b9142452-cdd9-4635-a474-de8b893907ae",
      ema_crossover: "11f39f3e-70a4-4fc4-ba4f-e2e03161d699",
      macd_trend: "257b1bce-8e29-496b-90f7-a79c9ee4ab8e",
      momentum_roc: "d1265a74-d8ac-4ff2-9952-9fcf11eb0758",
      rsi_reversion: "48ababd5-7b48-425e-a29b-618ee172635e",
      sma_crossover: "eda09f74-1dd4-47ad-803a-f9376f42bffe",
      zscore_reversion: "54cc1942-49da-4418-b729-6376fc931313",
    });
  });

  it("knows no other keys, and refuses two strategies of one key", () => {
    const catalog = Catalog.make(Catalog.builtIn);
    assert.isUndefined(Catalog.find(catalog, "nonsense"));
    assert.throws(() => Catalog.make([...Catalog.builtIn, ...Catalog.builtIn]), RangeError);
  });
});

describe("the rationale of a crossing", () => {
  it("names the averages and the rule as the specification does", () => {
    const [ema] = Catalog.builtIn;
    const bar = (close: number) => ({ ...generate(1, 1)[0], close }) as Bar.Bar;
    const params = Result.getOrThrow(ema!.decodeParams({ ema_fast: 1, ema_slow: 3 }));
    const decisions = decide(ema!, params, [10, 9, 8, 8, 12, 12, 3].map(bar));
    assert.deepStrictEqual(decisions[4], {
      side: "BUY",
      confidence: 0.9143,
      features: { ema_fast: 12, ema_slow: 10.1875 },
      rule: "fast_crosses_above_slow",
    });
    assert.deepInclude(decisions[6], { side: "SELL", rule: "fast_crosses_below_slow" });
    assert.deepStrictEqual(decisions.filter((decision) => decision !== null).length, 2);
  });
});
