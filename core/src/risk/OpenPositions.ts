import { openingRule } from "./Rule.ts";

/** Symbols with a position on the projected books, this order's included. */
export const OpenPositions = openingRule(
  "max_open_positions",
  ({ openPositions, maxOpenPositions }) => openPositions <= maxOpenPositions,
  ({ openPositions, maxOpenPositions }) => ({
    limit: String(maxOpenPositions),
    base: null,
    value: String(openPositions),
    text: `it would make ${openPositions} open positions; at most ${maxOpenPositions} are allowed`,
  }),
);
