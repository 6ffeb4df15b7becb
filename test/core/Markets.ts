import type { Columns, RiskProfile } from "@strom/core";
import { Backtest, Columns as Columnar } from "@strom/core";
import fc from "fast-check";
import * as Worlds from "./Worlds.ts";

/** Bars and backtests for the properties: short, gappy, jumpy, and of one to three symbols. */

const HOUR = 3_600_000;

const bar = fc.record({
  /** Intervals nothing traded before it. */
  gap: fc.oneof(
    { weight: 8, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 30 }) },
  ),
  /** Moves in ten-thousandths: from the last close to the open, and to the close. */
  opens: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -200, max: 200 })),
  closes: fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: -400, max: 410 }) },
    { weight: 1, arbitrary: fc.constantFrom(-9_000, 90_000, 0) },
  ),
  volume: fc.constantFrom(0, 0.25, 1_000),
});

const micro = (price: number): number => Math.min(1e9, Math.max(1e-6, Math.round(price * 1e6) / 1e6));

export const columns = (
  symbol: string,
  first: number,
  intervalMs: number,
  bars: { readonly min: number; readonly max: number },
): fc.Arbitrary<Columns.Columns> =>
  fc
    .record({
      start: fc.integer({ min: 0, max: 30 }),
      path: fc.array(bar, { minLength: bars.min, maxLength: bars.max }),
    })
    .map(({ start, path }) => {
      const made = Columnar.make(symbol, path.length);
      let close = first;
      let from = 1_600_000_000_000 - (1_600_000_000_000 % intervalMs) + start * intervalMs;
      path.forEach((step, index) => {
        from += step.gap * intervalMs;
        const open = micro(close * (1 + step.opens / 10_000));
        close = micro(open * (1 + step.closes / 10_000));
        made.from[index] = from;
        from += intervalMs;
        made.to[index] = from;
        made.open[index] = open;
        made.close[index] = close;
        made.high[index] = Math.max(open, close);
        made.low[index] = Math.min(open, close);
        made.volume[index] = step.volume;
      });
      return made;
    });

/** Limits that leave room for several positions. */
export const roomy: RiskProfile.RiskProfile = {
  ...Backtest.wholeAccount,
  max_risk_per_trade_pct: 30,
  max_notional_exposure_pct: 1_000,
};

/** Profiles that let positions be opened, and close them by their stops. */
const stopping = fc
  .record({
    stop_loss_pct: fc.option(
      fc.integer({ min: 1, max: 80 }).map((n) => n / 10),
      { nil: undefined },
    ),
    take_profit_pct: fc.option(
      fc.integer({ min: 1, max: 80 }).map((n) => n / 10),
      { nil: undefined },
    ),
    trailing_stop_pct: fc.option(
      fc.integer({ min: 1, max: 80 }).map((n) => n / 10),
      { nil: undefined },
    ),
    allow_short: fc.boolean(),
  })
  .map(
    (stops): RiskProfile.RiskProfile => ({
      ...roomy,
      ...JSON.parse(JSON.stringify(stops)),
    }),
  );

const pattern = fc
  .array(fc.constantFrom("B", "S", ".", ".", "."), { minLength: 1, maxLength: 9 })
  .map((letters) => letters.join(""));

const strategies: fc.Arbitrary<Backtest.Options["strategies"]> = fc.oneof(
  pattern.map((told) => [{ strategy: "scripted_first", params: { pattern: told } }]),
  fc.tuple(pattern, pattern).map(([one, two]) => [
    { strategy: "scripted_second", params: { pattern: one } },
    { strategy: "scripted_first", params: { pattern: two } },
  ]),
  fc.constant([
    { strategy: "ema_crossover", params: { ema_fast: 1, ema_slow: 3 } },
    { strategy: "rsi_reversion", params: { rsi_length: 2 } },
  ]),
);

/** Anything that can be asked for, on bars of one to three symbols. */
export const options = (symbols: {
  readonly min: number;
  readonly max: number;
}): fc.Arbitrary<Backtest.Options> =>
  fc
    .record({
      intervalMs: fc.constantFrom(60_000, HOUR, 24 * HOUR),
      count: fc.integer(symbols),
    })
    .chain(({ intervalMs, count }) =>
      fc.record({
        bars: fc.tuple(
          ...[
            { symbol: "AAA", first: 100 },
            { symbol: "BBB", first: 0.05 },
            { symbol: "CCC", first: 24_000 },
          ]
            .slice(0, count)
            .map(({ symbol, first }) => columns(symbol, first, intervalMs, { min: 12, max: 60 })),
        ),
        strategies,
        risk: fc.oneof(Worlds.riskProfile, stopping, fc.constant(undefined)),
        fill: Worlds.fillParams,
        seed: fc.bigInt({ min: 0n, max: 100n }),
        capital: fc.constantFrom("100000", "12.34", "5000000.5"),
        fillAt: fc.constantFrom("close" as const, "next_open" as const),
        from: fc.option(
          fc.integer({ min: 0, max: 40 }).map((n) => 1_600_000_000_000 + n * intervalMs),
          { nil: undefined },
        ),
        to: fc.option(
          fc.integer({ min: 30, max: 90 }).map((n) => 1_600_000_000_000 + n * intervalMs),
          { nil: undefined },
        ),
      }),
    );
