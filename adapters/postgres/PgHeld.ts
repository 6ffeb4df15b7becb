import type { Money } from "@strom/core";
import { Ledger } from "@strom/core";
import * as Row from "./PgRow.ts";

/**
 * What a position has gained at its last mark, from the columns `net_qty`, `cost_basis` and `mark`; null without a mark.
 * The core rounds half to even, the database half away from zero, so it is not for SQL to say.
 */
export const unrealized = (row: Row.Row): Money.Cash | null =>
  row["mark"] === null
    ? null
    : Ledger.unrealized(
        { qty: Row.qty(row, "net_qty"), costBasis: Row.cash(row, "cost_basis") },
        Row.price(row, "mark"),
      );
