import { Backtest, Columns } from "@strom/core";
import { Result } from "effect";
import type { Figure } from "./Figure.ts";
import { fused } from "./FusedLoop.ts";
import * as Grademark from "./Grademark.ts";
import { race } from "./Stopwatch.ts";
import { closes } from "./Walk.ts";

export const name = "backtests";
export const about =
  "Backtest.run of an EMA crossover over 1,000,000 bars, beside a hand-written loop and grademark";

const COUNT = 1_000_000;
const MINUTE = 60_000;
/** grademark takes a second for a million bars, and is asked for fewer. */
const FEWER = 100_000;

interface Pair {
  readonly fast: number;
  readonly slow: number;
}
const LONG: Pair = { fast: 50, slow: 200 };
const SHORT: Pair = { fast: 9, slow: 21 };

/** The walk as minutes whose open, high and low are their close. */
const columnsOf = (values: Float64Array): Columns.Columns => {
  const columns = Columns.make("WALK", values.length);
  for (let index = 0; index < values.length; index++) {
    columns.from[index] = 1_500_000_000_000 + index * MINUTE;
    columns.to[index] = 1_500_000_000_000 + (index + 1) * MINUTE;
  }
  for (const field of ["open", "high", "low", "close"] as const) columns[field].set(values);
  columns.volume.fill(1);
  return columns;
};

const backtest = (columns: Columns.Columns, { fast, slow }: Pair): Backtest.Backtest =>
  Result.getOrThrow(
    Backtest.run({
      bars: [columns],
      strategies: [{ strategy: "ema_crossover", params: { ema_fast: fast, ema_slow: slow } }],
    }),
  );

const trips = (columns: Columns.Columns, pair: Pair): number =>
  backtest(columns, pair).performance.trips.count;

export const run = async (): Promise<ReadonlyArray<Figure>> => {
  // First, while the process is small.
  const memory = large();
  const grademark = await Grademark.load();
  const values = closes(COUNT);
  const columns = columnsOf(values);
  const fewer = columnsOf(values.subarray(0, FEWER));
  const rows = Grademark.rows(fewer);
  const times = race([
    { name: "loop 50/200", work: () => fused(values, LONG.fast, LONG.slow).trips },
    { name: "run 50/200", work: () => trips(columns, LONG) },
    { name: "loop 9/21", work: () => fused(values, SHORT.fast, SHORT.slow).trips },
    { name: "run 9/21", work: () => trips(columns, SHORT) },
  ]);
  const [peerLong, peerShort] = race(
    [LONG, SHORT].map(({ fast, slow }) => ({
      name: "grademark",
      work: () => grademark(rows, fast, slow),
    })),
    3,
    1,
  );
  const seconds = (one: string): number => times.find(({ name: who }) => who === one)?.seconds ?? Number.NaN;
  const result = (one: string): number => times.find(({ name: who }) => who === one)?.result ?? Number.NaN;
  for (const pair of ["50/200", "9/21"]) {
    if (result(`loop ${pair}`) !== result(`run ${pair}`)) {
      throw new Error(
        `${pair}: ${result(`run ${pair}`)} round trips, the loop has ${result(`loop ${pair}`)}`,
      );
    }
  }
  const millions = (one: string): number => COUNT / 1e6 / seconds(one);
  const peer = (time: { readonly seconds: number } | undefined): number =>
    FEWER / 1e6 / (time?.seconds ?? Number.NaN);
  const unit = "million bars a second";
  return [
    { what: "EMA 50/200, hand-written loop", value: millions("loop 50/200"), unit },
    { what: "EMA 50/200, grademark", value: peer(peerLong), unit },
    { what: "EMA 50/200, Backtest.run", value: millions("run 50/200"), unit },
    {
      what: "  of the loop",
      value: millions("run 50/200") / millions("loop 50/200"),
      unit: "times",
      atLeast: 1 / 3,
    },
    { what: "  of grademark", value: millions("run 50/200") / peer(peerLong), unit: "times", atLeast: 20 },
    { what: "EMA 9/21, hand-written loop", value: millions("loop 9/21"), unit },
    { what: "EMA 9/21, grademark", value: peer(peerShort), unit },
    { what: "EMA 9/21, Backtest.run", value: millions("run 9/21"), unit },
    { what: "  of grademark", value: millions("run 9/21") / peer(peerShort), unit: "times", atLeast: 5 },
    {
      what: "  a traded bar, everything included",
      value: (seconds("run 9/21") * 1e6) / (2 * result("run 9/21")),
      unit: "µs",
      atMost: 3,
    },
    memory,
  ];
};

/** What a run over ten million bars keeps beyond its input. */
const large = (): Figure => {
  const columns = columnsOf(closes(10 * COUNT));
  backtest(columnsOf(closes(1_000)), LONG);
  const before = process.memoryUsage();
  let most = 0;
  const steps = Result.getOrThrow(
    Backtest.stream({
      bars: [columns],
      strategies: [{ strategy: "ema_crossover", params: { ema_fast: LONG.fast, ema_slow: LONG.slow } }],
    }),
  );
  for (const _ of steps) most = Math.max(most, process.memoryUsage().rss - before.rss);
  return { what: "10,000,000 bars, memory beyond the input", value: most / 2 ** 20, unit: "MB", atMost: 200 };
};
