import { Data, Result, Schema } from "effect";
import type { StrategyChoice } from "./AgentSpec.ts";
import * as Catalog from "./Catalog.ts";
import * as Money from "./Money.ts";
import type { Problem } from "./Problem.ts";
import * as Problems from "./Problem.ts";
import * as RiskProfile from "./RiskProfile.ts";

/** What a user asks for, decoded: `POST /v1/agents`. */
export interface Configuration {
  readonly name: string;
  readonly mode: "paper";
  readonly frequencySeconds: number;
  readonly symbols: ReadonlyArray<string>;
  readonly strategies: ReadonlyArray<StrategyChoice>;
  readonly risk: RiskProfile.RiskProfile;
  readonly capital: Money.Cash;
}

/** A configuration that cannot be, with every problem found: where, and what would be right. */
export class ConfigurationInvalid extends Data.TaggedError("ConfigurationInvalid")<{
  readonly errors: ReadonlyArray<Problem>;
}> {
  override get message(): string {
    return Problems.sentence(this.errors);
  }
}

/** A canonical symbol, such as `NSE:NIFTY50-INDEX`. */
export const SYMBOL = /^[A-Z0-9][A-Z0-9:._/-]{0,63}$/;
export const MAX_SYMBOLS = 100;
export const MAX_STRATEGIES = 16;
/** A week. */
export const MAX_FREQUENCY_SECONDS = 604_800;

const valid = <A>(isValid: (value: A) => boolean, needed: string) =>
  Schema.makeFilter((value: A) => isValid(value) || needed, { message: needed });

const Text = Schema.String.annotate({ message: "a text is needed" });

const SYMBOL_NEEDED =
  "1 to 64 of A-Z, 0-9 and : . _ / - are needed, a letter or digit first, such as NSE:NIFTY50-INDEX";

/** One check for all that can be wrong with a list of symbols, so that nothing hides behind something else. */
const symbolProblems = (symbols: ReadonlyArray<string>) => {
  if (symbols.length < 1 || symbols.length > MAX_SYMBOLS) return `1 to ${MAX_SYMBOLS} symbols are needed`;
  return symbols.flatMap((symbol, index) => {
    const first = symbols.indexOf(symbol);
    if (!SYMBOL.test(symbol)) return [{ path: [index], issue: SYMBOL_NEEDED }];
    if (first < index)
      return [{ path: [index], issue: `a symbol once is enough, it stands at ${first} already` }];
    return [];
  });
};

/** `agents.universe`. */
export const Universe = Schema.Struct({
  symbols: Schema.Array(Text).check(Schema.makeFilter(symbolProblems)),
});

const FREQUENCY_NEEDED = `a whole number of seconds from 1 to ${MAX_FREQUENCY_SECONDS} is needed`;

/** `agents.frequency_seconds`. */
export const Frequency = Schema.Finite.annotate({ message: FREQUENCY_NEEDED }).check(
  valid((n: number) => Number.isInteger(n) && n >= 1 && n <= MAX_FREQUENCY_SECONDS, FREQUENCY_NEEDED),
);

/** `agents.capital`. */
export const Capital = Money.CashFromString.check(
  valid(
    (amount: Money.Cash) => amount > 0n && Money.roundTo(amount, 2) === amount,
    'an amount above zero with at most 2 decimals is needed, such as "100000.00"',
  ),
);

const Mode = Text.check(
  valid((mode: string) => mode === "paper", '"paper" is needed; "live" is reserved'),
).pipe(Schema.decodeTo(Schema.Literal("paper")));

const Name = Text.check(
  valid(
    (name: string) => name.trim() !== "" && Array.from(name).length <= 100,
    "a name of 1 to 100 characters is needed",
  ),
);

const Choice = Schema.Struct({
  key: Text,
  params: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
});

