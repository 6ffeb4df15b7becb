import type { AgentChange, NewAgent } from "@strom/adapters/http/AgentsApi.ts";
import * as Problem from "@strom/adapters/http/Problem.ts";
import * as Problems from "@strom/adapters/http/Problems.ts";
import type { AgentSpec, StateMachine } from "@strom/core";
import { Catalog, Agent as Machine, RiskProfile } from "@strom/core";
import type { Agent, Change, Move } from "@strom/core/ports";
import { Result, Schema } from "effect";

type Asked = NonNullable<(typeof NewAgent.Type)["strategies"]>;

const isParams = Schema.is(Schema.Record(Schema.String, Schema.Unknown));

/** Strategies with their parameters decoded and defaults filled in; every problem with its path. */
export const chooseStrategies = (
  catalog: Catalog.Catalog,
  asked: Asked,
): Result.Result<ReadonlyArray<AgentSpec.StrategyChoice>, Problem.Invalid> => {
  const errors: Array<Problem.FieldError> = [];
  const chosen: Array<AgentSpec.StrategyChoice> = [];
  for (const [index, { key, params }] of asked.entries()) {
    const strategy = Catalog.find(catalog, key);
    if (strategy === undefined) {
      const known = catalog.strategies.map((each) => each.key).join(", ");
      const message = `${JSON.stringify(key.slice(0, 60))} is not a strategy; it should be one of ${known}`;
      errors.push({ path: `strategies[${index}].key`, message });
      continue;
    }
    const decoded = strategy.decodeParams(params ?? {});
    if (Result.isSuccess(decoded)) {
      chosen.push({ strategyId: strategy.id, key, params: isParams(decoded.success) ? decoded.success : {} });
      continue;
    }
    const root = `strategies[${index}].params`;
    for (const { path, message } of decoded.failure.errors) {
      errors.push({ path: path === "" ? root : `${root}.${path}`, message });
    }
  }
  if (errors.length === 0) return Result.succeed(chosen);
  return Result.fail(Problems.invalid("invalid_strategies", errors));
};

/** The configuration a new agent asks for. */
export const configurationOf = (
  catalog: Catalog.Catalog,
  asked: typeof NewAgent.Type,
): Result.Result<AgentSpec.Configuration, Problem.Invalid> =>
  Result.map(chooseStrategies(catalog, asked.strategies ?? []), (strategies) => ({
    name: asked.name,
    mode: "paper",
    frequencySeconds: asked.frequency_seconds,
    symbols: asked.universe.symbols,
    strategies,
    risk: asked.risk_profile ?? RiskProfile.standard,
    capital: asked.capital,
  }));

/** An agent is configured once it has a strategy; the rest of a configuration is never missing. */
export const isComplete = (configuration: AgentSpec.Configuration): boolean =>
  configuration.strategies.length > 0;

/** What happens to a new agent at once. */
export const firstMoves = (configuration: AgentSpec.Configuration): ReadonlyArray<Move> =>
  isComplete(configuration) ? [{ to: "CONFIGURED", reason: "created with a complete configuration" }] : [];

/** start, pause or stop. */
export const move = (
  agent: Agent,
  event: "start" | "pause" | "stop",
): Result.Result<Change, StateMachine.IllegalTransition> =>
  Result.map(Machine.transition(agent.status, event), (to) => ({
    moves: [{ to, reason: `${event} asked by its owner` }],
  }));

/** What does not change while an agent runs: its books or its memory hang on it. */
const needsStop = ["universe", "strategies", "capital"] as const;

/** Slots are numbered in the frequency: another one would give old numbers to new slots. */
const frequencyFixed = ({ frequencySeconds, status }: Agent): Problem.Conflict =>
  new Problem.Conflict({
    code: "frequency_fixed",
    detail: `frequency_seconds stays ${frequencySeconds} once an agent was started: everything it did is numbered in it; make another agent for another frequency`,
    state: status,
  });

/** A change of some of an agent's settings. */
export const change = (
  catalog: Catalog.Catalog,
  agent: Agent,
  asked: typeof AgentChange.Type,
): Result.Result<Change, Problem.Invalid | Problem.Conflict | StateMachine.IllegalTransition> =>
  Result.gen(function* () {
    const { frequency_seconds = agent.frequencySeconds } = asked;
    if (agent.hasStarted && frequency_seconds !== agent.frequencySeconds) {
      return yield* Result.fail(frequencyFixed(agent));
    }
    const strategies =
      asked.strategies === undefined ? agent.strategies : yield* chooseStrategies(catalog, asked.strategies);
    const configuration: AgentSpec.Configuration = {
      name: asked.name ?? agent.name,
      mode: "paper",
      frequencySeconds: frequency_seconds,
      symbols: asked.universe?.symbols ?? agent.symbols,
      strategies,
      risk: asked.risk_profile ?? agent.risk,
      capital: asked.capital ?? agent.capital,
    };
    const named = Object.keys(asked).join(", ");
    const deep = needsStop.filter((field) => asked[field] !== undefined);
    if (deep.length === 0) {
      // Still a step of its history: what was in force when can be read off it.
      return { configuration, moves: [{ to: agent.status, reason: `changed: ${named}` }] };
    }
    if (!Machine.allowed(agent.status).includes("configure")) {
      return yield* Result.fail(
        new Problem.Conflict({
          code: "agent_not_stopped",
          detail: `the agent is ${agent.status}: stop it before you change its ${deep.join(", ")}`,
          state: agent.status,
          allowed: Machine.allowed(agent.status).filter((event) => event === "stop" || event === "pause"),
        }),
      );
    }
    if (!isComplete(configuration)) {
      if (agent.status === "CREATED") {
        return { configuration, moves: [{ to: agent.status, reason: `changed: ${named}` }] };
      }
      return yield* Result.fail(
        Problems.invalid("invalid_strategies", [
          { path: "strategies", message: "an agent that was configured keeps at least one strategy" },
        ]),
      );
    }
    const to = yield* Machine.transition(agent.status, "configure");
    return { configuration, moves: [{ to, reason: `changed: ${named}` }] };
  });

/** An agent that is ticked is stopped first: nobody archives open business by mistake. */
export const archive = (agent: Agent): Result.Result<Change, Problem.Conflict> =>
  agent.status === "RUNNING" || agent.status === "PAUSED"
    ? Result.fail(
        new Problem.Conflict({
          code: "agent_not_stopped",
          detail: `the agent is ${agent.status}: stop it before it is deleted`,
          state: agent.status,
          allowed: ["stop"],
        }),
      )
    : Result.succeed({ isArchived: true });
