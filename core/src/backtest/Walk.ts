import { Result } from "effect";
import * as Backtest from "../Backtest.ts";
import * as Digest from "../Digest.ts";
import * as Money from "../Money.ts";
import * as Performance from "../Performance.ts";
import { Curve } from "../performance/Curve.ts";
import * as TripFigures from "../performance/TripFigures.ts";
import * as Sweep from "../Sweep.ts";
import type { Fold, Options, WalkForward, Window } from "../WalkForward.ts";

/** The capital, the curve and the trips as they grow from test to test. */
export class Walk {
  readonly #options: Options;
  #capital: string;
  readonly #curve: Curve;
  readonly #at: Array<number> = [];
  readonly #equity: Array<number> = [];
  readonly #trips: Array<Backtest.RoundTrip> = [];
  readonly #digests: Array<Digest.Digest> = [];
  #held = 0;
  #traded = 0;

  constructor(options: Options) {
    this.#options = options;
    this.#capital = options.capital ?? "100000";
    this.#curve = new Curve(Number(this.#capital));
  }

  test(window: Window, chosen: Sweep.Row | null): Result.Result<Fold, Backtest.BacktestInvalid> {
    if (chosen === null) return Result.succeed({ ...window, chosen, tested: null });
    const { from, to } = window.test;
    if (Result.isFailure(Money.parseCash(this.#capital))) {
      const message = `${this.#capital} is what the tests before ${new Date(from).toISOString()} came to, more than an account may begin with: begin with less`;
      return Result.fail(new Backtest.BacktestInvalid({ errors: [{ path: "capital", message }] }));
    }
    const options = { ...this.#options, capital: this.#capital, from, to };
    // The same parameters ran on the bars before these, so they run on these.
    return Result.map(Backtest.run(Sweep.backtestOf(options, chosen.params)), (backtest) => {
      this.#take(backtest);
      return { ...window, chosen, tested: backtest.performance };
    });
  }

  #take(backtest: Backtest.Backtest): void {
    const { at, equity, exposure } = Backtest.equity(backtest);
    at.forEach((instant, i) => {
      const worth = equity[i] ?? 0;
      this.#curve.point(worth, instant);
      this.#at.push(instant);
      this.#equity.push(worth);
      if ((exposure[i] ?? 0) > 0) this.#held += 1;
    });
    this.#trips.push(...backtest.roundTrips);
    this.#traded += backtest.trades.reduce((sum, trade) => sum + Money.toNumber(trade.notional), 0);
    this.#digests.push(Backtest.digest(backtest));
    const end = BigInt(Math.max(10_000, Math.round((equity.at(-1) ?? 0) * 1e6)));
    this.#capital = Money.formatFixed(Money.roundTo(end, 2), 2);
  }

  result(folds: ReadonlyArray<Fold>): WalkForward {
    const drawn = this.#curve.drawn();
    return {
      metric: this.#options.metric ?? "sharpe",
      folds,
      at: Float64Array.from(this.#at),
      equity: Float64Array.from(this.#equity),
      performance: Performance.of(drawn, {
        samples: this.#held,
        traded: this.#traded,
        trips: TripFigures.of(this.#trips),
      }),
      efficiency: efficiencyOf(folds),
      digest: Digest.of({ chosen: folds.map(({ chosen }) => chosen?.params ?? null), tests: this.#digests }),
    };
  }
}

const mean = (values: ReadonlyArray<number>): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Growth a bar, so that windows of different lengths compare. */
const perBar = ({ totalReturn, returns }: Performance.Performance): number =>
  totalReturn / Math.max(1, returns);

const efficiencyOf = (folds: ReadonlyArray<Fold>): number | null => {
  const before = folds.flatMap(({ chosen }) => (chosen?.performance ? [perBar(chosen.performance)] : []));
  const after = folds.flatMap(({ tested }) => (tested === null ? [] : [perBar(tested)]));
  return before.length === 0 || !(mean(before) > 0) ? null : mean(after) / mean(before);
};
