import { Data, Predicate, Result, Schema } from "effect";
import type { Event } from "../Event.ts";
import * as Id from "../Id.ts";
import type { ApprovedOrder, Coordinates, Draft } from "../Intent.ts";
import * as Money from "../Money.ts";
import * as Problem from "../Problem.ts";
import type { Signal } from "../Signal.ts";
import * as Payload from "./Payload.ts";
import * as Topic from "./Topic.ts";

/** A message that is not an event: where it is wrong, and what would be right. */
export class EventInvalid extends Data.TaggedError("EventInvalid")<{
  readonly path: string;
  readonly reason: string;
}> {
  override get message(): string {
    return this.path === "" ? this.reason : `${this.path}: ${this.reason}`;
  }
}

/** An event of a later release: there is nothing wrong with it, but this one cannot read it. */
export class EventNewer extends Data.TaggedError("EventNewer")<{ readonly version: number }> {
  override get message(): string {
    return `version ${this.version} is of a newer release: this one reads version ${Topic.VERSION} only`;
  }
}

/** What every event says of itself, decoded. */
interface Envelope {
  readonly id: Id.EventId;
  readonly agentId: Id.AgentId;
  readonly at: number;
}

type Reader = (envelope: Envelope, payload: unknown) => Result.Result<Event, EventInvalid>;

const envelope = Schema.Struct({
  id: Id.EventId,
  topic: Schema.String,
  version: Schema.Int,
  agent_id: Schema.optionalKey(Id.AgentId),
  at: Payload.Instant,
  payload: Schema.Unknown,
});

/** Strict and quick; only what is refused is looked at again, for the words. */
const strict = <A>(schema: Schema.ConstraintDecoder<A>, at: string) => {
  const quick = Schema.decodeUnknownResult(schema, { errors: "first", onExcessProperty: "error" });
  const slow = Problem.decoder(schema);
  return (input: unknown): Result.Result<A, EventInvalid> => {
    const decoded = quick(input);
    if (Result.isSuccess(decoded)) return Result.succeed(decoded.success);
    const again = slow(input);
    const first = Result.isFailure(again) ? again.failure[0] : undefined;
    const path = [at, first?.path ?? ""].filter((part) => part !== "").join(".");
    return Result.fail(new EventInvalid({ path, reason: first?.message ?? "an event is needed" }));
  };
};

const reader = <A>(
  schema: Schema.ConstraintDecoder<A>,
  make: (envelope: Envelope, payload: A) => Event,
): Reader => {
  const read = strict(schema, "payload");
  return (head, payload) => Result.map(read(payload), (decoded) => make(head, decoded));
};

const coordinates = (
  { agentId }: Envelope,
  { slot, origin, symbol }: Omit<Coordinates, "agentId">,
): Coordinates => ({ agentId, slot, origin, symbol });

const draft = (head: Envelope, payload: typeof Payload.Draft.Type): Draft => ({
  ...coordinates(head, payload),
  at: head.at,
  side: payload.side,
  qty: payload.qty,
  price: payload.price,
  volume: payload.volume,
  marks: payload.marks,
  peakEquity: payload.peak_equity,
  fill: payload.fill,
  seed: payload.seed,
});

const signal = (head: Envelope, slot: number, said: typeof Payload.Signal.Type): Signal => ({
  agentId: head.agentId,
  slot,
  origin: said.origin,
  symbol: said.symbol,
  side: said.side,
  confidence: said.confidence,
  rationale: said.rationale,
});

