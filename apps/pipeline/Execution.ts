import { Engine, Event, Id, Intent, Ledger } from "@strom/core";
import type { Row } from "@strom/core/ports";
import { ExecutionStore } from "@strom/core/ports";
import { Effect, Schema } from "effect";
import type * as Stage from "./Stage.ts";

const isAgentId = Schema.is(Id.AgentId);

const isIntent = (event: Event.Event): event is Event.OrderIntent => event._tag === "order.intent";

/** Why an intent that could not be filled was refused. */
const UNFILLABLE = "not_executable";

const tell = ({
  order,
  fill,
  realized,
  account,
  snapshot,
}: Engine.Settlement): ReadonlyArray<Event.Event> => [
  Event.orderFilled(order, fill, realized, Ledger.position(account, order.symbol).qty),
  Event.pnlUpdated({ agentId: order.agentId, slot: order.slot, order }, snapshot),
];

/** Consumes intents: fills each once and posts it to the books. */
export const make = Effect.gen(function* () {
  const store = yield* ExecutionStore;

  const handle = Effect.fnUntraced(function* (events: ReadonlyArray<Event.Event>) {
    const orders = events.filter(isIntent).map(({ order }) => order);
    const desk = yield* store.load(orders);
    const accounts = new Map<Id.AgentId, Ledger.Account>(desk.accounts);
    const settlements: Array<Engine.Settlement> = [];
    for (const order of orders) {
      const account = accounts.get(order.agentId);
      if (account === undefined) throw new Error(`agent ${order.agentId} has no account`);
      if (!desk.open.has(Intent.orderId(order))) continue;
      const settlement = Engine.settle(account, order);
      accounts.set(order.agentId, settlement.account);
      settlements.push(settlement);
    }
    yield* store.save(settlements);
    return settlements.flatMap(tell);
  });

  const bury = Effect.fnUntraced(function* (event: Event.Event) {
    if (!isIntent(event)) return;
    yield* store.refuse(event.agentId, Intent.orderId(event.order), UNFILLABLE);
  });

  /** An order whose intent cannot be read ends all the same: the row names its event, the order keeps what it intends. */
  const buryUnread = Effect.fnUntraced(function* ({ agentId, eventId }: Row) {
    if (!isAgentId(agentId)) return;
    const orders = yield* store.pending(agentId);
    const order = orders.find((pending) => Event.orderIntent(pending).id === eventId);
    if (order !== undefined) yield* store.refuse(agentId, Intent.orderId(order), UNFILLABLE);
  });

  const definition: Stage.Definition = {
    stage: "execution",
    topic: "order.intent",
    handle,
    bury,
    buryUnread,
  };
  return definition;
});
