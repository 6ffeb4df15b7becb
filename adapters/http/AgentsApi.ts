import { Agent as AgentMachine, Id, Money, RiskProfile } from "@strom/core";
import { Schema } from "effect";
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api";
import { idempotent } from "./IdempotencyKey.ts";
import { Identity } from "./Identity.ts";
import * as Page from "./Page.ts";
import * as Problem from "./Problem.ts";
import { Decimal, Instant, Symbol } from "./Wire.ts";

/** Something to see, and nothing that breaks a line or is half a character. */
const isReadable = (text: string): boolean =>
  /[^\p{White_Space}\p{Default_Ignorable_Code_Point}]/u.test(text) &&
  !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text);

const name = Schema.String.check(
  Schema.makeFilter(
    (text) =>
      (text.trim() === text && Array.from(text).length <= 100 && isReadable(text)) ||
      "a name is 1 to 100 characters that can be seen, without line breaks or spaces around it",
    { toJsonSchema: () => ({ minLength: 1, maxLength: 100 }) },
  ),
);

const mode = Schema.String.check(
  Schema.makeFilter(
    (text) =>
      text === "paper" ||
      (text === "live"
        ? 'live is reserved: agents trade on paper; it should be "paper"'
        : 'it should be "paper"'),
    { toJsonSchema: () => ({ enum: ["paper"] }) },
  ),
).annotate({ description: "paper; live is reserved" });

const frequency = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 86_400 })).annotate({
  description: "seconds between two ticks, 1 to 86400",
});

const universe = Schema.Struct({
  symbols: Schema.Array(Symbol)
    .check(
      Schema.makeFilter(
        (symbols: ReadonlyArray<string>) =>
          symbols.length >= 1 || "a universe needs at least one symbol, such as BTC-USD",
      ),
      Schema.isMaxLength(100),
      Schema.makeFilter((symbols: ReadonlyArray<string>) => {
        const twice = symbols.findIndex((symbol, index) => symbols.indexOf(symbol) !== index);
        return (
          twice < 0 || { path: [twice], issue: `${symbols[twice]} is in the universe twice; list it once` }
        );
      }),
    )
    .annotate({ description: "1 to 100 different symbols" }),
}).annotate({ identifier: "Universe" });

/** A strategy with its parameters; parameters left out get the strategy's defaults. */
const strategy = Schema.Struct({
  key: Schema.String,
  params: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
}).annotate({ identifier: "AgentStrategy" });

const strategies = Schema.Array(strategy).check(
  Schema.isMaxLength(20),
  Schema.makeFilter((list: ReadonlyArray<{ readonly key: string }>) => {
    const twice = list.findIndex(({ key }, index) => list.findIndex((other) => other.key === key) !== index);
    return (
      twice < 0 || {
        path: [twice, "key"],
        issue: `${JSON.stringify(list[twice]?.key)} is given twice; an agent has each strategy once`,
      }
    );
  }),
);

/** The column has two decimals, and rounds silently what has more. */
const rightCapital =
  'capital is a decimal string above zero and below 1000000000000 with at most 2 decimals, such as "100000.00"';
const capital = Schema.String.annotate({ message: rightCapital })
  .check(
    Schema.makeFilter(
      (text) => (/^(0|[1-9]\d{0,11})(\.\d{1,2})?$/.test(text) && !/^[0.]*$/.test(text)) || rightCapital,
      { toJsonSchema: () => ({ pattern: "^(0|[1-9]\\d{0,11})(\\.\\d{1,2})?$" }) },
    ),
  )
  .annotate({
    description: "paper capital, a decimal string with at most 2 decimals",
    examples: ["100000.00"],
  })
  .pipe(Schema.decodeTo(Money.CashFromString));

/** A new agent. Without strategies it stays CREATED until they are given. */
export const NewAgent = Schema.Struct({
  name,
  mode: Schema.optionalKey(mode),
  frequency_seconds: frequency,
  universe,
  strategies: Schema.optionalKey(strategies),
  risk_profile: Schema.optionalKey(RiskProfile.RiskProfile),
  capital,
}).annotate({ identifier: "NewAgent" });

/** What of an agent changes; what is left out stays. */
export const AgentChange = Schema.Struct({
  name: Schema.optionalKey(name),
  mode: Schema.optionalKey(mode),
  frequency_seconds: Schema.optionalKey(frequency),
  universe: Schema.optionalKey(universe),
  strategies: Schema.optionalKey(strategies),
  risk_profile: Schema.optionalKey(RiskProfile.RiskProfile),
  capital: Schema.optionalKey(capital),
})
  .check(
    Schema.makeFilter(
      (change: object) =>
        Object.keys(change).length > 0 ||
        "a change names at least one of name, mode, frequency_seconds, universe, strategies, risk_profile, capital",
    ),
  )
  .annotate({ identifier: "AgentChange" });

