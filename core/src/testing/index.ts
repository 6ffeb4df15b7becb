/** The entry of `@strom/core/testing`: what a strategy author checks a strategy with, in any test runner. */
export { bars, prices } from "./Bars.ts";
export { type Property, promises, properties } from "./Broken.ts";
export { checkStrategy, inspectStrategy, type Options } from "./CheckStrategy.ts";
export { explain, type Failure, type Report, StrategyBroken } from "./Report.ts";