const readers: { readonly [T in Topic.Topic]: Reader } = {
  "agent.tick": reader(Payload.Tick, (head, { slot, frequency_seconds, missed }) => ({
    _tag: "agent.tick",
    ...head,
    slot,
    frequencySeconds: frequency_seconds,
    missed,
  })),
  "agent.run": reader(Payload.Run, (head, { slot, config_version, observations, signals }) => ({
    _tag: "agent.run",
    ...head,
    configVersion: config_version,
    run: {
      agentId: head.agentId,
      slot,
      at: head.at,
      observations: observations.map(({ bar, priced_at }) => ({ bar, pricedAt: priced_at })),
      signals: signals.map((said) => signal(head, slot, said)),
    },
  })),
  "agent.changed": reader(Payload.Changed, (head, { sequence, from, to, config_version, reason }) => ({
    _tag: "agent.changed",
    ...head,
    sequence,
    from,
    to,
    configVersion: config_version,
    reason,
  })),
  "signal.created": reader(Payload.Created, (head, payload) => ({
    _tag: "signal.created",
    ...head,
    signal: signal(head, payload.slot, payload),
  })),
  "order.intent": reader(Payload.Draft, (head, payload) => ({
    _tag: "order.intent",
    ...head,
    // Only approved orders are told as intents: what is read back was minted by `Risk.review`.
    order: draft(head, payload) as ApprovedOrder,
  })),
  "order.rejected": reader(Payload.Rejected, (head, payload) => ({
    _tag: "order.rejected",
    ...head,
    order: draft(head, payload),
    reason: payload.reason,
    rules: payload.rules,
  })),
  "order.filled": reader(Payload.Filled, (head, payload) => ({
    _tag: "order.filled",
    ...head,
    order: coordinates(head, payload),
    fill: {
      symbol: payload.symbol,
      side: payload.side,
      qty: payload.qty,
      price: payload.price,
      notional: Money.notional(payload.qty, payload.price),
      fee: payload.fee,
      at: head.at,
    },
    realized: payload.realized_pnl,
    position: payload.position_qty,
  })),
  "pnl.updated": reader(Payload.Pnl, (head, payload) => ({
    _tag: "pnl.updated",
    ...head,
    slot: payload.slot,
    order:
      payload.origin === null || payload.symbol === null
        ? null
        : coordinates(head, { slot: payload.slot, origin: payload.origin, symbol: payload.symbol }),
    snapshot: {
      at: head.at,
      equity: payload.equity,
      realized: payload.realized_pnl,
      unrealized: payload.unrealized_pnl,
      fees: payload.fees,
      drawdown: payload.drawdown,
    },
  })),
  "market.tick": reader(Payload.MarketTick, ({ id, at }, payload) => ({
    _tag: "market.tick",
    id,
    at,
    ...payload,
  })),
};

const readEnvelope = strict(envelope, "");
const isTopic = (name: string): name is Topic.Topic => Object.hasOwn(readers, name);
const refuse = (path: string, reason: string) => Result.fail(new EventInvalid({ path, reason }));

/** Reads the JSON of an event; unknown topics, versions and properties are refused. */
export const decode = (wire: unknown): Result.Result<Event, EventInvalid | EventNewer> => {
  // Before anything else: in another version all of it may be otherwise.
  if (Predicate.hasProperty(wire, "version") && Number(wire.version) > Topic.VERSION)
    return Result.fail(new EventNewer({ version: Number(wire.version) }));
  const head = readEnvelope(wire);
  if (Result.isFailure(head)) return Result.fail(head.failure);
  const { id, topic, version, agent_id, at, payload } = head.success;
  const name = topic.startsWith(Topic.PREFIX) ? topic.slice(Topic.PREFIX.length) : "";
  if (!isTopic(name)) {
    return refuse(
      "topic",
      `${Problem.shown(topic)} is refused: there is ${Topic.topics.join(", ")}, each after ${Topic.PREFIX}`,
    );
  }
  if (version !== Topic.VERSION) {
    return refuse("version", `${version} is refused: this release reads version ${Topic.VERSION} only`);
  }
  if ((agent_id === undefined) !== (name === "market.tick")) {
    return refuse("agent_id", agent_id === undefined ? "the agent is needed" : "a market tick is no agent's");
  }
  return readers[name]({ id, agentId: agent_id ?? NOBODY, at: Date.parse(at) }, payload);
};

/** Stands in the envelope of a market tick, which is no agent's and drops it. */
const NOBODY = Id.derive("agent", "nobody") as Id.AgentId;
