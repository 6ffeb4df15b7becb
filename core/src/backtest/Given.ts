import type { Catalog } from "../Catalog.ts";
import type { Problem } from "../Problem.ts";
import { shown } from "../Problem.ts";
import type { Any as Strategy } from "../Strategy.ts";

/** Whether things are what their types say: plain JavaScript may hand in anything. */

export const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Asked of what should be one by its type: it says nothing new to the type checker. */
export const isList = (value: unknown): boolean => Array.isArray(value);

const hasAll = (value: object, names: ReadonlyArray<string>): boolean =>
  names.every((name) => typeof Reflect.get(value, name) === "function");

/** What is wrong with options as a whole. */
export const optionsProblem = (options: unknown): Problem | undefined =>
  isObject(options)
    ? undefined
    : {
        path: "",
        message: `${shown(options)} is refused: an object of options is needed, { bars: [bars], … }`,
      };

/** Whether something is a strategy as `Strategy.make` makes it. */
export const isStrategy = (value: unknown): value is Strategy =>
  isObject(value) && hasAll(value, ["decodeParams", "warmup", "init", "step", "scan"]);

/** Whether something is a catalog as `Catalog.make` makes it. */
export const isCatalog = (value: unknown): value is Catalog => {
  if (!isObject(value) || !("byKey" in value && "strategies" in value)) return false;
  return isObject(value.byKey) && hasAll(value.byKey, ["get"]) && Array.isArray(value.strategies);
};
