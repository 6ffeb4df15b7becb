import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { createInbox } from "@nats-io/transport-node";
import type { Row } from "@strom/core/ports";
import { Result, Schema } from "effect";
import * as Subject from "./Subject.ts";

/**
 * Publishing many messages and waiting until the stream has taken all of them.
 *
 * The stream takes the messages of a connection one after the other and numbers what it takes. So the first and the
 * last of a window ask for an acknowledgement, and their two numbers tell whether everything between was taken:
 * one acknowledgement a message cost the broker and the client more than the messages did. Where the numbers do not
 * say so (a refusal, a repeated message, another store), the window is said again with every message acknowledged,
 * which a stream takes once.
 */
export interface Acknowledged {
  /** Resolves when the stream has every message, a repeated one included; rejects when one was refused or is late. */
  readonly publish: (epoch: string, messages: ReadonlyArray<Written>, withinMs: number) => Promise<void>;
}

/** A row of the journal and its event as JSON. */
export interface Written {
  readonly row: Row;
  readonly body: string;
}

/** Some messages whose acknowledgements share one promise and one timer. */
interface Window {
  left: number;
  readonly numbers: Array<number>;
  readonly done: () => void;
  readonly fail: (reason: Error) => void;
}

const NO_RESPONDERS = 503;

const Answer = Schema.fromJsonString(
  Schema.Struct({
    seq: Schema.optionalKey(Schema.Int),
    duplicate: Schema.optionalKey(Schema.Boolean),
    error: Schema.optionalKey(Schema.Unknown),
  }),
);
const read = Schema.decodeUnknownResult(Answer);

/** Stands for a message the stream had already, whose number says nothing of its neighbours. */
const REPEATED = -1;

/** The number the stream gave the message, or why it did not take it. */
const answered = (message: Msg): Result.Result<number, Error> => {
  if (message.headers?.code === NO_RESPONDERS) return Result.fail(new Error("no stream takes this subject"));
  const said = message.string();
  const answer = read(said);
  if (Result.isFailure(answer) || answer.success.seq === undefined || answer.success.error !== undefined)
    return Result.fail(new Error(said));
  return Result.succeed(answer.success.duplicate === true ? REPEATED : answer.success.seq);
};

/** Whether so many messages were taken, from the numbers of the first and the last. */
const isWhole = (count: number, numbers: ReadonlyArray<number>): boolean => {
  const [first = REPEATED, last = REPEATED] = numbers;
  if (first === REPEATED || last === REPEATED) return false;
  return last - first + 1 >= count;
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
      const number = error === null ? answered(message) : Result.fail(error);
      if (Result.isFailure(number)) return window.fail(number.failure);
      window.numbers.push(number.success);
      window.left -= 1;
      if (window.left === 0) window.done();
    },
  });

  /** Sends them and answers the numbers of those that were to be acknowledged, in their order. */
  const send = (
    epoch: string,
    messages: ReadonlyArray<Written>,
    isAsked: (index: number) => boolean,
    withinMs: number,
  ) => {
    const reply = `${inbox}.${++count}`;
    const left = messages.reduce((sum, _, index) => sum + (isAsked(index) ? 1 : 0), 0);
    return new Promise<ReadonlyArray<number>>((resolve, reject) => {
      const numbers: Array<number> = [];
      const end = (settle: () => void) => () => {
        windows.delete(reply);
        clearTimeout(timer);
        settle();
      };
      const fail = (reason: Error): void => end(() => reject(reason))();
      const timer = setTimeout(
        () => fail(new Error(`${windows.get(reply)?.left} of ${left} were not taken in ${withinMs} ms`)),
        withinMs,
      );
      windows.set(reply, { left, numbers, done: end(() => resolve(numbers)), fail });
      try {
        for (const [index, { row, body }] of messages.entries()) {
          const headers = Subject.headersOf(epoch, row);
          const options = isAsked(index) ? { headers, reply } : { headers };
          connection.publish(Subject.of(row), body, options);
        }
      } catch (cause) {
        fail(cause instanceof Error ? cause : new Error(String(cause)));
      }
    });
  };

  return {
    publish: async (epoch, messages, withinMs) => {
      for (const ofStream of Map.groupBy(messages, ({ row }) => Subject.isMarket(row)).values()) {
        const last = ofStream.length - 1;
        const numbers = await send(epoch, ofStream, (index) => index === 0 || index === last, withinMs);
        if (last < 1 || isWhole(ofStream.length, numbers)) continue;
        await send(epoch, ofStream, () => true, withinMs);
      }
    },
  };
};
