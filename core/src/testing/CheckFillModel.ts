import * as fc from "fast-check";
import type { Fill, Params } from "../FillModel.ts";
import type { Draft } from "../Intent.ts";
import * as Money from "../Money.ts";
import { drafts } from "./Agents.ts";
import { deepFreeze, difference } from "./Plain.ts";
import { failOf, PropertyBroken } from "./Property.ts";
import * as Traps from "./Traps.ts";

export type FillFunction = (order: Draft) => Fill;

export interface FillModelOptions {
  readonly runs?: number | undefined;
  readonly seed?: number | undefined;
}

/**
 * Checks that a fill is a function of its order alone: whole, at the slot's time, never better than the price
 * cited, its fee at least the minimum; and that no parameter is accepted and ignored. Throws `PropertyBroken`.
 */
export const checkFillModel = (fill: FillFunction, options: FillModelOptions = {}): void => {
  const settings = { numRuns: options.runs ?? 200, seed: options.seed ?? 42 };
  const traps = Traps.install();
  try {
    failOf(
      "fill model",
      fc.check(
        fc.property(drafts(), (order) => examine(fill, deepFreeze(order), traps)),
        settings,
      ),
    );
  } finally {
    traps.restore();
  }
  for (const name of Object.keys(changes)) liveParameter(fill, name, settings);
};

const examine = (fill: FillFunction, order: Draft, traps: Traps.Traps): void => {
  const filled = traps.watch(() => fill(order));
  const used = traps.take();
  if (used !== undefined)
    throw new Error(`it calls ${used}; a fill must come out the same whenever it is computed`);
  const again = difference(text(filled), text(fill(order)));
  if (again !== undefined) throw new Error(`the same order was filled twice in different ways (${again})`);
  if (filled.symbol !== order.symbol || filled.side !== order.side || filled.qty !== order.qty) {
    throw new Error("it fills something else than the order: symbol, side and quantity are the order's");
  }
  if (filled.at !== order.at)
    throw new Error(`it is filled at ${filled.at}; a fill bears the slot's time ${order.at}`);
  if (filled.price <= 0n)
    throw new Error(`it is filled at ${Money.format(filled.price)}; a price is above zero`);
  const isBetter = order.side === "BUY" ? filled.price < order.price : filled.price > order.price;
  // The smallest price there is cannot fall: half to even may leave it where it was, never beyond.
  if (isBetter)
    throw new Error(
      `a ${order.side} cited at ${Money.format(order.price)} is filled at ${Money.format(filled.price)}: better than the market`,
    );
  if (filled.fee < order.fill.minimum_fee) {
    throw new Error(
      `the fee is ${Money.format(filled.fee)}; the minimum is ${Money.format(order.fill.minimum_fee)}`,
    );
  }
};

const text = (filled: Fill): unknown => ({
  ...filled,
  qty: String(filled.qty),
  price: String(filled.price),
  fee: String(filled.fee),
});

/** For each parameter, a change that must be felt by some order. */
const changes: Readonly<Record<keyof Params, (params: Params) => Params>> = {
  half_spread_bps: (params) => ({ ...params, half_spread_bps: params.half_spread_bps + 50 }),
  slippage_bps: (params) => ({ ...params, slippage_bps: params.slippage_bps + 50 }),
  slippage_model: (params) => ({
    ...params,
    slippage_model: params.slippage_model === "fixed" ? "volume_share" : "fixed",
  }),
  fee_bps: (params) => ({ ...params, fee_bps: params.fee_bps + 50 }),
  minimum_fee: (params) => ({
    ...params,
    minimum_fee: Money.plus(params.minimum_fee, Money.cash(10n ** 12n)),
  }),
};

const isParameter = (name: string): name is keyof Params => name in changes;

/** Some order out of many must be filled otherwise once a parameter changes: else it is dead. */
const liveParameter = (
  fill: FillFunction,
  name: string,
  { numRuns, seed }: { readonly numRuns: number; readonly seed: number },
): void => {
  if (!isParameter(name)) return;
  const isFelt = fc.sample(drafts(), { numRuns, seed }).some((order) => {
    const changed = { ...order, fill: changes[name](order.fill) };
    return difference(text(fill(order)), text(fill(changed))) !== undefined;
  });
  if (isFelt) return;
  throw new PropertyBroken(
    `fill model: ${name} is a dead parameter: changing it changed none of ${numRuns} fills. Use it, or take it out`,
    name,
    seed,
  );
};
