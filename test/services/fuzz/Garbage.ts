import { connect } from "node:net";
import type { Dice } from "@strom/apps/simulation/Dice.ts";

/** Bytes no HTTP library sends: the server may answer them as it likes, but not with a fault of its own. */
const letters: ReadonlyArray<string> = [
  "GET / HTTP/9.9\r\n\r\n",
  "GET\r\n\r\n",
  "\r\n\r\n\r\n",
  "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
  "POST /v1/agents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "POST /v1/agents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n{}",
  "POST /v1/agents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{",
  "POST /v1/agents HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
  "GET /v1/me HTTP/1.1\r\nHost 127.0.0.1\r\n\r\n",
  "GET /v1/me HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
  "GET /v1/me HTTP/1.1\r\nX: \u0001\u0000\r\n\r\n",
  "GET http://evil.example/v1/me HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
  "GET //evil.example/v1/me HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
  "GET /v1/agents?limit=%ZZ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
  "GET /v1/agents\u00ff HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
  "GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
];

/** How long an answer is waited for before the line is cut. */
const patienceMs = 50;

/** Sends one of them and hangs up; what is wrong with what came back, null when nothing is. */
export const send = (url: string, dice: Dice): Promise<string | null> =>
  new Promise((resolve) => {
    const letter = dice.pick(letters);
    const { hostname, port } = new URL(url);
    let heard = "";
    const socket = connect(Number(port), hostname, () => socket.write(letter, "latin1"));
    socket.setTimeout(patienceMs, () => socket.destroy());
    socket.on("data", (chunk) => {
      heard += chunk.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(/^HTTP\/1\.1 5/.test(heard) ? `${letter}\n\n${heard}` : null));
  });
