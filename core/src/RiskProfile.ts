import { Schema } from "effect";

/**
 * The limits of an agent, exactly the JSON of `agents.risk_profile`. A percentage of 1.0 is one hundredth; it has
 * at most 6 decimals and is used as the exact ratio it says, never as a float.
 */
const percent = (maximum: number, description: string) =>
  number(
    (n) => n > 0 && n <= maximum && isMillionths(n),
    `a percentage above 0 and at most ${maximum}, with at most 6 decimals, is needed`,
    { type: "number", exclusiveMinimum: 0, maximum },
    description,
  );

const number = (
  isValid: (n: number) => boolean,
  message: string,
  jsonSchema: { readonly type: "integer" | "number"; readonly [keyword: string]: unknown },
  description: string,
) =>
  Schema.Finite.annotate({ message })
    .check(Schema.makeFilter(isValid, { message, toJsonSchema: () => jsonSchema }))
    .annotate({ description });

const count = (minimum: number, maximum: number, description: string) =>
  number(
    (n) => Number.isInteger(n) && n >= minimum && n <= maximum,
    `a whole number from ${minimum} to ${maximum} is needed`,
    { type: "integer", minimum, maximum },
    description,
  );

const isMillionths = (n: number): boolean => Math.round(n * 1e6) / 1e6 === n;

const lot = number(
  (n) => n > 0 && n <= 1e9 && isMillionths(n),
  "a lot above 0 and at most 1000000000, with at most 6 decimals, is needed",
  { type: "number", exclusiveMinimum: 0, maximum: 1e9 },
  "Orders that open are whole multiples of this. Default 0.000001",
);

export const RiskProfile = Schema.Struct({
  max_risk_per_trade_pct: percent(
    100,
    "Of the equity at the decision: the most an order may put at risk, its notional times the stop distance. It also sizes the order: the largest lot multiple within it",
  ),
  max_daily_loss_pct: percent(
    100,
    "Of the equity at the first mark of the slot's UTC day: opening stops while this much is lost, until the next UTC midnight",
  ),
  max_open_positions: count(1, 1_000, "Symbols held or ordered at once, the new one included"),
  cooldown_seconds: count(
    0,
    31_536_000,
    "Since the agent's last fill in the symbol, before opening in it again",
  ),
  max_notional_exposure_pct: percent(
    1_000,
    "Of the equity at the decision: the most the sum of all positions at their marks may be, the new one included",
  ),
  allow_short: Schema.optionalKey(
    Schema.Boolean.annotate({
      description:
        "Selling what is not held, and opening beyond the cash at hand. Default false: long only, unlevered",
    }),
  ),
  stop_distance_pct: Schema.optionalKey(
    percent(
      100,
      "How far a stop is taken to be when sizing. Default: the nearest protective stop, else 100, the whole notional",
    ),
  ),
  max_drawdown_pct: Schema.optionalKey(
    percent(100, "Of the peak equity: opening stops while equity is this far below it"),
  ),
  stop_loss_pct: Schema.optionalKey(
    percent(100, "Of the cost of a position: it is closed at a loss of this"),
  ),
  take_profit_pct: Schema.optionalKey(
    percent(100_000, "Of the cost of a position: it is closed at a gain of this"),
  ),
  trailing_stop_pct: Schema.optionalKey(
    percent(100, "Of the best mark since a position was opened: it is closed this far behind it"),
  ),
  lot_size: Schema.optionalKey(lot),
});

/** A decoded profile has the same field names as its JSON. */
export type RiskProfile = typeof RiskProfile.Type;

/** The profile of the product's examples: 1 % a trade, 3 % a day, three positions, half a minute, no leverage. */
export const standard: RiskProfile = {
  max_risk_per_trade_pct: 1,
  max_daily_loss_pct: 3,
  max_open_positions: 3,
  cooldown_seconds: 30,
  max_notional_exposure_pct: 100,
};
