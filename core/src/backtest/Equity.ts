import * as Money from "../Money.ts";
import * as Performance from "../Performance.ts";
import { Curve } from "../performance/Curve.ts";
import * as TripFigures from "../performance/TripFigures.ts";
import type { Plan } from "./Plan.ts";
import * as Timeline from "./Timeline.ts";
import type { Trade } from "./Trade.ts";

/** An equity curve, one sample an instant, in units of currency; the drawdown is a fraction of the peak before it. */
export interface EquityCurve {
  readonly at: Float64Array;
  readonly equity: Float64Array;
  readonly drawdown: Float64Array;
  /** Value held over equity, longs and shorts both counted up. */
  readonly exposure: Float64Array;
}

/** The curve of a run, drawn again from its trades: between two of them it follows the closes. */
export const of = (plan: Plan, trades: ReadonlyArray<Trade>): EquityCurve => {
  const { lanes, fillAt, spec } = plan;
  const [at, equity, drawdown, exposure]: [number[], number[], number[], number[]] = [[], [], [], []];
  const held = new Map<string, number>();
  let cash = Money.toNumber(spec.capital);
  let peak = cash;
  let next = 0;
  Timeline.walk(lanes, (now, indices) => {
    // A fill at a close is in the sample of that close; one at an open comes after the close of the same instant.
    for (let trade = trades[next]; trade !== undefined; trade = trades[next]) {
      if (fillAt === "close" ? trade.at > now : trade.at >= now) break;
      cash = Money.toNumber(trade.cash);
      held.set(trade.symbol, Money.toNumber(trade.position));
      next += 1;
    }
    let worth = cash;
    let exposed = 0;
    lanes.forEach(({ columns }, which) => {
      const qty = held.get(columns.symbol) ?? 0;
      if (qty === 0) return;
      const value = qty * (columns.close[indices[which] ?? 0] ?? 0);
      worth += value;
      exposed += Math.abs(value);
    });
    peak = Math.max(peak, worth);
    at.push(now);
    equity.push(worth);
    drawdown.push(peak > 0 ? (peak - worth) / peak : 0);
    exposure.push(worth > 0 ? exposed / worth : 0);
  });
  return {
    at: Float64Array.from(at),
    equity: Float64Array.from(equity),
    drawdown: Float64Array.from(drawdown),
    exposure: Float64Array.from(exposure),
  };
};

/**
 * What buying and holding would have come to: the capital in equal parts, each put into its symbol at the symbol's
 * first close, for nothing, and held to the end.
 */
export const buyAndHold = ({ lanes, spec }: Plan): Performance.Performance => {
  const capital = Money.toNumber(spec.capital);
  const part = capital / lanes.length;
  const curve = new Curve();
  Timeline.walk(lanes, (now, indices) => {
    let worth = 0;
    lanes.forEach(({ columns, start }, which) => {
      const index = indices[which] ?? -1;
      worth += index < start ? part : (part * (columns.close[index] ?? 0)) / (columns.close[start] ?? 1);
    });
    curve.point(worth, now);
  });
  const drawn = curve.drawn();
  return Performance.of(drawn, { samples: drawn.samples, traded: capital, trips: TripFigures.of([]) });
};
