import { CurrentUser } from "@strom/adapters/http/Identity.ts";
import { intervals, PriceReceipt } from "@strom/adapters/http/MarketApi.ts";
import * as Problem from "@strom/adapters/http/Problem.ts";
import { StromApi } from "@strom/adapters/http/StromApi.ts";
import * as Wire from "@strom/adapters/http/Wire.ts";
import type { Bar } from "@strom/core";
import { Money } from "@strom/core";
import type { NewQuote, Outcome, QuoteBounds } from "@strom/core/ports";
import { PriceBook, Quotes } from "@strom/core/ports";
import { Clock, Effect, Metric, Result } from "effect";
import { HttpApiBuilder } from "effect/http-api";
import * as Metrics from "../Metrics.ts";
import * as Cursor from "./Cursor.ts";
import * as Failures from "./Failures.ts";
import * as Idempotent from "./Idempotent.ts";
import { Limits } from "./Limits.ts";
import * as PriceJudge from "./PriceJudge.ts";

const iso = (at: number): string => new Date(at).toISOString();

/** What to say of a quote that was well formed but is not new. */
const refusalOf = (
  quote: NewQuote,
  outcome: Outcome,
  { factor, jumpMs, takenMs }: QuoteBounds,
): PriceJudge.Refusal | null => {
  switch (outcome.kind) {
    case "stored":
    case "known":
      return null;
    case "late":
      return {
        code: "out_of_order",
        path: "ts",
        message: `ts is ${iso(quote.at)}, before the latest price of ${quote.symbol} at ${iso(outcome.latestAt)}; send prices in order of time`,
      };
    case "conflicting":
      return {
        code: "conflicting",
        path: "price",
        message: `${quote.symbol} at ${iso(quote.at)} is already ${outcome.price}, not ${Money.format(quote.price)}`,
      };
    case "taken":
      return {
        code: "not_fed",
        path: "symbol",
        message: `${quote.symbol} is priced here by ${outcome.by}, last at ${iso(outcome.pricedAt)}; bring prices of another symbol, or of times more than ${takenMs / 1000} s after its last one`,
      };
    case "jump":
      return {
        code: "jump",
        path: "price",
        message: `price is ${Money.format(quote.price)}, more than ${factor} times away from ${outcome.latest} at ${iso(outcome.latestAt)}; if it is right, bring the prices in between, or it again ${jumpMs / 60_000} minutes after that one (STROM_FEED_JUMP sets the bound)`,
      };
  }
};

/** Prices are float64 that are exactly a `Price`, so their shortest digits are the price. */
const decimal = (value: number): string =>
  Result.match(Money.fromNumber(value), { onFailure: () => String(value), onSuccess: Money.format });

/** Beyond these digits a volume tells what adding doubles leaves, as in 0.1 + 0.2. */
const volumes = new Intl.NumberFormat("en-US", {
  useGrouping: false,
  maximumSignificantDigits: 15,
  maximumFractionDigits: 8,
  roundingPriority: "lessPrecision",
});

const barJson = (bar: Bar.Bar) => ({
  symbol: bar.symbol,
  from: bar.from,
  to: bar.to,
  open: decimal(bar.open),
  high: decimal(bar.high),
  low: decimal(bar.low),
  close: decimal(bar.close),
  volume: volumes.format(bar.volume),
  ticks: bar.ticks,
});

export const layer = HttpApiBuilder.group(
  StromApi,
  "market",
  Effect.fn(function* (handlers) {
    const quotes = yield* Quotes;
    const priceBook = yield* PriceBook;

    const take = Effect.fn("Market.feed")(function* (items: ReadonlyArray<unknown>) {
      const nowAt = yield* Clock.currentTimeMillis;
      const user = yield* CurrentUser;
      const bounds = { ...PriceJudge.bounds, factor: (yield* Limits).feedJump };
      const judged = items.map((item) => PriceJudge.judge(item, nowAt));
      const good = judged.flatMap((result, index) =>
        Result.isSuccess(result) ? [{ index, quote: result.success }] : [],
      );
      const outcomes = yield* quotes.store(
        good.map(({ quote }) => quote),
        `feed:${user.id}`,
        bounds,
      );
      const refused = judged.flatMap((result, index) =>
        Result.isFailure(result) ? [{ index, ...result.failure }] : [],
      );
      for (const [position, { index, quote }] of good.entries()) {
        const outcome = outcomes[position];
        const refusal = outcome === undefined ? null : refusalOf(quote, outcome, bounds);
        if (refusal !== null) refused.push({ index, ...refusal });
      }
      const stored = outcomes.filter(({ kind }) => kind === "stored").length;
      yield* Metric.update(Metrics.prices, stored);
      return {
        stored,
        known: outcomes.filter(({ kind }) => kind === "known").length,
        refused: refused.sort((a, b) => a.index - b.index),
      };
    });

    return handlers.handleAll({
      symbols: () =>
        quotes.latest.pipe(
          Effect.map((latest) => ({
            items: latest.map(({ symbol, price, at }) => ({ symbol, price, ts: at })),
          })),
          Effect.catchTags(Failures.unavailable),
        ),
      prices: Effect.fnUntraced(function* ({ query }) {
        const slice = yield* Cursor.slice(query);
        const page = yield* quotes.page(query.symbol, query, slice);
        return Cursor.page({
          items: page.items.map(({ symbol, at, price, source }) => ({ symbol, ts: at, price, source })),
          next: page.next,
        });
      }, Effect.catchTags(Failures.unavailable)),
      bars: Effect.fnUntraced(function* ({ query }) {
        const intervalMs = intervals[query.interval] * 1000;
        const nowAt = yield* Clock.currentTimeMillis;
        // Bars end where the clock's intervals do, and not beyond all time. Who says until when is shown nothing of
        // later, so no bar that ends after it; who does not is shown the one still filling.
        const asked =
          query.to === undefined ? Math.ceil(nowAt / intervalMs) : Math.floor(query.to / intervalMs);
        const to = Math.min(asked, Math.floor(Wire.LAST / intervalMs)) * intervalMs;
        const found = yield* priceBook.history([query.symbol], intervalMs, to, query.limit ?? 50);
        const from = query.from ?? 0;
        const bars = (found.get(query.symbol) ?? []).filter((bar) => bar.from >= from);
        return { items: bars.map(barJson).reverse() };
      }, Effect.catchTags(Failures.unavailable)),
      feed: Effect.fnUntraced(
        function* ({ payload, headers }) {
          const user = yield* CurrentUser;
          if (!user.roles.includes("feeder")) {
            return yield* new Problem.Forbidden({
              code: "not_a_feeder",
              detail: "bringing market prices needs the role feeder",
            });
          }
          return yield* Idempotent.once(
            {
              route: "POST /v1/market/prices",
              key: headers["idempotency-key"],
              body: payload,
              answer: PriceReceipt,
            },
            take(payload.prices),
          );
        },
        Effect.catchTags({ ...Failures.unavailable, ...Failures.retried }),
      ),
    });
  }),
);
