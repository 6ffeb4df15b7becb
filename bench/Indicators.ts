import { Ema } from "@strom/core";
import type { Figure } from "./Figure.ts";
import * as Peers from "./Peers.ts";
import type { Contestant } from "./Stopwatch.ts";
import { race } from "./Stopwatch.ts";
import { closes } from "./Walk.ts";

export const name = "indicators";
export const about = "EMA 9 and 21 over 1,000,000 values, beside public packages and a hand-written loop";

const COUNT = 1_000_000;
const FAST = 9;
const SLOW = 21;

interface TradingSignals {
  readonly EMA: new (
    interval: number,
  ) => { update: (price: number, isSame: boolean) => unknown; getResult: () => number | null };
}
interface Indicatorts {
  readonly ema: (values: Array<number>, config: { period: number }) => Array<number>;
}
interface TechnicalIndicators {
  readonly EMA: { calculate: (input: { period: number; values: Array<number> }) => Array<number> };
}

const isTradingSignals = (module: object): module is TradingSignals => "EMA" in module;
const isIndicatorts = (module: object): module is Indicatorts => "ema" in module;
const isTechnicalIndicators = (module: object): module is TechnicalIndicators => "EMA" in module;

const load = async <A extends object>(name: string, isIt: (module: object) => module is A): Promise<A> => {
  const module = await Peers.load(name);
  if (!isIt(module)) throw new Error(`${name} exports no EMA`);
  return module;
};

export const run = async (): Promise<ReadonlyArray<Figure>> => {
  const signals = await load("trading-signals", isTradingSignals);
  const indicatorts = await load("indicatorts", isIndicatorts);
  const technical = await load("technicalindicators", isTechnicalIndicators);
  const values = closes(COUNT);
  const list = [...values];

  const contestants: ReadonlyArray<Contestant> = [
    { name: "hand-written loop", work: () => loop(values) },
    {
      name: "strom, a series at once",
      work: () => gap(Ema.series(values, FAST), Ema.series(values, SLOW)),
    },
    { name: "strom, value by value", work: () => incremental(values) },
    {
      name: "trading-signals",
      work: () => {
        const fast = new signals.EMA(FAST);
        const slow = new signals.EMA(SLOW);
        for (const value of values) {
          fast.update(value, false);
          slow.update(value, false);
        }
        return Number(fast.getResult()) - Number(slow.getResult());
      },
    },
    {
      name: "indicatorts",
      work: () => gap(indicatorts.ema(list, { period: FAST }), indicatorts.ema(list, { period: SLOW })),
    },
    {
      name: "technicalindicators",
      work: () =>
        gap(
          technical.EMA.calculate({ period: FAST, values: list }),
          technical.EMA.calculate({ period: SLOW, values: list }),
        ),
    },
  ];
  const times = race(contestants);
  const perSecond = (one: string): number =>
    COUNT / 1e6 / (times.find((time) => time.name === one)?.seconds ?? Number.NaN);
  const isAlike = times.every(({ result }) => Math.abs(result - (times[0]?.result ?? 0)) < 1e-6);
  if (!isAlike)
    throw new Error(
      `not the same averages: ${times.map((time) => `${time.name} ${time.result}`).join(", ")}`,
    );
  const peer = Math.max(perSecond("trading-signals"), perSecond("indicatorts"));
  return times.map(({ name: what }) => ({
    what,
    value: perSecond(what),
    unit: "million values a second",
    ...(what === "strom, a series at once" ? { atLeast: peer } : {}),
  }));
};

const gap = (fast: ArrayLike<number>, slow: ArrayLike<number>): number =>
  (fast[fast.length - 1] ?? 0) - (slow[slow.length - 1] ?? 0);

const loop = (values: Float64Array): number => {
  let fast = values[0] ?? 0;
  let slow = fast;
  for (let i = 1; i < values.length; i++) {
    const value = values[i] ?? 0;
    fast += (2 / (FAST + 1)) * (value - fast);
    slow += (2 / (SLOW + 1)) * (value - slow);
  }
  return fast - slow;
};

const incremental = (values: Float64Array): number => {
  let fast = Ema.init(FAST);
  let slow = Ema.init(SLOW);
  for (const value of values) {
    [fast] = Ema.next(fast, value);
    [slow] = Ema.next(slow, value);
  }
  return fast.value - slow.value;
};
