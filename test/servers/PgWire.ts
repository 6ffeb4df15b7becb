import { connect } from "node:net";

/**
 * Just enough of the Postgres protocol (version 3, trust authentication, simple query) to ask a server we
 * started whether it is ready and to create a database, without leaning on the client that is under test.
 * Message formats: https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export const startup = (user: string, database: string): Buffer => {
  const body = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + body.length, 0);
  head.writeInt32BE(3 << 16, 4);
  return Buffer.concat([head, body]);
};

const query = (sql: string): Buffer => {
  const body = Buffer.from(`${sql}\0`);
  const head = Buffer.alloc(5);
  head.write("Q", 0, "latin1");
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
};

/** "R" (an authentication request) is the first thing a server says that accepts connections. */
export const isReady = (reply: Buffer): boolean => reply.toString("latin1", 0, 1) === "R";

/** Runs one statement and drops its rows; rejects with the server's own message. */
export const execute = (port: number, user: string, database: string, sql: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    let received = Buffer.alloc(0);
    let isAsked = false;
    let refusal: Error | undefined;
    const finish = (error?: Error): void => {
      socket.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    socket.setTimeout(30_000, () => finish(new Error(`no answer within 30 s to: ${sql}`)));
    socket.on("error", finish);
    socket.on("close", () => finish(new Error(`the server hung up on: ${sql}`)));
    socket.on("connect", () => socket.write(startup(user, database)));
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 5 && received.length > received.readInt32BE(1)) {
        const kind = received.toString("latin1", 0, 1);
        const body = received.subarray(5, 1 + received.readInt32BE(1));
        received = received.subarray(1 + received.readInt32BE(1));
        if (kind === "E") refusal = new Error(`${messageOf(body)} (${sql})`);
        // A refused login ends with the error alone, a refused statement with "ready" after it.
        if (kind === "E" && !isAsked) return finish(refusal);
        if (kind !== "Z") continue;
        if (isAsked) return finish(refusal);
        isAsked = true;
        socket.write(query(sql));
      }
    });
  });

const messageOf = (body: Buffer): string =>
  body
    .toString("utf8")
    .split("\0")
    .find((field) => field.startsWith("M"))
    ?.slice(1) ?? "refused";
