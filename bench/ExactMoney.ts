import { Money } from "@strom/core";
import { Result } from "effect";
import type { Figure } from "./Figure.ts";

export const name = "money";
export const about = "exact amounts: what a price costs to read, multiply and write";

const TIMES = 200_000;

export const run = async (): Promise<ReadonlyArray<Figure>> => {
  const texts = Array.from({ length: 1000 }, (_, i) => `${100 + i}.${String(i * 7).padStart(6, "0")}`);
  const prices = texts.map((text) => Result.getOrThrow(Money.parsePrice(text)));
  const qty = Result.getOrThrow(Money.parseQty("0.123456"));
  return [
    perSecond("prices read from text", (i) => Money.parsePrice(texts[i % 1000]!)),
    perSecond("notionals, rounded half to even", (i) => Money.notional(qty, prices[i % 1000]!)),
    perSecond("amounts written as text", (i) => Money.format(prices[i % 1000]!)),
  ];
};

/** Kept, so that no work is optimized away for having no use. */
let last: unknown;

const perSecond = (what: string, work: (i: number) => unknown): Figure => {
  for (let i = 0; i < TIMES; i++) last = work(i);
  const startedAt = performance.now();
  for (let i = 0; i < TIMES; i++) last = work(i);
  if (last === undefined) throw new Error(`${what}: no result`);
  return { what, value: (TIMES * 1000) / (performance.now() - startedAt), unit: "a second" };
};
