import { Data, Result } from "effect";
import type { AgentSpec, StrategyChoice } from "../AgentSpec.ts";
import type { Bar } from "../Bar.ts";
import * as Catalog from "../Catalog.ts";
import type { Columns } from "../Columns.ts";
import * as FillModel from "../FillModel.ts";
import * as Id from "../Id.ts";
import * as Money from "../Money.ts";
import type { Problem } from "../Problem.ts";
import * as Problems from "../Problem.ts";
import * as RiskProfile from "../RiskProfile.ts";
import * as Slot from "../Slot.ts";
import type * as Strategy from "../Strategy.ts";
import * as BarData from "./BarData.ts";
import * as Given from "./Given.ts";
import * as Names from "./Names.ts";

/** When an approved order is filled: at the close that was decided on, or at the open of the symbol's next bar. */
export type FillAt = "close" | "next_open";

/** A backtest as it is asked for. */
export interface Options {
  /** The bars of each symbol, oldest first, each symbol once; its order is the universe's. */
  readonly bars: ReadonlyArray<Columns | ReadonlyArray<Bar>>;
  /** A strategy or its key in the catalog, with its parameters; what is left out is its default. */
  readonly strategies: ReadonlyArray<{ readonly strategy: string | Strategy.Any; readonly params?: unknown }>;
  readonly catalog?: Catalog.Catalog | undefined;
  /** Default `wholeAccount`. */
  readonly risk?: RiskProfile.RiskProfile | undefined;
  /** Above zero, at most 2 decimals. Default "100000". */
  readonly capital?: string | undefined;
  readonly fill?: FillModel.Params | undefined;
  /** Dice of the fill model: a whole number from 0 that fits 64 bits. Default 42. */
  readonly seed?: bigint | number | undefined;
  readonly fillAt?: FillAt | undefined;
  /** Bars of this length are made of those given, which must fit in it. */
  readonly intervalMs?: number | undefined;
  /** Bars that end before this only warm the strategies up; ms since the epoch. */
  readonly from?: number | undefined;
  /** Bars that end after this are not looked at; ms since the epoch. */
  readonly to?: number | undefined;
  /** Named in ids, and sets the phase of its slots: for comparing with a live agent. */
  readonly agentId?: Id.AgentId | undefined;
}

/** A backtest that cannot be run, with every problem found. */
export class BacktestInvalid extends Data.TaggedError("BacktestInvalid")<{
  readonly errors: ReadonlyArray<Problem>;
}> {
  override get message(): string {
    return Problems.sentence(this.errors);
  }
}

/**
 * Nearly the whole account in every position, five percent left for costs, and no other limit. Sized by the whole
 * notional whatever stops are added to it, for by a stop nearby it would be sized beyond the account.
 */
export const wholeAccount: RiskProfile.RiskProfile = {
  max_risk_per_trade_pct: 95,
  max_daily_loss_pct: 100,
  max_open_positions: 1_000,
  cooldown_seconds: 0,
  max_notional_exposure_pct: 100,
  stop_distance_pct: 100,
};

/** One strategy of a run. */
export interface Speaker {
  readonly choice: StrategyChoice;
  readonly strategy: Strategy.Any;
  readonly params: unknown;
}

/** The bars of one symbol: those before `start` only warm up, those from `end` are not looked at. */
export interface Lane {
  readonly columns: Columns;
  readonly start: number;
  readonly end: number;
}

/** A backtest that can be run. */
export interface Plan {
  readonly spec: AgentSpec;
  readonly speakers: ReadonlyArray<Speaker>;
  readonly lanes: ReadonlyArray<Lane>;
  readonly fillAt: FillAt;
  /** The shortest distance between the ends of two bars of a symbol. */
  readonly intervalMs: number;
  /** The agent's phase, for the numbers of its slots. */
  readonly phaseMs: number;
}

const AGENT = Id.derive("agent", "backtest");

