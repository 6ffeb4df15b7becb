import type { ClientRequest, IncomingMessage } from "node:http";
import { Agent, request } from "node:http";
import * as Contract from "./Contract.ts";

/** Sends what `fetch` would refuse to send, over connections that are kept. */

export interface Letter {
  readonly method: string;
  /** The path as it is, not made right. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

export interface Wire {
  /** The answer, or null when the connection was closed without one. An event stream is read a little, then dropped. */
  readonly send: (letter: Letter) => Promise<Contract.Answer | null>;
  readonly close: () => void;
}

/** How long an answer may take before it counts as none, and how long a stream is listened to. */
const patienceMs = 30_000;
const listenMs = 40;

const read = (response: IncomingMessage, sent: ClientRequest): Promise<Contract.Answer> =>
  new Promise((resolve) => {
    const contentType = Contract.bare(response.headers["content-type"] ?? "");
    const chunks: Array<Buffer> = [];
    const done = () =>
      resolve({ status: response.statusCode ?? 0, contentType, text: Buffer.concat(chunks).toString() });
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("end", done);
    response.on("error", done);
    if (contentType !== "text/event-stream") return;
    setTimeout(() => {
      done();
      sent.destroy();
    }, listenMs);
  });

export const open = (baseUrl: string, connections: number): Wire => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(baseUrl);
  const send = (letter: Letter, isRetry = false): Promise<Contract.Answer | null> =>
    new Promise((resolve) => {
      const { method, headers, body } = letter;
      const sent = request({
        agent,
        hostname,
        port,
        method,
        path: letter.target,
        headers: { ...(body === null ? {} : { "content-length": String(body.length) }), ...headers },
        timeout: patienceMs,
      });
      sent.on("response", (response) => void read(response, sent).then(resolve));
      sent.on("timeout", () => sent.destroy());
      // A connection that was kept may be closed by the server just as it is used again.
      sent.on("error", () => resolve(sent.reusedSocket && !isRetry ? send(letter, true) : null));
      sent.end(body ?? undefined);
    });
  return { send, close: () => agent.destroy() };
};