export const Agent = Schema.Struct({
  id: Id.AgentId,
  name: Schema.String,
  mode: Schema.Literal("paper"),
  frequency_seconds: Schema.Int,
  universe: Schema.Struct({ symbols: Schema.Array(Schema.String) }),
  strategies: Schema.Array(
    Schema.Struct({ key: Schema.String, params: Schema.Record(Schema.String, Schema.Unknown) }),
  ),
  strategy_ids: Schema.Array(Id.StrategyId),
  risk_profile: RiskProfile.RiskProfile,
  capital: Decimal,
  is_enabled: Schema.Boolean,
  status: AgentMachine.State,
  allowed: Schema.Array(Schema.String).annotate({
    description: "which of start, pause and stop the present status takes",
  }),
  seed: Schema.String,
  config_version: Schema.Int,
  last_error: Schema.NullOr(Schema.String),
  created_at: Instant,
  updated_at: Instant,
}).annotate({ identifier: "Agent" });

/** Where an agent stands. Fractions are of 1; what cannot be told yet is null. */
export const Stats = Schema.Struct({
  agent_id: Id.AgentId,
  status: AgentMachine.State,
  capital: Decimal,
  equity: Decimal,
  cash: Decimal,
  realized_pnl: Decimal,
  unrealized_pnl: Decimal,
  fees: Decimal,
  pnl: Decimal.annotate({ description: "equity less capital" }),
  return_fraction: Schema.Finite,
  drawdown: Schema.Finite.annotate({ description: "fraction of the peak equity, now" }),
  max_drawdown: Schema.Finite.annotate({ description: "of the hourly equity of the last 30 days, and now" }),
  win_rate: Schema.NullOr(Schema.Finite).annotate({
    description: "fraction of trades that closed with a gain; null before the first closing trade",
  }),
  sharpe: Schema.NullOr(Schema.Finite).annotate({
    description: "annualised from hourly equity; null under 24 hours or when equity never moved",
  }),
  open_positions: Schema.Int,
  fills: Schema.Int,
  closing_fills: Schema.Int,
  rejections: Schema.Record(Schema.String, Schema.Int),
  missed_ticks: Schema.Int,
  first_run_at: Schema.NullOr(Instant).annotate({
    description: "the tick its curve begins with; null before it",
  }),
  last_run_at: Schema.NullOr(Instant),
  unpriced: Schema.Array(
    Schema.Struct({ symbol: Schema.String, last_price_at: Schema.NullOr(Instant) }),
  ).annotate({
    description:
      "symbols of its universe that nothing is done on, for want of a price: the last one was older at the last run than three ticks and 10 s, or there never was one, which is null",
  }),
}).annotate({ identifier: "Stats" });

const params = { id: Id.AgentId };

const move = <const Name extends "start" | "pause" | "stop">(identifier: Name, summary: string) =>
  HttpApiEndpoint.post(identifier, `/v1/agents/:id/${identifier}`, {
    params,
    headers: idempotent,
    success: Agent,
    error: [Problem.NotFound, Problem.Conflict, ...Problem.unreadable],
  }).annotate(OpenApi.Summary, summary);

export class AgentsApi extends HttpApiGroup.make("agents")
  .add(
    HttpApiEndpoint.get("list", "/v1/agents", {
      query: { ...Page.query, status: Schema.optionalKey(AgentMachine.State) },
      success: Page.of(Agent),
    }).annotate(OpenApi.Summary, "The caller's agents, newest first"),
    HttpApiEndpoint.post("create", "/v1/agents", {
      headers: idempotent,
      payload: NewAgent,
      success: Agent.pipe(HttpApiSchema.status(201)),
      error: [Problem.Conflict, ...Problem.unreadable],
    }).annotate(OpenApi.Summary, "A new agent"),
    HttpApiEndpoint.get("find", "/v1/agents/:id", {
      params,
      success: Agent,
      error: [Problem.NotFound],
    }).annotate(OpenApi.Summary, "One agent"),
    HttpApiEndpoint.patch("change", "/v1/agents/:id", {
      params,
      payload: AgentChange,
      success: Agent,
      error: [Problem.NotFound, Problem.Conflict, ...Problem.unreadable],
    }).annotate(
      OpenApi.Summary,
      "Changes an agent; one that runs must be stopped before its universe, strategies or capital change; its frequency is fixed once it was started",
    ),
    HttpApiEndpoint.delete("archive", "/v1/agents/:id", {
      params,
      success: HttpApiSchema.NoContent,
      error: [Problem.NotFound, Problem.Conflict, ...Problem.unreadable],
    }).annotate(OpenApi.Summary, "Archives an agent that does not run; its books are kept"),
    move("start", "Starts an agent"),
    move("pause", "Pauses a running agent: nothing is approved until it is started again"),
    move("stop", "Stops an agent at once"),
    HttpApiEndpoint.get("stats", "/v1/agents/:id/stats", {
      params,
      success: Stats,
      error: [Problem.NotFound],
    }).annotate(OpenApi.Summary, "Equity, pnl, drawdown, win rate, Sharpe, fills and rejections"),
  )
  .middleware(Identity)
  .annotate(OpenApi.Title, "Agents") {}
