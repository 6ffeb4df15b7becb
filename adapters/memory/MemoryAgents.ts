import type { AgentSpec, Id } from "@strom/core";
import { Event, FillModel, Guard, Ledger, Agent as Machine, Money, AgentSpec as Specs } from "@strom/core";
import type { Agent, Change, Move, NewAgent, Slice } from "@strom/core/ports";
import {
  AgentNotFound,
  Agents,
  CapitalCommitted,
  Database,
  EventBus,
  Journal,
  StillSettling,
} from "@strom/core/ports";
import { Clock, Effect, Layer } from "effect";
import { MemoryConnection } from "./MemoryConnection.ts";
import { cursorKey, laneKey } from "./MemoryJournal.ts";
import type { MemoryRecord } from "./MemoryRecord.ts";
import { versionKey } from "./MemoryRuntimeStore.ts";

type Kept = Agent & { readonly isArchived: boolean };

const find = (record: MemoryRecord, userId: Id.UserId, id: Id.AgentId): Kept | null => {
  const agent = record.agents.get(id);
  return agent === undefined || agent.userId !== userId || agent.isArchived ? null : agent;
};

const micros = (agent: Agent): bigint => BigInt(Math.round(agent.createdAt * 1000));

/** Newest first, by time and id. */
const list = (
  record: MemoryRecord,
  userId: Id.UserId,
  status: Machine.State | undefined,
  { limit, after }: Slice,
) => {
  const isAfter = (agent: Agent): boolean =>
    after === null || micros(agent) < after.micros || (micros(agent) === after.micros && agent.id < after.id);
  const rest = [...record.agents.values()]
    .filter((agent) => find(record, userId, agent.id) !== null && isAfter(agent))
    .filter((agent) => status === undefined || agent.status === status)
    .sort((a, b) => Number(micros(b) - micros(a)) || (a.id < b.id ? 1 : -1));
  const items = rest.slice(0, limit).map(plain);
  const last = items.at(-1);
  const next =
    last === undefined || rest.length <= limit ? null : { micros: micros(last), rank: 0n, id: last.id };
  return { items, next };
};

const plain = ({ isArchived: _, ...agent }: Kept): Agent => agent;

const writeVersion = (record: MemoryRecord, agent: Agent): void => {
  const spec: AgentSpec.AgentSpec = Specs.make(agent.id, agent.seed, agent, FillModel.standard);
  record.versions.insert(versionKey(agent.id, agent.version), spec);
};

const insert = (record: MemoryRecord, { id, userId, seed, configuration, moves }: NewAgent): Kept => {
  const status = moves.at(-1)?.to ?? "CREATED";
  const agent: Kept = {
    ...configuration,
    id,
    userId,
    seed,
    status,
    isEnabled: Machine.isEnabled(status),
    version: 1,
    lastError: null,
    hasStarted: moves.some(({ to }) => to === "RUNNING"),
    createdAt: record.now(),
    updatedAt: record.now(),
    isArchived: false,
  };
  record.agents.insert(id, agent);
  writeVersion(record, agent);
  const { capital } = configuration;
  record.accounts.insert(id, {
    account: Ledger.open(capital),
    guard: Guard.make(capital),
    missed: 0,
    failures: 0,
  });
  return agent;
};

/** More or less capital is money paid in or taken out: nothing gained, nothing lost. */
const moveCapital = (record: MemoryRecord, id: Id.AgentId, by: bigint): void => {
  const row = record.accounts.get(id);
  if (row === undefined || by === 0n) return;
  const { account, guard } = row;
  record.accounts.set(id, {
    ...row,
    account: {
      ...account,
      capital: Money.cash(account.capital + by),
      cash: Money.cash(account.cash + by),
    },
    guard: {
      ...guard,
      peakEquity: Money.cash(guard.peakEquity + by),
      dayStartEquity: Money.cash(guard.dayStartEquity + by),
    },
  });
};

const least = (record: MemoryRecord, agent: Agent, capital: Money.Cash): Money.Cash | null => {
  const cash = record.accounts.get(agent.id)?.account.cash ?? agent.capital;
  const by = capital - agent.capital;
  return by < 0n && cash + by < 0n ? Money.cash(agent.capital - cash) : null;
};

/** Whether a run waits for its review, or an order for its fill. */
const isSettling = (record: MemoryRecord, id: Id.AgentId, partition: number): boolean =>
  [
    { stage: "risk", topic: "agent.run", partition },
    { stage: "execution", topic: "order.intent", partition },
  ].some((cursor) => {
    const position = record.cursors.get(cursorKey(cursor))?.position ?? 0;
    const rows = record.lanes.get(laneKey(cursor.topic, partition))?.rows ?? [];
    return rows.some(({ offset, agentId }) => offset >= position && agentId === id);
  });

