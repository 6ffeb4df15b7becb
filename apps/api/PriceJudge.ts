import type { PriceReceipt } from "@strom/adapters/http/MarketApi.ts";
import { Instant, Symbol } from "@strom/adapters/http/Wire.ts";
import { Money } from "@strom/core";
import type { NewQuote } from "@strom/core/ports";
import { Predicate, Result, Schema } from "effect";

/** How far ahead of our clock a feeder's may be. */
export const aheadMsMax = 2_000;

/**
 * How long the latest price of a symbol binds those that are brought, and how long a symbol stays with the market of
 * ours that priced it. The simulated one prices every second, a recording of minutes four times a minute.
 */
export const bounds = { jumpMs: 3_600_000, takenMs: 60_000 };

type Code = (typeof PriceReceipt.Type)["refused"][number]["code"];

export interface Refusal {
  readonly code: Code;
  readonly path: string;
  readonly message: string;
}

/** Short, and without what no column of text takes: the receipt is kept for who sends the same again. */
const plain = (text: string): string =>
  text
    .slice(0, 60)
    .toWellFormed()
    .replace(/\p{Cc}/gu, "\ufffd");

const shown = (value: unknown): string => plain(JSON.stringify(value) ?? "nothing");

const refuse = (code: Code, path: string, message: string) => Result.fail<Refusal>({ code, path, message });

const decodeSymbol = Schema.decodeUnknownResult(Symbol);
const decodeInstant = Schema.decodeUnknownResult(Instant);

const priceOf = (value: unknown): Result.Result<Money.Price, Refusal> => {
  const right = 'it should be a decimal string above zero with at most 6 decimals, such as "64123.5"';
  if (!Predicate.isString(value)) return refuse("bad_price", "price", `price is ${shown(value)}; ${right}`);
  return Result.mapError(Money.parsePrice(value), ({ reason }) => ({
    code: "bad_price",
    path: "price",
    message: `price is ${shown(value)}: ${reason}; ${right}`,
  }));
};

const volumeOf = (value: unknown): Result.Result<bigint | null, Refusal> => {
  if (value === undefined || value === null) return Result.succeed(null);
  const parsed = Predicate.isString(value) ? Money.parseQty(value) : null;
  return parsed !== null && Result.isSuccess(parsed) && parsed.success >= 0n
    ? Result.succeed(parsed.success)
    : refuse(
        "bad_volume",
        "volume",
        `volume is ${shown(value)}; it should be a decimal string of zero or more, at most 6 decimals`,
      );
};

const known = new Set(["symbol", "ts", "price", "volume"]);

/** One item of a batch as a quote, or why it is refused. Does not know what came before it. */
export const judge = (item: unknown, nowAt: number): Result.Result<NewQuote, Refusal> =>
  Result.gen(function* () {
    if (!Predicate.isObject(item) || Array.isArray(item)) {
      return yield* refuse(
        "malformed",
        "",
        `${shown(item)} is not a price; it should be {symbol, ts, price}`,
      );
    }
    const fields: Record<string, unknown> = { ...item };
    const stranger = Object.keys(fields).find((key) => !known.has(key));
    if (stranger !== undefined) {
      return yield* refuse("malformed", plain(stranger), "unknown; a price has symbol, ts, price and volume");
    }
    const { symbol, ts, price, volume } = fields;
    const named = decodeSymbol(symbol);
    if (Result.isFailure(named)) {
      const right = "it should be 1 to 40 of A-Z, 0-9 and . _ : / -, such as BTC-USD";
      return yield* refuse("bad_symbol", "symbol", `symbol is ${shown(symbol)}; ${right}`);
    }
    const instant = decodeInstant(ts);
    if (Result.isFailure(instant)) {
      const right = "it should be an instant with a zone, such as 2026-01-31T09:15:00.000Z";
      return yield* refuse("bad_time", "ts", `ts is ${shown(ts)}; ${right}`);
    }
    const at = instant.success;
    if (at < 0) return yield* refuse("bad_time", "ts", `ts is ${shown(ts)}; it should be after 1970`);
    if (at > nowAt + aheadMsMax) {
      const now = new Date(nowAt).toISOString();
      return yield* refuse(
        "from_the_future",
        "ts",
        `ts is ${shown(ts)}, more than 2 s after the server's ${now}; set the feeder's clock`,
      );
    }
    return { symbol: named.success, at, price: yield* priceOf(price), volume: yield* volumeOf(volume) };
  });
