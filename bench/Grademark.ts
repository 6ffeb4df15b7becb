import type { Columns } from "@strom/core";
import * as Peers from "./Peers.ts";

/**
 * The EMA crossover in grademark, a public backtesting package: its engine and its analysis, the averages by a plain
 * loop, which is faster than any package's.
 */

interface Row {
  readonly time: Date;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}
interface Averaged extends Row {
  readonly fast: number;
  readonly slow: number;
}
interface DataForge {
  readonly DataFrame: new (rows: ReadonlyArray<Row>) => object;
}
interface Rule {
  readonly bar: Averaged;
}
interface Engine {
  readonly backtest: (
    strategy: {
      readonly entryRule: (enter: () => void, args: Rule) => void;
      readonly exitRule: (exit: () => void, args: Rule) => void;
    },
    frame: object,
  ) => ReadonlyArray<unknown>;
  readonly analyze: (capital: number, trades: ReadonlyArray<unknown>) => unknown;
}

const isDataForge = (module: object): module is DataForge => "DataFrame" in module;
const isEngine = (module: object): module is Engine => "backtest" in module && "analyze" in module;

/** Its run over rows: how many trades it made. */
export const load = async (): Promise<(rows: ReadonlyArray<Row>, fast: number, slow: number) => number> => {
  const forge = await Peers.load("data-forge");
  const engine = await Peers.load("grademark");
  if (!isDataForge(forge) || !isEngine(engine)) throw new Error("grademark is not what it was");
  return (rows, fast, slow) => {
    const trades = engine.backtest(
      {
        entryRule: (enter, { bar }) => {
          if (bar.fast > bar.slow) enter();
        },
        exitRule: (exit, { bar }) => {
          if (bar.fast < bar.slow) exit();
        },
      },
      new forge.DataFrame(averaged(rows, fast, slow)),
    );
    engine.analyze(100_000, trades);
    return trades.length;
  };
};

/** Columns as it wants them. */
export const rows = (columns: Columns.Columns): ReadonlyArray<Row> =>
  Array.from(columns.close, (close, index) => ({
    time: new Date(columns.to[index] ?? 0),
    open: columns.open[index] ?? 0,
    high: columns.high[index] ?? 0,
    low: columns.low[index] ?? 0,
    close,
    volume: columns.volume[index] ?? 0,
  }));

const averaged = (
  rows: ReadonlyArray<Row>,
  fastLength: number,
  slowLength: number,
): ReadonlyArray<Averaged> => {
  let fast = rows[0]?.close ?? 0;
  let slow = fast;
  return rows.map((row) => {
    fast += (2 / (fastLength + 1)) * (row.close - fast);
    slow += (2 / (slowLength + 1)) * (row.close - slow);
    return { ...row, fast, slow };
  });
};
