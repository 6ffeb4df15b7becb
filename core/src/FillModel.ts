import { Schema } from "effect";
import * as Exact from "./Exact.ts";
import type { Draft } from "./Intent.ts";
import * as Money from "./Money.ts";
import * as Problem from "./Problem.ts";
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

const BPS_NEEDED = "0 to 5000 basis points, at most 4 decimals, are needed";

const bps = (description: string) =>
  Schema.Finite.annotate({ message: BPS_NEEDED })
    .check(
      Schema.makeFilter((n: number) => n >= 0 && n <= 5_000 && isTenThousandths(n), {
        message: BPS_NEEDED,
        toJsonSchema: () => ({ type: "number", minimum: 0, maximum: 5_000 }),
      }),
    )
    .annotate({ description });

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

/** From JSON; unknown properties are refused, and every problem is reported. */
export const decode = Problem.decoder(Params);

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
  /** Quantity times price, half to even: what was paid or received before the fee. */
  readonly notional: Money.Cash;
  readonly fee: Money.Cash;
  /** The slot's instant, ms since the epoch: it never depends on when the fill happens to run. */
  readonly at: number;
}

/** Fills are numbered from 1 within an order; a paper order has one. */
export const FILL_NUMBER = 1;

/**
 * The fill of an order: a function of the order alone.
 *
 * `u` is a hash of the agent's seed, the order's slot, origin and symbol, and the fill number. The price
 * cited moves against the order by `half_spread + slippage × (0.5 + u)` basis points, kept to 4 decimals of one,
 * then is rounded half to even to 6 decimals and stays a price. The fee is on the filled notional.
 */
export const fill = (order: Draft): Fill => {
  const { half_spread_bps, slippage_bps, slippage_model, fee_bps, minimum_fee } = order.fill;
  const share = slippage_model === "fixed" ? 1 : shareOfVolume(order.qty, order.volume);
  const noise = slippage_bps === 0 ? 0 : 0.5 + uniform(order, FILL_NUMBER);
  const moved = Math.round((half_spread_bps + slippage_bps * share * noise) * 1e4);
  const factor = order.side === "BUY" ? BPS_SCALE + moved : BPS_SCALE - moved;
  const feeFactor = Math.round(fee_bps * 1e4);
  // In doubles while everything fits them, which it nearly always does; the same to the last digit.
  const price = Exact.mulDiv(Number(order.price), factor, BPS_SCALE);
  const notional = Exact.mulDiv(Number(order.qty), price, 1e6);
  const fee = Exact.mulDiv(notional, feeFactor, BPS_SCALE);
  if (!(fee >= 0 && price >= 1 && price <= MAX_PRICE)) return priced(order, factor, feeFactor);
  return filled(order, Money.price(BigInt(price)), Money.cash(BigInt(notional)), BigInt(fee), minimum_fee);
};

const MAX_PRICE = Number(Money.MAX_PRICE);

/** The same in bigints, for amounts of any size; a price never leaves its range. */
const priced = (order: Draft, factor: number, feeFactor: number): Fill => {
  const moved = Money.mulDiv(order.price, BigInt(factor), BigInt(BPS_SCALE));
  const price = Money.price(moved < 1n ? 1n : Money.min(moved, Money.MAX_PRICE));
  const notional = Money.notional(order.qty, price);
  const fee = Money.mulDiv(notional, BigInt(feeFactor), BigInt(BPS_SCALE));
  return filled(order, price, notional, fee, order.fill.minimum_fee);
};

const filled = (
  { symbol, side, qty, at }: Draft,
  price: Money.Price,
  notional: Money.Cash,
  fee: bigint,
  minimumFee: Money.Cash,
): Fill => ({ symbol, side, qty, price, notional, fee: Money.cash(Money.max(fee, minimumFee)), at });

/** One, in ten-thousandths of a basis point. */
const BPS_SCALE = 100_000_000;
/** 0..1; an order in a market of unknown volume is all of it. */
const shareOfVolume = (qty: Money.Qty, volume: number): number => {
  const units = Money.toNumber(qty);
  return units >= volume ? 1 : units / volume;
};

/**
 * A number in [0, 1) of 32 bits: FNV-1a over seed and coordinates, finished by the mixer of MurmurHash3. The agent
 * speaks through its seed alone: its id is drawn at random, and the same agent made twice must trade the same.
 */
const uniform = (order: Draft, fillNumber: number): number =>
  mixed(words(words(stream(order.seed, order.origin, order.symbol), order.slot), fillNumber)) / 4_294_967_296;

/** The part of the hash that is the same for every slot; the last one is kept, since orders of a stream come in runs. */
const stream = (seed: bigint, origin: string, symbol: string): number => {
  if (seed === last.seed && origin === last.origin && symbol === last.symbol) return last.hash;
  let hash = 0x811c9dc5;
  hash = words(hash, Number(BigInt.asUintN(32, seed)));
  hash = words(hash, Number(BigInt.asUintN(32, seed >> 32n)));
  hash = text(text(hash, origin), symbol);
  last = { seed, origin, symbol, hash };
  return hash;
};

let last = { seed: 0n, origin: "", symbol: "", hash: Number.NaN };

const text = (hash: number, value: string): number => {
  let h = hash;
  for (let i = 0; i < value.length; i++) h = Math.imul(h ^ value.charCodeAt(i), 0x01000193);
  return Math.imul(h ^ 0xffff, 0x01000193);
};

/** A whole number of at most 53 bits, as two words. */
const words = (hash: number, n: number): number => {
  const low = mixed(hash ^ (n | 0));
  return mixed(low ^ (Math.floor(n / 4_294_967_296) | 0) ^ 0x9e3779b9);
};

const mixed = (hash: number): number => {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};
