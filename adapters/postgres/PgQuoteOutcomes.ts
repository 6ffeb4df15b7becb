import { Money } from "@strom/core";
import type { NewQuote, Outcome, QuoteBounds } from "@strom/core/ports";

export interface Latest {
  readonly at: number;
  readonly price: bigint;
}

/** The last price of a symbol that no feeder brought. */
export interface Taken {
  readonly at: number;
  readonly by: string;
}

/** What is on record of the symbols of a batch. */
export interface Known {
  readonly latest: ReadonlyMap<string, Latest>;
  readonly taken: ReadonlyMap<string, Taken>;
  /** By symbol and instant, as `nameOf` has them. */
  readonly prices: ReadonlyMap<string, bigint>;
}

export const nameOf = ({ symbol, at }: Pick<NewQuote, "symbol" | "at">): string => `${symbol} ${at}`;

const isJump = (price: bigint, latest: bigint, factor: bigint): boolean =>
  price > latest * factor || price * factor < latest;

/** What becomes of each quote of a batch: one that is stored is the latest for those behind it. */
export const of = (
  quotes: ReadonlyArray<NewQuote>,
  known: Known,
  bounds: QuoteBounds,
): ReadonlyArray<Outcome> => {
  const latest = new Map(known.latest);
  const prices = new Map(known.prices);
  const factor = BigInt(bounds.factor);
  return quotes.map((quote): Outcome => {
    const { symbol, at, price } = quote;
    const before = prices.get(nameOf(quote));
    if (before !== undefined) {
      return before === price ? { kind: "known" } : { kind: "conflicting", price: Money.format(before) };
    }
    const taken = known.taken.get(symbol);
    if (taken !== undefined && at - taken.at <= bounds.takenMs) {
      return { kind: "taken", by: taken.by, pricedAt: taken.at };
    }
    const last = latest.get(symbol);
    if (last !== undefined && at < last.at) return { kind: "late", latestAt: last.at };
    if (last !== undefined && at - last.at <= bounds.jumpMs && isJump(price, last.price, factor)) {
      return { kind: "jump", latestAt: last.at, latest: Money.format(last.price) };
    }
    latest.set(symbol, { at, price });
    prices.set(nameOf(quote), price);
    return { kind: "stored" };
  });
};
