/** The entry of `@strom/core/testing`: what a strategy author checks a strategy with, in any test runner. */
export { bars, prices } from "./Bars.ts";
export { type Property, promises, properties } from "./Broken.ts";
export {
  checkStrategy,
  explain,
  type Failure,
  inspectStrategy,
  type Options,
  type Report,
  StrategyBroken,
} from "./CheckStrategy.ts";
