import { Duplex } from "node:stream";
import type { PGlite } from "@electric-sql/pglite";

const CANCEL_REQUEST = 80877102;
const SSL_REQUEST = 80877103;
const TERMINATE = "X".charCodeAt(0);

/** How long statements may follow one another before timers and sockets get a turn. */
const TURN_MS = 8;

/** A simple query message. */
const query = (text: string): Uint8Array => {
  const body = Buffer.from(`${text}\0`);
  const frame = Buffer.alloc(5 + body.length);
  frame.write("Q", 0);
  frame.writeInt32BE(4 + body.length, 1);
  body.copy(frame, 5);
  return frame;
};

/**
 * A connection to PGlite that any Postgres client can speak over, as if it were a socket.
 *
 * PGlite has one session for its whole life, while a client's pool may retire a
 * connection and open another. So each start-up packet first clears what the
 * previous connection left: its transaction, its settings and its prepared
 * statements.
 *
 * Answers are taken from `execProtocolRawStream`: `execProtocolRaw` also parses
 * every answer and keeps the parsed messages for ever.
 */
export const make = (database: PGlite): Duplex => {
  let pending: Buffer = Buffer.alloc(0);
  let isStarted = false;
  let turnAt = performance.now();

  const run = (message: Uint8Array): Buffer => {
    const chunks: Array<Uint8Array> = [];
    // The bytes are a view of the database's memory, valid only during the call.
    // Nothing here waits: the promise is settled by the time the call returns.
    void database.execProtocolRawStream(message, {
      syncToFs: false,
      onRawData: (bytes) => {
        chunks.push(bytes.slice());
      },
    });
    return Buffer.concat(chunks);
  };

  /** Where the message that begins at `from` ends, or 0 when it has not all arrived. */
  const endOf = (from: number): number => {
    const header = from + (isStarted ? 1 : 0);
    if (pending.length < header + 4) return 0;
    const end = header + pending.readInt32BE(header);
    return pending.length < end ? 0 : end;
  };

  const take = (end: number): Buffer => {
    const taken = pending.subarray(0, end);
    pending = pending.subarray(end);
    return taken;
  };

  /** Answers one start-up packet; null when it asks for nothing but to be hung up on. */
  const start = (packet: Buffer): Buffer | null => {
    const code = packet.readInt32BE(4);
    // Nothing is left to cancel: a statement ends before the next byte is read.
    if (code === CANCEL_REQUEST) return null;
    if (code === SSL_REQUEST) return Buffer.from("N");
    run(query("rollback"));
    run(query("discard all"));
    isStarted = true;
    return run(packet);
  };

  /** Answers everything that has arrived whole; `isOver` when the client said goodbye. */
  const answer = (): { readonly reply: Buffer; readonly isOver: boolean } => {
    const replies: Array<Buffer> = [];
    while (!isStarted) {
      const end = endOf(0);
      if (end === 0) return { reply: Buffer.concat(replies), isOver: false };
      const reply = start(take(end));
      if (reply === null) return { reply: Buffer.concat(replies), isOver: true };
      replies.push(reply);
    }
    let end = 0;
    let isOver = false;
    for (let next = endOf(0); next !== 0 && !isOver; next = endOf(end)) {
      isOver = pending[end] === TERMINATE;
      if (!isOver) end = next;
    }
    if (end > 0) replies.push(run(take(end)));
    return { reply: Buffer.concat(replies), isOver };
  };

  const stream: Duplex = new Duplex({
    allowHalfOpen: false,
    read() {},
    write(chunk: Uint8Array, _encoding, done) {
      pending = pending.length === 0 ? Buffer.from(chunk) : Buffer.concat([pending, chunk]);
      const proceed = () => {
        try {
          const { reply, isOver } = answer();
          if (reply.length > 0) stream.push(reply);
          if (isOver) stream.push(null);
          done();
        } catch (cause) {
          done(cause instanceof Error ? cause : new Error(String(cause)));
        }
      };
      if (performance.now() - turnAt < TURN_MS) return proceed();
      setImmediate(() => {
        turnAt = performance.now();
        proceed();
      });
    },
  });
  return stream;
};
