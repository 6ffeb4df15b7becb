import { Event } from "@strom/core";
import type { Entry, Row } from "@strom/core/ports";
import { Predicate, Result } from "effect";

/** What places an event in its topic: its agent, or the symbol of a price. */
const key = (event: Event.Event): string => (event._tag === "market.tick" ? event.symbol : event.agentId);

/**
 * Events this process encoded itself, for as long as somebody holds what they became: a stage that is handed the
 * very same payload need not read back what is known. What came over a wire or out of the record is always read.
 */
const known = new WeakMap<object, Event.Event>();

/** An event as the journal takes it. */
export const entry = (event: Event.Event, partitions: number): Entry => {
  const payload = Event.encode(event);
  known.set(payload, event);
  return {
    topic: event._tag,
    partition: Event.partition(key(event), partitions),
    eventId: event.id,
    agentId: event._tag === "market.tick" ? null : event.agentId,
    payload,
    at: event.at,
  };
};

/** The event a row holds; throws `EventInvalid` where it holds none. */
export const event = ({ payload }: Row): Event.Event => {
  const own = Predicate.isObject(payload) ? known.get(payload) : undefined;
  return own ?? Result.getOrThrowWith(Event.decode(payload), (error) => error);
};
