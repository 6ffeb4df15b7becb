import { openingRule } from "./Rule.ts";

/** Symbols with a position on the projected books, this order's included. */
export const OpenPositions = openingRule(
  "max_open_positions",
  ({ openPositions, profile }) => openPositions <= profile.max_open_positions,
  ({ openPositions, profile: { max_open_positions } }) => ({
    limit: String(max_open_positions),
    base: null,
    value: String(openPositions),
    text: `open positions would be ${openPositions}; at most ${max_open_positions} are allowed`,
  }),
);
