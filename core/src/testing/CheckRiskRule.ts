import * as fc from "fast-check";
import * as Money from "../Money.ts";
import type { Evidence } from "../risk/Evidence.ts";
import type { Rule } from "../risk/Rule.ts";
import { riskProfiles } from "./Agents.ts";
import { deepFreeze, difference, shown } from "./Plain.ts";
import { failOf } from "./Property.ts";
import * as Traps from "./Traps.ts";

/** Evidence near the edges of every rule. */

const cash = fc
  .oneof(fc.constantFrom(0n, 1n, -1n), fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }))
  .map(Money.cash);
const qty = fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 10n ** 12n })).map(Money.qty);
const side = fc.constantFrom("BUY" as const, "SELL" as const);
const price = fc.bigInt({ min: 1n, max: 10n ** 12n }).map(Money.price);

const opening = fc.record({
  profile: riskProfiles(),
  side,
  qty,
  price,
  equity: cash,
  dayStartEquity: cash,
  peakEquity: cash,
  sinceFillMs: fc.option(fc.nat(100_000)),
  openPositions: fc.nat(5),
  exposure: fc.bigInt({ min: 0n, max: 10n ** 21n }),
  cashAfter: cash,
});

/** What a decision was made on; `opening` is null for an order that reduces. */
export const evidence = (): fc.Arbitrary<Evidence> =>
  fc.record({
    status: fc.constantFrom("RUNNING" as const, "PAUSED" as const, "STOPPED" as const, "ERROR" as const),
    isEnabled: fc.boolean(),
    side,
    price,
    priceAgeMs: fc.nat(100_000),
    maxPriceAgeMs: fc.nat(100_000),
    qty,
    opening: fc.option(opening),
  });

export interface RiskRuleOptions {
  /** Whether it limits only what opens or adds, and so must let every reduction pass. Default true. */
  readonly isOpeningOnly?: boolean | undefined;
  readonly runs?: number | undefined;
  readonly seed?: number | undefined;
}

/**
 * Checks that a risk rule answers for any evidence, always alike, without clock or dice; that it lets every
 * reduction pass; and that its record says in words and numbers what it saw. Throws `PropertyBroken`.
 */
export const checkRiskRule = (rule: Rule, options: RiskRuleOptions = {}): void => {
  const traps = Traps.install();
  try {
    failOf(
      rule.code,
      fc.check(
        fc.property(evidence(), (given) =>
          examine(rule, deepFreeze(given), options.isOpeningOnly ?? true, traps),
        ),
        { numRuns: options.runs ?? 200, seed: options.seed ?? 42 },
      ),
    );
  } finally {
    traps.restore();
  }
};

const examine = (rule: Rule, given: Evidence, isOpeningOnly: boolean, traps: Traps.Traps): void => {
  const holds = traps.watch(() => rule.holds(given));
  const record = traps.watch(() => rule.record(given));
  const used = traps.take();
  if (used !== undefined) throw new Error(`it calls ${used}; a decision is replayed from its evidence alone`);
  if (typeof holds !== "boolean") throw new Error(`holds gives ${shown(holds)}; it gives true or false`);
  if (rule.holds(given) !== holds) throw new Error("asked twice about the same evidence it gave two answers");
  const again = difference(record, rule.record(given));
  if (again !== undefined) throw new Error(`its record changes from one call to the next (${again})`);
  if (isOpeningOnly && given.opening === null && !holds) {
    throw new Error("it blocks an order that only reduces a position; getting out is never limited");
  }
  if (record.text.trim() === "")
    throw new Error("its record has no text; say what was found and what is allowed");
  for (const name of ["limit", "base", "value"] as const) {
    const said: unknown = record[name];
    if (said !== null && typeof said !== "string")
      throw new Error(`its record's ${name} is ${shown(said)}; it is a string or null`);
  }
  if (!holds && record.value !== null && !record.text.includes(record.value)) {
    throw new Error(`its text does not name what was found (${record.value}): "${record.text}"`);
  }
};
