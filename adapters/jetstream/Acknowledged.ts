import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { createInbox } from "@nats-io/transport-node";
import type { Row } from "@strom/core/ports";
import * as Subject from "./Subject.ts";

/**
 * Publishing many messages and waiting until the stream has taken all of them.
 * The client's own `publish` makes two errors, a timer and four promises for each
 * message in advance, which cost more than sending it; here a window of messages
 * shares one of each, since it succeeds or is repeated as a whole.
 */
interface Window {
  left: number;
  readonly done: () => void;
  readonly fail: (reason: Error) => void;
}

export interface Acknowledged {
  /** Resolves when the stream has every message, a repeated one included; rejects when one was refused or is late. */
  readonly publish: (epoch: string, rows: ReadonlyArray<Row>, withinMs: number) => Promise<void>;
}

const NO_RESPONDERS = 503;

/** Null when the stream took the message, else what it said. */
const refusal = (message: Msg): string | null => {
  if (message.headers?.code === NO_RESPONDERS) return "no stream takes this subject";
  const said = message.string();
  return said.includes('"error"') ? said : null;
};

/** On a connection, for as long as it lives: subscriptions survive a reconnect. */
export const make = (connection: NatsConnection): Acknowledged => {
  const inbox = createInbox();
  const windows = new Map<string, Window>();
  let count = 0;
  connection.subscribe(`${inbox}.*`, {
    callback: (error, message) => {
      const window = windows.get(message.subject);
      if (window === undefined) return;
      const reason = error === null ? refusal(message) : error.message;
      if (reason !== null) return window.fail(new Error(reason));
      window.left -= 1;
      if (window.left === 0) window.done();
    },
  });

  return {
    publish: (epoch, rows, withinMs) => {
      if (rows.length === 0) return Promise.resolve();
      const reply = `${inbox}.${++count}`;
      return new Promise<void>((resolve, reject) => {
        const end = (settle: () => void) => () => {
          windows.delete(reply);
          clearTimeout(timer);
          settle();
        };
        const fail = (reason: Error): void => end(() => reject(reason))();
        const timer = setTimeout(
          () =>
            fail(new Error(`${windows.get(reply)?.left} of ${rows.length} were not taken in ${withinMs} ms`)),
          withinMs,
        );
        windows.set(reply, { left: rows.length, done: end(resolve), fail });
        try {
          for (const row of rows) {
            const headers = Subject.headersOf(epoch, row);
            connection.publish(Subject.of(row), JSON.stringify(row.payload), { headers, reply });
          }
        } catch (cause) {
          fail(cause instanceof Error ? cause : new Error(String(cause)));
        }
      });
    },
  };
};
