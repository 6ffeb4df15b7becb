import * as Money from "../Money.ts";
import { openingRule } from "./Rule.ts";

/** Base: equity at the decision. Σ |quantity| × mark on the projected books, this order included. */
export const NotionalExposure = openingRule(
  "notional_exposure",
  ({ exposure, maxExposure }) => exposure <= maxExposure,
  ({ equity, exposure, maxExposure, maxExposurePct }) => ({
    limit: Money.format(maxExposure),
    base: Money.format(equity),
    value: Money.format(exposure),
    text: `the exposure would be ${Money.format(exposure)}; at most ${Money.format(maxExposure)} are allowed, ${maxExposurePct} % of the equity of ${Money.format(equity)}`,
  }),
);
