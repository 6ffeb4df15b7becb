import { Event } from "@strom/core";
import { Duration, Effect, Result, Stream } from "effect";
import * as Sse from "effect/encoding/Sse";
import type { Client } from "../Strom.ts";
import { call } from "../Strom.ts";
import * as Notice from "./Notice.ts";

/** The server says something every 15 s: after this long the connection is dead. */
const SILENCE = Duration.seconds(45);

/** An event of a user's agents and its place; `event` is null for those no chat is told of. */
export interface Told {
  readonly position: string;
  readonly event: Event.Event | null;
}

const read = (message: Sse.Event): Told | null => {
  if (message.id === undefined) return null;
  if (!Notice.topics.has(message.event)) return { position: message.id, event: null };
  const event = Event.parse(message.data);
  return { position: message.id, event: Result.isSuccess(event) ? event.success : null };
};

/**
 * The events of a chat's user after a place, each once and in order, until the connection ends: then it is asked for
 * again, after the last place it gave. `opened` runs once the stream was granted, before any event.
 */
export const after = (client: Client, position: string, opened: Effect.Effect<void>) =>
  Stream.unwrap(
    call(
      client.events.all({ headers: position === "" ? {} : { "last-event-id": position }, query: {} }),
    ).pipe(
      Effect.tap(opened),
      Effect.map((bytes) =>
        bytes.pipe(
          Stream.decodeText,
          Stream.timeout(SILENCE),
          Stream.pipeThroughChannel(Sse.decode()),
          Stream.map(read),
          Stream.filter((told) => told !== null),
        ),
      ),
    ),
  );
