import { Result } from "effect";
import * as fc from "fast-check";
import type { Any as Strategy } from "../Strategy.ts";

/** Arbitrary parameters of a strategy, out of the JSON Schema it publishes. */

/** Whole numbers are drawn this close above their minimum: windows that fit into short series. */
const REACH = 12;

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const fieldOf = (schema: unknown): fc.Arbitrary<unknown> | undefined => {
  if (!isRecord(schema)) return undefined;
  if (Array.isArray(schema["enum"]) && schema["enum"].length > 0) return fc.constantFrom(...schema["enum"]);
  const minimum = typeof schema["minimum"] === "number" ? schema["minimum"] : undefined;
  const maximum = typeof schema["maximum"] === "number" ? schema["maximum"] : undefined;
  switch (schema["type"]) {
    case "boolean":
      return fc.boolean();
    case "integer": {
      const low = Math.ceil(minimum ?? 1);
      return fc.integer({ min: low, max: Math.min(Math.floor(maximum ?? low + REACH), low + REACH) });
    }
    case "number": {
      const low = minimum ?? 0;
      const high = maximum ?? low + 10;
      // A grid of hundredths: numbers that a person could have written.
      return fc.nat(100).map((part) => low + ((high - low) * part) / 100);
    }
    default:
      return undefined;
  }
};

/** The parameters that can be drawn, by name. */
export const fieldsOf = (strategy: Strategy): Readonly<Record<string, fc.Arbitrary<unknown>>> => {
  const properties: unknown = strategy.paramsSchema["properties"];
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, schema] of Object.entries(isRecord(properties) ? properties : {})) {
    const field = fieldOf(schema);
    if (field !== undefined) fields[name] = field;
  }
  return fields;
};

/** Decoded parameters: `defaults`, or drawn within the bounds and accepted by the strategy. */
export const paramsOf = (strategy: Strategy, defaults: unknown): fc.Arbitrary<unknown> => {
  const fields = fieldsOf(strategy);
  // A drawn set that breaks a check across fields falls back to the defaults rather than being drawn again.
  return fc.record(fields, { requiredKeys: [] }).map((input) => {
    const decoded = strategy.decodeParams(input);
    return Result.isSuccess(decoded) ? decoded.success : defaults;
  });
};
