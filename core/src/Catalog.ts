import type { StrategyId } from "./Id.ts";
import type * as Strategy from "./Strategy.ts";
import { BollingerBreakout } from "./strategies/BollingerBreakout.ts";
import { BollingerReversion } from "./strategies/BollingerReversion.ts";
import { BuyAndHold } from "./strategies/BuyAndHold.ts";
import { DonchianBreakout } from "./strategies/DonchianBreakout.ts";
import { EmaCrossover } from "./strategies/EmaCrossover.ts";
import { MacdTrend } from "./strategies/MacdTrend.ts";
import { MomentumRoc } from "./strategies/MomentumRoc.ts";
import { RsiReversion } from "./strategies/RsiReversion.ts";
import { SmaCrossover } from "./strategies/SmaCrossover.ts";
import { ZScoreReversion } from "./strategies/ZScoreReversion.ts";

/** The strategies an agent may be given, by key and by id. */
export interface Catalog {
  readonly strategies: ReadonlyArray<Strategy.Any>;
  readonly byKey: ReadonlyMap<string, Strategy.Any>;
  readonly byId: ReadonlyMap<StrategyId, Strategy.Any>;
}

/** The strategies STROM comes with. */
export const builtIn: ReadonlyArray<Strategy.Any> = [
  EmaCrossover,
  SmaCrossover,
  MacdTrend,
  RsiReversion,
  BollingerReversion,
  BollingerBreakout,
  DonchianBreakout,
  MomentumRoc,
  ZScoreReversion,
  BuyAndHold,
];

/** A catalog of strategies. Throws `RangeError` when two have one key. */
export const make = (strategies: ReadonlyArray<Strategy.Any>): Catalog => {
  const byKey = new Map<string, Strategy.Any>();
  for (const strategy of strategies) {
    if (byKey.has(strategy.key)) throw new RangeError(`two strategies have the key ${strategy.key}`);
    byKey.set(strategy.key, strategy);
  }
  return { strategies, byKey, byId: new Map(strategies.map((strategy) => [strategy.id, strategy])) };
};

/** The strategy of a key. */
export const find = (catalog: Catalog, key: string): Strategy.Any | undefined => catalog.byKey.get(key);

/** The strategy of an id. */
export const findById = (catalog: Catalog, id: StrategyId): Strategy.Any | undefined => catalog.byId.get(id);
