import type { Rule } from "./Rule.ts";

/** The price cited is at most `max(3 × frequency, 10 s)` old at the slot. That it is positive and finite is its type. */
export const PriceFresh: Rule = {
  code: "stale_price",
  holds: ({ priceAgeMs, maxPriceAgeMs }) => priceAgeMs <= maxPriceAgeMs,
  record: ({ priceAgeMs, maxPriceAgeMs }) => ({
    limit: String(maxPriceAgeMs),
    base: null,
    value: String(priceAgeMs),
    text: `the price is ${priceAgeMs} ms old at the slot; at most ${maxPriceAgeMs} ms are accepted`,
  }),
};
