import { assert, describe, it } from "@effect/vitest";
import * as Server from "@strom/apps/api/Server.ts";
import { Effect, Layer } from "effect";
import { HttpServer } from "effect/http";

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