const carryOut = (
  record: MemoryRecord,
  agent: Kept,
  { configuration, moves = [], isArchived }: Change,
): Kept => {
  const status = moves.at(-1)?.to ?? agent.status;
  const next: Kept = {
    ...agent,
    ...configuration,
    version: configuration === undefined ? agent.version : agent.version + 1,
    status,
    isEnabled: Machine.isEnabled(status),
    lastError: moves.length > 0 && status !== "ERROR" ? null : agent.lastError,
    hasStarted: agent.hasStarted || moves.some(({ to }) => to === "RUNNING"),
    updatedAt: record.now(),
    isArchived: isArchived === true,
  };
  record.agents.set(agent.id, next);
  if (configuration !== undefined) {
    moveCapital(record, agent.id, configuration.capital - agent.capital);
    writeVersion(record, next);
  }
  return next;
};

export const layer: Layer.Layer<Agents, never, MemoryConnection | Database | Journal | EventBus> =
  Layer.effect(
    Agents,
    Effect.gen(function* () {
      const { ask } = yield* MemoryConnection;
      const database = yield* Database;
      const journal = yield* Journal;
      const bus = yield* EventBus;

      const announce = Effect.fnUntraced(function* (
        agent: Agent,
        was: Machine.State,
        moves: ReadonlyArray<Move>,
      ) {
        if (moves.length === 0) return;
        const at = yield* Clock.currentTimeMillis;
        const states = [was, ...moves.map(({ to }) => to)];
        const steps = moves.map(({ to, reason }, n) => ({ from: states[n] ?? was, to, reason }));
        const before = yield* ask("agents.transitions", (record) => {
          const known = record.transitions.get(agent.id) ?? [];
          const now = record.now();
          record.transitions.set(agent.id, [...known, ...steps.map((step) => ({ ...step, at: now }))]);
          return known.length;
        });
        const events = steps.map((step, index) => {
          const sequence = before + index + 1;
          return Event.agentChanged({
            agentId: agent.id,
            at,
            sequence,
            configVersion: agent.version,
            ...step,
          });
        });
        const partition = Event.partition(agent.id, database.partitions);
        const rows = yield* journal.append(
          events.map((event) => ({
            topic: event._tag,
            partition,
            eventId: event.id,
            agentId: agent.id,
            payload: Event.encode(event),
            at,
          })),
        );
        yield* database.afterCommit(Effect.ignore(bus.publish(rows)));
      });

      const read = Effect.fnUntraced(function* (userId: Id.UserId, id: Id.AgentId) {
        const agent = yield* ask("agents.find", (record) => find(record, userId, id));
        return agent ?? (yield* new AgentNotFound({ id }));
      });

      return Agents.of({
        find: (userId, id) => Effect.map(read(userId, id), plain),
        create: (agent) =>
          database.transaction(
            Effect.gen(function* () {
              const known = yield* ask("agents.find", (record) => find(record, agent.userId, agent.id));
              if (known !== null) return plain(known);
              const made = yield* ask("agents.create", (record) => insert(record, agent));
              yield* announce(made, "CREATED", agent.moves);
              return plain(made);
            }),
          ),
        change: (userId, id, decide) =>
          database.transaction(
            Effect.gen(function* () {
              const agent = yield* read(userId, id);
              const decided = yield* decide(plain(agent));
              const capital = decided.configuration?.capital ?? agent.capital;
              const floor = yield* ask("agents.least", (record) => least(record, agent, capital));
              const isMoved = capital !== agent.capital;
              const partition = Event.partition(agent.id, database.partitions);
              if (
                isMoved &&
                (yield* ask("agents.settling", (record) => isSettling(record, agent.id, partition)))
              )
                return yield* new StillSettling({ id: agent.id });
              if (floor !== null) return yield* new CapitalCommitted({ capital, least: floor });
              const next = yield* ask("agents.change", (record) => carryOut(record, agent, decided));
              yield* announce(next, agent.status, decided.moves ?? []);
              return plain(next);
            }),
          ),
        list: (userId, { status }, slice) =>
          ask("agents.list", (record) => list(record, userId, status, slice)),
        count: (userId) =>
          ask(
            "agents.count",
            (record) =>
              [...record.agents.values()].filter(({ id }) => find(record, userId, id) !== null).length,
          ),
        idsOf: (userId) =>
          ask("agents.idsOf", (record) =>
            [...record.agents.values()].filter((agent) => agent.userId === userId).map(({ id }) => id),
          ),
      });
    }),
  );
