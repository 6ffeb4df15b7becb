import type { Intent } from "@strom/core";
import { Event } from "@strom/core";
import { Result } from "effect";
import { RowInvalid } from "./PgRow.ts";

/** An approved order as kept in `orders.intent`: the very event that told of it, so it is read back by one codec. */
export const encode = (order: Intent.ApprovedOrder): unknown => Event.encode(Event.orderIntent(order));

/** Reads it back; throws on what was not written by `encode`. */
export const decode = (json: unknown): Intent.ApprovedOrder => {
  const event = Event.decode(json);
  if (Result.isSuccess(event) && event.success._tag === "order.intent") return event.success.order;
  // It is right, and not for us.
  if (Result.isFailure(event) && event.failure instanceof Event.EventNewer) throw event.failure;
  const reason = Result.isFailure(event) ? event.failure.message : `it is ${event.success._tag}`;
  throw new RowInvalid("intent", json, `an order's intent: ${reason}`);
};
