import { assert, describe, it } from "@effect/vitest";
import { AgentSpec, Catalog, Id } from "@strom/core";
import { Result } from "effect";
import fc from "fast-check";
import * as Worlds from "./Worlds.ts";

const catalog = Catalog.make(Catalog.builtIn);

const example = {
  name: "nifty-ema",
  mode: "paper" as const,
  frequency_seconds: 1,
  universe: { symbols: ["NSE:NIFTY50-INDEX", "NSE:BANKNIFTY-INDEX"] },
  strategies: [{ key: "ema_crossover", params: { ema_fast: 9, ema_slow: 21 } }],
  risk_profile: {
    max_risk_per_trade_pct: 1.0,
    max_daily_loss_pct: 3.0,
    max_open_positions: 3,
    cooldown_seconds: 30,
    max_notional_exposure_pct: 100.0,
  },
  capital: "100000.00",
};

const problems = (input: unknown): ReadonlyArray<readonly [string, string]> => {
  const decoded = AgentSpec.decode(catalog, input);
  if (Result.isSuccess(decoded)) return [];
  return decoded.failure.errors.map(({ path, message }) => [path, message] as const);
};

describe("AgentSpec", () => {
  it("reads the configuration of the API, and writes it back", () => {
    const configuration = Result.getOrThrow(AgentSpec.decode(catalog, example));
    assert.deepStrictEqual(AgentSpec.encode(configuration), example);
    assert.deepStrictEqual(configuration.strategies, [
      {
        strategyId: Id.strategy("ema_crossover"),
        key: "ema_crossover",
        params: { ema_fast: 9, ema_slow: 21 },
      },
    ]);
  });

  it("fills in the parameters that were left out, so that nothing recorded hangs on a default", () => {
    const { strategies } = Result.getOrThrow(
      AgentSpec.decode(catalog, { ...example, strategies: [{ key: "ema_crossover" }] }),
    );
    assert.deepStrictEqual(strategies[0]?.params, { ema_fast: 9, ema_slow: 21 });
  });

  it.each<[string, object, string, string]>([
    ["live trading", { mode: "live" }, "mode", '"live" is refused: "paper" is needed; "live" is reserved'],
    [
      "a frequency of 0",
      { frequency_seconds: 0 },
      "frequency_seconds",
      "0 is refused: a whole number of seconds from 1 to 604800 is needed",
    ],
    [
      "half a second",
      { frequency_seconds: 0.5 },
      "frequency_seconds",
      "0.5 is refused: a whole number of seconds from 1 to 604800 is needed",
    ],
    [
      "more than a week",
      { frequency_seconds: 604_801 },
      "frequency_seconds",
      "604801 is refused: a whole number of seconds from 1 to 604800 is needed",
    ],
    [
      "an empty universe",
      { universe: { symbols: [] } },
      "universe.symbols",
      "[] is refused: 1 to 100 symbols are needed",
    ],
    [
      "a duplicate symbol",
      { universe: { symbols: ["A", "B", "A"] } },
      "universe.symbols.2",
      '"A" is refused: a symbol once is enough, it stands at 0 already',
    ],
    ["no strategies", { strategies: [] }, "strategies", "[] is refused: 1 to 16 strategies are needed"],
    [
      "an unknown strategy",
      { strategies: [{ key: "astrology" }] },
      "strategies.0.key",
      '"astrology" is refused: no such strategy',
    ],
    [
      "parameters across one another",
      { strategies: [{ key: "ema_crossover", params: { ema_fast: 21, ema_slow: 21 } }] },
      "strategies.0.params.ema_fast",
      "21 is refused: a value below ema_slow (21) is needed",
    ],
    [
      "an unknown parameter",
      { strategies: [{ key: "ema_crossover", params: { speed: 1 } }] },
      "strategies.0.params.speed",
      "1 is refused: no such parameter",
    ],
    [
      "a strategy twice",
      { strategies: [{ key: "ema_crossover" }, { key: "ema_crossover" }] },
      "strategies.1.key",
      '"ema_crossover" is refused: a strategy once is enough',
    ],
    [
      "negative capital",
      { capital: "-1" },
      "capital",
      '"-1" is refused: an amount above zero with at most 2 decimals is needed',
    ],
    [
      "a third decimal of capital",
      { capital: "1.001" },
      "capital",
      '"1.001" is refused: an amount above zero with at most 2 decimals is needed',
    ],
    ["capital as a number", { capital: 100_000 }, "capital", "100000 is refused: "],
    ["an owner", { user_id: "x" }, "user_id", '"x" is refused: no such property'],
    [
      "a limit of 0 %",
      { risk_profile: { ...example.risk_profile, max_daily_loss_pct: 0 } },
      "risk_profile.max_daily_loss_pct",
      "0 is refused: a percentage above 0 and at most 100, with at most 6 decimals, is needed",
    ],
    [
      "a seventh decimal of a percentage",
      { risk_profile: { ...example.risk_profile, max_daily_loss_pct: 1.0000001 } },
      "risk_profile.max_daily_loss_pct",
      "1.0000001 is refused: ",
    ],
    [
      "a limit that there is not",
      { risk_profile: { ...example.risk_profile, max_luck: 1 } },
      "risk_profile.max_luck",
      "1 is refused: no such property",
    ],
    ["a nameless agent", { name: "  " }, "name", '"  " is refused: a name of 1 to 100 characters is needed'],
  ])("refuses %s", (_, change, path, message) => {
    const found = problems({ ...example, ...change });
    assert.strictEqual(found.length, 1, JSON.stringify(found));
    assert.strictEqual(found[0]?.[0], path);
    assert.isTrue(found[0]?.[1].startsWith(message), found[0]?.[1]);
  });

  it("tells every problem at once", () => {
    const { risk_profile: _, ...rest } = example;
    const input = {
      ...rest,
      id: 1,
      mode: "live",
      universe: { symbols: ["ok", "A", "A", ""] },
      strategies: [{ key: "nope" }, { key: "ema_crossover", params: { ema_fast: 0, x: 1 } }],
      capital: "a lot",
    };
    assert.deepStrictEqual(
      problems(input)
        .map(([path]) => path)
        .sort(),
      [
        "capital",
        "id",
        "mode",
        "risk_profile",
        "strategies.0.key",
        "strategies.1.params.ema_fast",
        "strategies.1.params.x",
        "universe.symbols.0",
        "universe.symbols.2",
        "universe.symbols.3",
      ],
    );
    assert.deepStrictEqual(
      problems(null).map(([, message]) => message),
      ["null is refused: an object is needed"],
    );
  });

  it("records a spec and reads it back whole", () => {
    fc.assert(
      fc.property(Worlds.spec, (spec) => {
        const json = JSON.parse(JSON.stringify(AgentSpec.toJson(spec)));
        assert.deepStrictEqual(Result.getOrThrow(AgentSpec.fromJson(json)), spec);
        assert.isTrue(Result.isFailure(AgentSpec.fromJson({ ...json, extra: 1 })));
      }),
    );
  });
});
