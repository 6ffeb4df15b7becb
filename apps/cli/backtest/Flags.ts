import * as StrategyFile from "@strom/adapters/files/StrategyFile.ts";
import type { Strategy } from "@strom/core";
import { Backtest, Catalog, Columns, FillModel, Money } from "@strom/core";
import { Timestamp } from "@strom/core/files";
import type { Result } from "effect";
import { Effect, Option, Schema } from "effect";
import { Flag } from "effect/cli";
import { isSymbol } from "../../Config.ts";
import * as BarFlags from "../BarFlags.ts";
import * as Given from "../Given.ts";
import * as Json from "../Json.ts";
import * as Nearest from "../Nearest.ts";
import { InputRefused, refuse } from "../Refusal.ts";

/** What backtest, sweep and walkforward are asked for, and how it is read. */

const optional = <A>(flag: Flag.Flag<A>, description: string) =>
  flag.pipe(Flag.withDescription(description), Flag.optional);

const SYMBOL = "a symbol, 1 to 40 of A-Z, 0-9 and . _ : / -, such as BTC-USD";

export const shared = {
  data: Given.text("data", BarFlags.FILE).pipe(
    Flag.withDescription("A file of bars, CSV or Parquet; again for each further symbol"),
    Flag.atLeast(1),
  ),
  symbol: optional(
    Given.text("symbol", SYMBOL, isSymbol),
    "The symbol of a single file, if not the one it names",
  ),
  interval: optional(
    Flag.String("interval"),
    "Makes longer bars of those in the file: 5m, 1h, 1d, 1w; without it, those of the file",
  ),
  from: optional(Flag.String("from"), "First day or instant traded, UTC; the bars before it warm up"),
  to: optional(Flag.String("to"), "Last day or instant traded, UTC"),
  capital: Flag.String("capital").pipe(
    Flag.withDescription("Paper capital; default 100000"),
    Flag.withDefault("100000"),
  ),
  fillAt: Flag.Literals("fill-at", ["close", "next_open"]).pipe(
    Flag.withDescription(
      "Orders are filled at the close decided on, or at the next bar's open; default close",
    ),
    Flag.withDefault("close"),
  ),
  risk: Json.flag(
    "risk",
    'Limits as JSON, over nearly the whole account in every position: {"max_risk_per_trade_pct": 10, "stop_loss_pct": 5}',
  ),
  fill: Json.flag(
    "costs",
    'Costs as JSON, over half_spread_bps 1, slippage_bps 1, fee_bps 2: {"fee_bps": 10, "minimum_fee": "1"}',
  ),
  seed: Flag.String("seed").pipe(
    Flag.withDescription("Dice of the fill model; default 42"),
    Flag.withDefault("42"),
  ),
  ...BarFlags.flags,
} as const;

/** The values of the flags above. */
export interface Asked extends BarFlags.Asked {
  readonly data: ReadonlyArray<string>;
  readonly symbol: Option.Option<string>;
  readonly interval: Option.Option<string>;
  readonly from: Option.Option<string>;
  readonly to: Option.Option<string>;
  readonly capital: string;
  readonly fillAt: "close" | "next_open";
  readonly risk: Option.Option<unknown>;
  readonly fill: Option.Option<unknown>;
  readonly seed: string;
}

/** What is asked for, without the strategies. */
export type Read = Omit<Backtest.Options, "strategies" | "catalog" | "bars" | "seed"> & {
  readonly bars: ReadonlyArray<Columns.Columns>;
  readonly seed: bigint;
};

const stop = (message: string) => Effect.fail(new InputRefused({ message }));

const MS_PER_DAY = 86_400_000;

const unitsMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: MS_PER_DAY,
  w: 604_800_000,
};

/** `5m` in milliseconds. */
const intervalMs = (text: string) => {
  const match = /^([1-9]\d{0,4})([smhdw])$/.exec(text);
  const unit = unitsMs[match?.[2] ?? ""];
  return unit === undefined
    ? stop(`--interval ${text}: a number and a unit are needed, such as 5m, 1h, 1d or 1w`)
    : Effect.succeed(Number(match?.[1]) * unit);
};

const isDay = (text: string): boolean => /^\d{4}-?\d{2}-?\d{2}$/.test(text);

/** A day or an instant. */
const instant = (flag: string, text: string) =>
  Effect.fromResult(Timestamp.parse(text)).pipe(
    Effect.catch((reason) => stop(`--${flag} ${text}: ${reason}`)),
  );

/** A bar that ends just when the first day begins belongs to the day before it. */
const beginning = (text: string) => Effect.map(instant("from", text), (at) => (isDay(text) ? at + 1 : at));

/** A last day is traded to its end. */
const ending = (text: string) =>
  Effect.map(instant("to", text), (at) => (isDay(text) ? at + MS_PER_DAY : at));

const record = Schema.decodeUnknownEffect(Schema.Record(Schema.String, Schema.Unknown));

