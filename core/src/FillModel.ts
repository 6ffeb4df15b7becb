import { Schema } from "effect";
import type { Draft } from "./Intent.ts";
import * as Money from "./Money.ts";
import type { Side } from "./Signal.ts";

/** What trading costs. Basis points are of the cited price or of the notional, at most 4 decimals. */
export interface Params {
  /** Half the distance between bid and ask: always paid. */
  readonly half_spread_bps: number;
  /** Moved further against the order by chance, between half of this and one and a half times it. */
  readonly slippage_bps: number;
  /** `fixed`: as it stands; `volume_share`: times the order's share of the bar's volume, at most 1. */
  readonly slippage_model: "fixed" | "volume_share";
  /** Of the notional at the filled price. */
  readonly fee_bps: number;
  /** The least fee of a fill, in cash. */
  readonly minimum_fee: Money.Cash;
}

const bps = (description: string) =>
  Schema.Finite.check(
    Schema.makeFilter(
      (n: number) =>
        (n >= 0 && n <= 5_000 && isTenThousandths(n)) ||
        "0 to 5000 basis points, at most 4 decimals, are needed",
      {
        toJsonSchema: () => ({ minimum: 0, maximum: 5_000 }),
      },
    ),
  ).annotate({ description });

const isTenThousandths = (n: number): boolean => Math.round(n * 1e4) / 1e4 === n;

/** The JSON form: the same names, `minimum_fee` a decimal string. */
export const Params = Schema.Struct({
  half_spread_bps: bps("Half the distance between bid and ask"),
  slippage_bps: bps("Slippage, drawn between half of this and one and a half times it"),
  slippage_model: Schema.Literals(["fixed", "volume_share"]),
  fee_bps: bps("Fee on the notional"),
  minimum_fee: Money.CashFromString.check(
    Schema.makeFilter((fee: Money.Cash) => fee >= 0n || "zero or more is needed"),
  ),
});

/** What agents get: 1 bp half-spread, about 1 bp slippage, 2 bp fee, no minimum. */
export const standard: Params = {
  half_spread_bps: 1,
  slippage_bps: 1,
  slippage_model: "fixed",
  fee_bps: 2,
  minimum_fee: Money.ZERO_CASH,
};

/** Trading for nothing, at the cited price: for tests and for comparing with other backtests. */
export const free: Params = {
  half_spread_bps: 0,
  slippage_bps: 0,
  slippage_model: "fixed",
  fee_bps: 0,
  minimum_fee: Money.ZERO_CASH,
};

/** What was traded: one per paper order, whole. */
export interface Fill {
  readonly symbol: string;
  readonly side: Side;
  /** Above zero. */
  readonly qty: Money.Qty;
  readonly price: Money.Price;
  readonly fee: Money.Cash;
  /** The slot's instant, ms since the epoch: it never depends on when the fill happens to run. */
  readonly at: number;
}

/** Fills are numbered from 1 within an order; a paper order has one. */
export const FILL_NUMBER = 1;

export declare const fill: (order: Draft) => Fill;
