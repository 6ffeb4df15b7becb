import { connect } from "node:net";
import { assert, describe, it } from "@effect/vitest";
import * as Server from "@strom/apps/api/Server.ts";
import { Effect, Layer } from "effect";
import { HttpServer } from "effect/http";
import { vi } from "vitest";

/** What is said where somebody else listens already. */
const refusal = Effect.fnUntraced(function* (options: Omit<Server.Options, "host" | "port">) {
  const host = "127.0.0.1";
  const first = yield* Layer.build(Server.layerHttp({ host, port: 0 }));
  const { address } = yield* Effect.provideContext(HttpServer.HttpServer, first);
  const port = address._tag === "UnixPathAddress" ? 0 : address.port;
  const { message } = yield* Effect.flip(Layer.build(Server.layerHttp({ host, port, ...options })));
  return message.replaceAll(String(port), "PORT");
}, Effect.scoped);

describe("a port somebody else has", () => {
  it.live("is refused by its variable, and by the flag only where the command has one", () =>
    Effect.gen(function* () {
      const plain = yield* refusal({});
      assert.match(
        plain,
        /^STROM_HTTP_PORT PORT is already in use on 127\.0\.0\.1; choose another, such as /,
      );
      assert.notInclude(plain, "--port");
      assert.include(yield* refusal({ hasFlag: true }), "(--port does the same)");
    }),
  );
});

it("a stream whose reader does not read is closed, one that is quiet is not", async () => {
  const closed = new Set<string>();
  const server = Server.createPatient(500);
  server.on("request", (request, response) => {
    const text = request.url === "/quiet" ? ": still here\n\n" : "x".repeat(500_000);
    const telling = setInterval(() => response.write(text), 50);
    response.on("close", () => {
      clearInterval(telling);
      closed.add(request.url ?? "");
    });
  });
  const port = await new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    }),
  );
  const ask = (path: string) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    return socket;
  };
  const stalled = ask("/stalled").pause();
  const quiet = ask("/quiet").resume();
  try {
    await vi.waitUntil(() => closed.has("/stalled"), 10_000);
    assert.isFalse(closed.has("/quiet"));
  } finally {
    stalled.destroy();
    quiet.destroy();
    server.close();
  }
}, 20_000);
