// `npx node bench/ExampleBars.ts > docs/examples/btcusd-1m.csv`: the bars README.md and docs/STRATEGIES.md run on.
import { Market } from "@strom/core";

const MINUTES = 720;
const STEPS = 60;
const SEED = 42;
const FROM = Date.UTC(2026, 0, 5);

const row = (minute: number, prices: ReadonlyArray<number>): string => {
  const at = new Date(FROM + minute * 60_000).toISOString().replace(".000Z", "Z");
  const open = prices[0] ?? 0;
  const close = prices.at(-1) ?? 0;
  return [at, open, Math.max(...prices), Math.min(...prices), close].join(",");
};

/** Half a day of the simulated market, a step a second: the same on every machine. */
export const csv = (): string => {
  const market = Market.make(["BTC-USD"], SEED);
  const rows = ["time,open,high,low,close"];
  let state = Market.start(market);
  for (let minute = 0; minute < MINUTES; minute++) {
    const [ticks, after] = Market.advance(market, state, STEPS);
    const prices = ticks.map(({ price }) => price);
    rows.push(row(minute, prices));
    state = after;
  }
  return `${rows.join("\n")}\n`;
};

if (import.meta.main) process.stdout.write(csv());