/** The value of a flag of JSON that is to be an object. */
export const object = (flag: string, value: unknown) =>
  record(value).pipe(Effect.catch(() => stop(`--${flag}: a JSON object is needed, such as {}`)));

const fillOf = Effect.fnUntraced(function* (value: unknown) {
  const given = yield* object("costs", value);
  const standard = { ...FillModel.standard, minimum_fee: Money.format(FillModel.standard.minimum_fee) };
  return yield* Effect.fromResult(FillModel.decode({ ...standard, ...given })).pipe(
    Effect.catch((problems) =>
      stop(problems.map(({ path, message }) => `--costs: ${path}: ${message}`).join("\n")),
    ),
  );
});

const seedOf = (text: string) =>
  /^\d{1,19}$/.test(text)
    ? Effect.succeed(BigInt(text))
    : stop(`--seed ${text}: a whole number of at most 19 digits is needed`);

/** The bars of every file, and all else that is common to the three commands. */
export const read = Effect.fnUntraced(function* (asked: Asked): Effect.fn.Return<Read, InputRefused> {
  const { data, symbol, capital, fillAt } = asked;
  if (Option.isSome(symbol) && data.length > 1) {
    return yield* stop(
      "--symbol: with several files each one's symbol is its own; name the files after them",
    );
  }
  const series = yield* Effect.forEach(data, (file) =>
    BarFlags.read(file, asked, Option.getOrUndefined(symbol)),
  );
  const risk = Option.isSome(asked.risk) ? yield* object("risk", asked.risk.value) : {};
  return {
    bars: series.map((one) => Columns.fromBars(one.symbol, one.bars)),
    intervalMs: Option.isSome(asked.interval) ? yield* intervalMs(asked.interval.value) : undefined,
    from: Option.isSome(asked.from) ? yield* beginning(asked.from.value) : undefined,
    to: Option.isSome(asked.to) ? yield* ending(asked.to.value) : undefined,
    capital,
    fillAt,
    risk: { ...Backtest.wholeAccount, ...risk },
    fill: Option.isSome(asked.fill) ? yield* fillOf(asked.fill.value) : undefined,
    seed: yield* seedOf(asked.seed),
  };
});

/** A strategy as it is named, by its key, or by a file and, where that has several, `FILE#KEY`; and its file. */
export const strategyAndFile = Effect.fnUntraced(function* (
  named: string,
): Effect.fn.Return<{ readonly strategy: Strategy.Any; readonly file: string | null }, InputRefused> {
  const [path = "", key] = named.split("#");
  if (!/[/\\]|\.[cm]?[jt]s$/.test(path)) {
    const known = Catalog.builtIn.find((one) => one.key === named);
    if (known !== undefined) return { strategy: known, file: null };
    const keys = Catalog.builtIn.map((one) => one.key);
    const near = Nearest.of(named, keys);
    return yield* stop(
      `--strategy ${named}: ${near === undefined ? "" : `did you mean ${near}? `}there are ${keys.join(", ")}; or name a file, such as ./my-strategy.ts`,
    );
  }
  const found = yield* StrategyFile.load(path).pipe(Effect.mapError(refuse));
  const [only, ...others] = key === undefined ? found : found.filter((one) => one.key === key);
  if (only !== undefined && others.length === 0) return { strategy: only, file: path };
  return yield* stop(
    `--strategy ${named}: the file holds ${found.map((one) => one.key).join(", ")}; name one, as in ${path}#${found[0]?.key}`,
  );
});

export const strategy = (named: string) => Effect.map(strategyAndFile(named), (found) => found.strategy);

export type Span = Pick<Asked, "from" | "to">;

/** The core names options as a program writes them; here they are flags. */
const flagOf: Readonly<Record<string, string>> = {
  capital: "--capital",
  from: "--from",
  to: "--to",
  trainBars: "--train",
  testBars: "--test",
};

/** Days and instants as they were asked for, by how the core writes what was made of them. */
const spoken = ({ from, to }: Span) =>
  Effect.gen(function* () {
    const iso = (at: number): string => new Date(at).toISOString();
    return [
      ...(Option.isSome(from) ? [[iso(yield* beginning(from.value)), from.value] as const] : []),
      ...(Option.isSome(to) ? [[iso(yield* ending(to.value)), to.value] as const] : []),
    ];
  });

/** Fails with the sentences of a backtest that cannot be run. */
export const orRefuse = <A>(result: Result.Result<A, Backtest.BacktestInvalid>, asked: Span) =>
  Effect.fromResult(result).pipe(
    Effect.catch(({ errors }) =>
      Effect.flatMap(spoken(asked), (words) =>
        stop(
          errors
            .map(({ path, message }) => (path === "" ? message : `${flagOf[path] ?? path}: ${message}`))
            .map((line) => words.reduce((text, [at, word]) => text.replaceAll(at, word), line))
            .join("\n"),
        ),
      ),
    ),
  );