const Choices = Schema.Array(Choice).check(
  valid(
    (choices: ReadonlyArray<unknown>) => choices.length >= 1 && choices.length <= MAX_STRATEGIES,
    `1 to ${MAX_STRATEGIES} strategies are needed`,
  ),
);

/** The JSON of the API, before its strategies are looked up. */
export const Json = Schema.Struct({
  name: Name,
  mode: Mode,
  frequency_seconds: Frequency,
  universe: Universe,
  strategies: Choices,
  risk_profile: RiskProfile.RiskProfile,
  capital: Capital,
});

const decodeJson = Problems.decoder(Json);
const decodeChoices = Problems.decoder(Schema.Struct({ strategies: Choices }));

/**
 * Decodes a configuration as in the API. Strategies are looked up in the catalog and their parameters decoded, the
 * defaults filled in. Every problem is reported, whichever field it is in.
 */
export const decode = (
  catalog: Catalog.Catalog,
  input: unknown,
): Result.Result<Configuration, ConfigurationInvalid> => {
  const json = decodeJson(input);
  // The strategies are looked at even when another field is wrong, so that all problems are told at once.
  const given = Result.isSuccess(json) ? json : decodeChoices({ strategies: strategiesOf(input) });
  const [strategies, unknown] = lookUp(catalog, Result.isSuccess(given) ? given.success.strategies : []);
  if (Result.isFailure(json) || unknown.length > 0) {
    const errors = [...(Result.isFailure(json) ? json.failure : []), ...unknown];
    return Result.fail(new ConfigurationInvalid({ errors }));
  }
  const { name, mode, frequency_seconds, universe, risk_profile, capital } = json.success;
  return Result.succeed({
    name,
    mode,
    frequencySeconds: frequency_seconds,
    symbols: universe.symbols,
    strategies,
    risk: risk_profile,
    capital,
  });
};

const strategiesOf = (input: unknown): unknown =>
  typeof input === "object" && input !== null ? Reflect.get(input, "strategies") : undefined;

/** The strategies of a catalog by key, each once, and what is wrong with them. */
const lookUp = (
  catalog: Catalog.Catalog,
  choices: ReadonlyArray<typeof Choice.Type>,
): readonly [ReadonlyArray<StrategyChoice>, ReadonlyArray<Problem>] => {
  const found: Array<StrategyChoice> = [];
  const problems: Array<Problem> = [];
  choices.forEach(({ key, params = {} }, index) => {
    const path = `strategies.${index}`;
    const refuse = (field: string, message: string) => problems.push({ path: `${path}.${field}`, message });
    const strategy = Catalog.find(catalog, key);
    if (strategy === undefined) {
      const keys = catalog.strategies.map((known) => known.key).join(", ");
      refuse("key", `${Problems.shown(key)} is refused: no such strategy, there is ${keys}`);
      return;
    }
    if (choices.findIndex((other) => other.key === key) < index) {
      refuse("key", `${Problems.shown(key)} is refused: a strategy once is enough`);
      return;
    }
    const decoded = strategy.decodeParams(params);
    if (Result.isFailure(decoded)) {
      for (const { path: field, message } of decoded.failure.errors) {
        refuse(field === "" ? "params" : `params.${field}`, message);
      }
      return;
    }
    found.push({ strategyId: strategy.id, key, params: asRecord(decoded.success) });
  });
  return [found, problems];
};

/** Decoded parameters are plain JSON: an object with a name for each. */
const asRecord = (params: unknown): { readonly [name: string]: unknown } =>
  typeof params === "object" && params !== null ? { ...params } : {};

/** The JSON of the API: `decode(catalog, encode(configuration))` is the configuration. */
export const encode = (configuration: Configuration) => ({
  name: configuration.name,
  mode: configuration.mode,
  frequency_seconds: configuration.frequencySeconds,
  universe: { symbols: configuration.symbols },
  strategies: configuration.strategies.map(({ key, params }) => ({ key, params })),
  risk_profile: configuration.risk,
  capital: Money.formatFixed(configuration.capital, 2),
});
