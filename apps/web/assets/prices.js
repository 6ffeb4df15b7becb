import { utc } from "./elements.js";

/** A closed market says the same of a hundred symbols: some are named, the others counted. */
const namedMax = 5;

const named = (symbols) =>
  symbols.length > namedMax
    ? `${symbols.slice(0, namedMax).join(", ")} and ${symbols.length - namedMax} more`
    : symbols.join(", ");

/** A sentence for the symbols that never had a price, and one for each minute since which others have none. */
export const missing = (unpriced) =>
  [
    ...Map.groupBy(unpriced, ({ last_price_at }) =>
      last_price_at === null ? "yet" : `since ${utc(last_price_at)}`,
    ),
  ]
    .map(([when, rows]) => `No price for ${named(rows.map(({ symbol }) => symbol))} ${when}.`)
    .join(" ");
