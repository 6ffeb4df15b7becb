import type { AgentSpec, Catalog, Guard, Id, Ledger, Risk } from "@strom/core";
import { Engine, Money } from "@strom/core";
import type { Remembered } from "@strom/core/ports";
import type { Inputs } from "./PgInputs.ts";
import { carriesOver } from "./PgMemory.ts";

/** One run as it is on record: with the configuration it cites, all that its outcome depends on. */
export interface Chapter {
  readonly beat: Engine.Beat;
  readonly version: number;
  readonly standing: Risk.Standing;
  readonly inputs: Inputs;
}

/** What a run comes to when it is lived again. */
export interface Lived {
  readonly outcome: Engine.Outcome;
  readonly memory: ReadonlyArray<Remembered>;
}

/** An agent's life, lived again run by run through the same functions the stages call. */
export interface Life {
  readonly live: (chapter: Chapter) => Lived;
}

interface Learned {
  readonly version: number;
  readonly state: unknown;
}

/** More or less capital is neither gained nor lost: cash, peak and the day's start move with it. */
export const accountWith = (account: Ledger.Account, capital: Money.Cash): Ledger.Account => ({
  ...account,
  capital,
  cash: Money.cash(account.cash + capital - account.capital),
});

export const guardWith = (guard: Guard.Guard, by: bigint): Guard.Guard => ({
  ...guard,
  peakEquity: Money.cash(guard.peakEquity + by),
  dayStartEquity: Money.cash(guard.dayStartEquity + by),
});

const withCapital = (world: Engine.World, capital: Money.Cash): Engine.World => {
  const by = capital - world.account.capital;
  return by === 0n
    ? world
    : { ...world, account: accountWith(world.account, capital), guard: guardWith(world.guard, by) };
};

export const make = (catalog: Catalog.Catalog, specOf: (version: number) => AgentSpec.AgentSpec): Life => {
  const learned = new Map<Id.StrategyId, Map<string, Learned>>();
  let world: Engine.World | null = null;

  /** What the present strategies may build on, as the runtime loads it. */
  const recall = (spec: AgentSpec.AgentSpec): Engine.Memory => {
    const memory: Record<string, Record<string, unknown>> = {};
    for (const [strategyId, symbols] of learned) {
      for (const [symbol, { version, state }] of symbols) {
        if (!carriesOver(strategyId, specOf(version), spec)) continue;
        memory[strategyId] = { ...memory[strategyId], [symbol]: state };
      }
    }
    return memory;
  };

  const learn = (spec: AgentSpec.AgentSpec, version: number, before: Engine.Memory, after: Engine.Memory) => {
    const changed: Array<Remembered> = [];
    for (const { strategyId } of spec.strategies) {
      const symbols = learned.get(strategyId) ?? new Map<string, Learned>();
      learned.set(strategyId, symbols);
      for (const [symbol, state] of Object.entries(after[strategyId] ?? {})) {
        if (before[strategyId]?.[symbol] === state) continue;
        symbols.set(symbol, { version, state });
        changed.push({ strategyId, symbol, state });
      }
    }
    return changed;
  };

  return {
    live: ({ beat, version, standing, inputs }) => {
      const spec = specOf(version);
      const before = withCapital(world ?? Engine.begin(spec), spec.capital);
      const known = recall(spec);
      const memory = inputs.warmup === null ? known : Engine.warmup(spec, catalog, known, inputs.warmup);
      const [after, outcome] = Engine.step(
        spec,
        catalog,
        { ...before, memory, standing },
        beat,
        inputs.observations,
      );
      world = after;
      return { outcome, memory: learn(spec, version, known, after.memory) };
    },
  };
};
