import { Event } from "@strom/core";
import type { Entry } from "@strom/core/ports";

/** What places an event in its topic: its agent, or the symbol of a price. */
const key = (event: Event.Event): string => (event._tag === "market.tick" ? event.symbol : event.agentId);

/** An event as the journal takes it. */
export const entry = (event: Event.Event, partitions: number): Entry => ({
  topic: event._tag,
  partition: Event.partition(key(event), partitions),
  eventId: event.id,
  agentId: event._tag === "market.tick" ? null : event.agentId,
  payload: Event.encode(event),
  at: event.at,
});