/** Checks what is asked for. All problems are reported, those of bars with symbol, index and field. */
export const make = (options: Options): Result.Result<Plan, BacktestInvalid> => {
  const odd = Given.optionsProblem(options);
  if (odd !== undefined) return Result.fail(new BacktestInvalid({ errors: [odd] }));
  const errors: Array<Problem> = [...Names.strangers(options, Names.ofBacktest)];
  const columns = BarData.read(options.bars, options.intervalMs, errors);
  const speakers = speakersOf(options, errors);
  const risk = options.risk ?? wholeAccount;
  report(errors, "risk", decodeRisk(risk));
  const capital = Money.parseCash(options.capital ?? "100000");
  if (
    Result.isFailure(capital) ||
    capital.success <= 0n ||
    Money.roundTo(capital.success, 2) !== capital.success
  ) {
    const given = Problems.shown(options.capital);
    errors.push({
      path: "capital",
      message: `${given} is refused: an amount above zero and below 1000000000000, with at most 2 decimals, is needed`,
    });
  }
  const fill = FillModel.decode(asJson(options.fill ?? FillModel.standard));
  report(errors, "fill", fill);
  const seed = seedOf(options.seed ?? 42n, errors);
  const { fillAt = "close", from, to } = options;
  if (fillAt !== "close" && fillAt !== "next_open") {
    errors.push({
      path: "fillAt",
      message: `${Problems.shown(fillAt)} is refused: "close" or "next_open" is needed`,
    });
  }
  const span = BarData.spanProblem(columns, from, to);
  const lanes = span === undefined ? columns.map((one) => BarData.lane(one, from, to)) : [];
  if (span !== undefined) errors.push(span);
  else for (const lane of lanes) errors.push(...tooShort(lane, speakers));
  if (errors.length > 0 || Result.isFailure(capital) || Result.isFailure(fill))
    return Result.fail(new BacktestInvalid({ errors }));
  const id = options.agentId ?? (AGENT as Id.AgentId);
  const intervalMs = Math.min(...lanes.map(({ columns: one }) => BarData.interval(one)));
  return Result.succeed({
    spec: {
      id,
      seed,
      frequencySeconds: intervalMs / 1000,
      symbols: columns.map(({ symbol }) => symbol),
      strategies: speakers.map(({ choice }) => choice),
      risk,
      capital: capital.success,
      fill: fill.success,
    },
    speakers,
    lanes,
    fillAt,
    intervalMs,
    phaseMs: Slot.phaseMs(id, intervalMs / 1000),
  });
};

/** The JSON form of a fill model; plain JavaScript may give its fee as text right away. */
const asJson = (fill: FillModel.Params): unknown => {
  const fee: unknown = fill.minimum_fee;
  return typeof fee === "bigint" ? { ...fill, minimum_fee: Money.format(fee) } : fill;
};

const seedOf = (seed: bigint | number, errors: Array<Problem>): bigint => {
  const whole = typeof seed === "bigint" || Number.isSafeInteger(seed) ? BigInt(seed) : -1n;
  if (BigInt.asUintN(64, whole) === whole) return whole;
  const message = `${Problems.shown(seed)} is refused: a whole number from 0 that fits 64 bits is needed`;
  errors.push({ path: "seed", message });
  return 0n;
};

const decodeRisk = Problems.decoder(RiskProfile.RiskProfile);

const report = (
  errors: Array<Problem>,
  at: string,
  decoded: Result.Result<unknown, ReadonlyArray<Problem>>,
): void => {
  if (Result.isSuccess(decoded)) return;
  for (const { path, message } of decoded.failure)
    errors.push({ path: path === "" ? at : `${at}.${path}`, message });
};

const builtIn = Catalog.make(Catalog.builtIn);

const speakersOf = (options: Options, errors: Array<Problem>): ReadonlyArray<Speaker> => {
  const catalog = options.catalog ?? builtIn;
  const found: Array<Speaker> = [];
  if (!Given.isList(options.strategies) || options.strategies.length === 0) {
    errors.push({ path: "strategies", message: "a list of at least one strategy is needed" });
    return found;
  }
  const odd = Given.catalogProblem(options.catalog);
  if (odd !== undefined) {
    errors.push(odd);
    return found;
  }
  options.strategies.forEach((given, index) => {
    const path = `strategies.${index}`;
    const named = Given.isObject(given) ? given.strategy : undefined;
    if (named === undefined || (typeof named !== "string" && !Given.isStrategy(named))) {
      const message =
        named === undefined
          ? 'a strategy or its key is needed: { strategy: "ema_crossover" }'
          : `${Problems.shown(named)} is refused: a key, or a strategy that Strategy.make made, is needed`;
      errors.push({ path: `${path}.strategy`, message });
      return;
    }
    errors.push(...Names.strangers(given, Names.ofStrategy, `${path}.`));
    const { params = {} } = given;
    const strategy = typeof named === "string" ? Catalog.find(catalog, named) : named;
    if (strategy === undefined) {
      const keys = catalog.strategies.map(({ key }) => key).join(", ");
      errors.push({
        path,
        message: `${Problems.shown(named)} is refused: no such strategy, there is ${keys}`,
      });
      return;
    }
    if (found.some(({ choice }) => choice.key === strategy.key)) {
      errors.push({ path, message: `${strategy.key} is refused: a strategy once is enough` });
      return;
    }
    const decoded = strategy.decodeParams(params);
    if (Result.isFailure(decoded)) {
      for (const { path: field, message } of decoded.failure.errors) {
        errors.push({ path: `${path}.params${field === "" ? "" : `.${field}`}`, message });
      }
      return;
    }
    const written =
      typeof decoded.success === "object" && decoded.success !== null ? { ...decoded.success } : {};
    const choice = { strategyId: strategy.id, key: strategy.key, params: written };
    found.push({ choice, strategy, params: decoded.success });
  });
  return found;
};

const tooShort = ({ columns, end }: Lane, speakers: ReadonlyArray<Speaker>): ReadonlyArray<Problem> =>
  speakers.flatMap(({ strategy, params }) => {
    const warmup = strategy.warmup(params);
    return end > warmup
      ? []
      : [
          {
            path: `bars.${columns.symbol}`,
            message: `${end} bars are too few: ${strategy.key} is silent on the first ${warmup}`,
          },
        ];
  });
