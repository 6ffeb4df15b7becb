import type { Problem } from "../Problem.ts";
import { shown } from "../Problem.ts";
import type { Any } from "../Strategy.ts";
import * as Strategy from "../Strategy.ts";

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

/** Whether something is a strategy as `Strategy.make` makes it, and not one that was given another `step` since. */
export const isStrategy = (value: unknown): value is Any => isMade(value) && !Strategy.isScanForeign(value);

const isMade = (value: unknown): value is Any =>
  isObject(value) && hasAll(value, ["decodeParams", "warmup", "init", "step", "scan"]);

const isCatalog = (value: object): boolean =>
  "byKey" in value &&
  "strategies" in value &&
  isObject(value.byKey) &&
  hasAll(value.byKey, ["get"]) &&
  isList(value.strategies);

/** What is wrong with a catalog; without one the built-in strategies are meant. */
export const catalogProblem = (catalog: unknown): Problem | undefined => {
  if (catalog === undefined || catalog === null || (isObject(catalog) && isCatalog(catalog)))
    return undefined;
  return { path: "catalog", message: "a catalog is needed, as Catalog.make(Catalog.builtIn) makes it" };
};
