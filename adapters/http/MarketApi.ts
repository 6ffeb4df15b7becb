import { Schema } from "effect";
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api";
import { idempotent } from "./IdempotencyKey.ts";
import { Identity } from "./Identity.ts";
import * as Page from "./Page.ts";
import * as Problem from "./Problem.ts";
import { Decimal, Instant, Symbol } from "./Wire.ts";

export const MarketSymbol = Schema.Struct({
  symbol: Schema.String,
  price: Decimal,
  ts: Instant,
}).annotate({ identifier: "MarketSymbol" });

export const MarketPrice = Schema.Struct({
  symbol: Schema.String,
  ts: Instant,
  price: Decimal,
  source: Schema.String.annotate({
    description: "who priced it: sim, a recording such as replay:btcusd-1m.csv, or feed for any feeder",
  }),
}).annotate({ identifier: "MarketPrice" });

/** What was traded in a market; markets of coins count in hundred-millionths. */
const Volume = Schema.String.annotate({
  description: "a decimal number as a string, at most 8 decimals and 15 digits",
  examples: ["12.34567891"],
});

export const MarketBar = Schema.Struct({
  symbol: Schema.String,
  from: Instant,
  to: Instant,
  open: Decimal,
  high: Decimal,
  low: Decimal,
  close: Decimal,
  volume: Volume,
  ticks: Schema.Int,
}).annotate({ identifier: "MarketBar" });

/** How wide a bar may be, in seconds. */
export const intervals = {
  "1s": 1,
  "5s": 5,
  "15s": 15,
  "1m": 60,
  "5m": 300,
  "15m": 900,
  "1h": 3600,
  "1d": 86_400,
};

const intervalNames = ["1s", "5s", "15s", "1m", "5m", "15m", "1h", "1d"] as const;

/** A batch of a feeder. Items are judged one by one, so each is anything JSON can say. */
export const PriceBatch = Schema.Struct({
  prices: Schema.Array(Schema.Unknown)
    .check(Schema.isBetweenLength(1, 1000))
    .annotate({
      description:
        "1 to 1000 of {symbol, ts, price, volume?}, each symbol's in order of time; the whole body is 256 KiB at most",
      examples: [[{ symbol: "BTC-USD", ts: "2026-01-31T09:15:00.000Z", price: "64123.5" }]],
    }),
}).annotate({ identifier: "PriceBatch" });

/** What became of a batch: `stored` now, `known` before (the same price again), and each refusal with its reason. */
export const PriceReceipt = Schema.Struct({
  stored: Schema.Int,
  known: Schema.Int,
  refused: Schema.Array(
    Schema.Struct({
      index: Schema.Int,
      code: Schema.Literals([
        "malformed",
        "bad_symbol",
        "bad_price",
        "bad_volume",
        "bad_time",
        "from_the_future",
        "out_of_order",
        "conflicting",
        "jump",
        "not_fed",
      ]),
      path: Schema.String,
      message: Schema.String,
    }),
  ),
}).annotate({ identifier: "PriceReceipt" });

export class MarketApi extends HttpApiGroup.make("market")
  .add(
    HttpApiEndpoint.get("symbols", "/v1/market/symbols", {
      success: Schema.Struct({ items: Schema.Array(MarketSymbol) }),
    }).annotate(OpenApi.Summary, "Symbols with a price, and the latest of each"),
    HttpApiEndpoint.get("prices", "/v1/market/prices", {
      query: Page.within({ ...Page.query, symbol: Symbol }),
      success: Page.of(MarketPrice),
    }).annotate(OpenApi.Summary, "Prices of a symbol, newest first"),
    HttpApiEndpoint.get("bars", "/v1/market/bars", {
      query: Page.within({
        symbol: Symbol,
        interval: Schema.Literals(intervalNames),
        limit: Page.query.limit,
      }),
      success: Schema.Struct({ items: Schema.Array(MarketBar) }),
    })
      .annotate(
        OpenApi.Summary,
        "Prices of a symbol folded into bars over [from, to), newest first; intervals nothing was priced in are left out",
      )
      .annotate(
        OpenApi.Description,
        "Bars are whole intervals of the clock in UTC: one is shown when it begins at `from` or later and ends at `to` or before, so that nothing priced at `to` or later is in any. Without `to` the newest is the one that is still filling.",
      ),
    HttpApiEndpoint.post("feed", "/v1/market/prices", {
      headers: idempotent,
      payload: PriceBatch,
      success: PriceReceipt,
      error: [Problem.Forbidden, Problem.Conflict, ...Problem.unreadable],
    })
      .annotate(
        OpenApi.Summary,
        "A feeder brings prices; bad ones are refused one by one, good ones stored once",
      )
      .annotate(
        OpenApi.Description,
        "Refused as `jump` is a price of more than twice the latest of its symbol, or less than half of it (STROM_FEED_JUMP sets how many times), while that one is at most an hour older. What is brought in between moves the latest; after an hour without a price any is taken. Refused as `not_fed` is a price of a symbol that the simulated market or a recording priced in the minute before it, or later.",
      ),
  )
  .middleware(Identity)
  .annotate(OpenApi.Title, "Market") {}
