import type { Dice } from "@strom/apps/simulation/Dice.ts";
import { Predicate } from "effect";
import type * as JsonSchema from "effect/JsonSchema";
import type * as Contract from "./Contract.ts";
import * as Known from "./Known.ts";

/** Values a JSON Schema admits, with names taken for what they mean wherever a schema cannot say it. */

type Json = JsonSchema.JsonSchema;

export interface Context {
  readonly dice: Dice;
  readonly known: Known.Known;
  readonly definitions: Contract.Contract["definitions"];
  readonly user: Known.User;
}

export const uuid = (dice: Dice): string => {
  const hex = (length: number): string =>
    Array.from({ length }, () => dice.integer(0, 15).toString(16)).join("");
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
};

const instant = (dice: Dice): string =>
  new Date(Date.now() + dice.pick([-86_400_000, -60_000, -1_000, 0, 1_000])).toISOString();

const decimal = (dice: Dice): string => `${dice.integer(1, 99_999)}.${dice.integer(10, 99)}`;

const symbol = ({ dice, known }: Context): string => dice.pick(known.symbols);

const quote = (context: Context) => ({
  symbol: context.dice.pick(["FUZZ:A", "FUZZ:B"]),
  ts: new Date().toISOString(),
  price: decimal(context.dice),
});

/** What a name stands for here. */
const byName: Readonly<Record<string, (context: Context) => unknown>> = {
  symbol,
  symbols: (context) => [
    ...new Set(Array.from({ length: context.dice.integer(1, 3) }, () => symbol(context))),
  ],
  capital: ({ dice }) => `${dice.integer(1, 9)}00000.00`,
  frequency_seconds: ({ dice }) => dice.pick([1, 5, 60, 86_400]),
  key: ({ dice, known }) => dice.pick(known.strategies),
  params: () => ({}),
  strategies: ({ dice, known }) => [{ key: dice.pick(known.strategies) }],
  prices: (context) => Array.from({ length: context.dice.integer(1, 4) }, () => quote(context)),
  code: ({ dice, known }) => Known.oneOf(dice, known.codes, () => "no-such-code"),
  chat_id: ({ dice }) => dice.integer(1, 30),
  telegram_user_id: ({ dice }) => dice.integer(1, 30),
  position: ({ dice, known }) => Known.oneOf(dice, known.eventIds, () => "0.0"),
  limit: ({ dice }) => String(dice.pick([1, 2, 50, 200])),
};

const number = (schema: Json, name: string): number | undefined => {
  const value = schema[name];
  return Predicate.isNumber(value) ? value : undefined;
};

const list = (value: unknown): ReadonlyArray<Json> =>
  Array.isArray(value) ? value.filter(Predicate.isObject) : [];

const properties = (schema: Json): ReadonlyArray<readonly [string, Json]> =>
  Object.entries(Predicate.isObject(schema["properties"]) ? schema["properties"] : {}).flatMap(
    ([name, inner]) => (Predicate.isObject(inner) ? [[name, inner] as const] : []),
  );

const text = (schema: Json, { dice, user }: Context): string => {
  if (schema["format"] === "uuid") return Known.oneOf(dice, user.agents, () => uuid(dice));
  if (schema["format"] === "date-time") return instant(dice);
  const length = Math.max(
    number(schema, "minLength") ?? 0,
    Math.min(number(schema, "maxLength") ?? 20, dice.integer(1, 20)),
  );
  return Array.from({ length }, () => dice.pick(["a", "z", "é", "木", "7", "-"])).join("");
};

const amount = (schema: Json, { dice }: Context): number => {
  const low = number(schema, "minimum") ?? number(schema, "exclusiveMinimum") ?? -1_000;
  const high = number(schema, "maximum") ?? 1_000;
  if (schema["type"] === "integer") return dice.integer(Math.max(low, -(2 ** 40)), Math.min(high, 2 ** 40));
  const value = dice.pick([low + (high - low) * dice.uniform(), high, Math.min(high, 1), Math.min(high, 50)]);
  return Math.round(value * 100) / 100 || high;
};

const record = (schema: Json, context: Context): Record<string, unknown> => {
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  const chosen = properties(schema).filter(
    ([name]) => required.includes(name) || context.dice.uniform() < (name === "strategies" ? 0.9 : 0.3),
  );
  return Object.fromEntries(chosen.map(([name, inner]) => [name, value(inner, context, name)]));
};

const array = (schema: Json, context: Context): ReadonlyArray<unknown> => {
  const least = number(schema, "minItems") ?? 0;
  const most = Math.min(number(schema, "maxItems") ?? 3, least + 2);
  const items = schema["items"];
  return Array.from({ length: context.dice.integer(least, Math.max(least, most)) }, () =>
    Predicate.isObject(items) ? value(items, context, "") : context.dice.integer(0, 9),
  );
};

/** A value of a schema; `name` is what the property or parameter that holds it is called. */
export const value = (schema: Json, context: Context, name: string): unknown => {
  const meant = byName[name];
  if (meant !== undefined) return meant(context);
  if (Predicate.isString(schema["$ref"])) {
    const found = context.definitions[schema["$ref"].split("/").at(-1) ?? ""];
    return found === undefined ? null : value(found, context, name);
  }
  const [first, ...others] = list(schema["allOf"]);
  if (first !== undefined) {
    return value(Object.assign({}, ...others, first, { ...schema, allOf: [] }), context, name);
  }
  const either = list(schema["anyOf"]);
  if (either.length > 0) return value(context.dice.pick(either), context, name);
  if (Array.isArray(schema["enum"])) return context.dice.pick(schema["enum"]);
  switch (schema["type"]) {
    case "object":
      return record(schema, context);
    case "array":
      return array(schema, context);
    case "string":
      return text(schema, context);
    case "integer":
    case "number":
      return amount(schema, context);
    case "boolean":
      return context.dice.uniform() < 0.5;
    default:
      return null;
  }
};
