/** The entry of `@strom/core/testing`: what a strategy author checks a strategy with, in any test runner. */
export { agents, drafts, fillParams, fills, riskProfiles } from "./Agents.ts";
export { assertSameDigest, type Digested } from "./AssertSameDigest.ts";
export { bars, type Options as BarsOptions, prices } from "./Bars.ts";
export { type Property, promises, properties } from "./Broken.ts";
export { checkFillModel, type FillFunction, type FillModelOptions } from "./CheckFillModel.ts";
export { checkRiskRule, evidence, type RiskRuleOptions } from "./CheckRiskRule.ts";
export { checkStrategy, inspectStrategy, type Options } from "./CheckStrategy.ts";
export { PropertyBroken } from "./Property.ts";
export { explain, type Failure, type Report, StrategyBroken } from "./Report.ts";
