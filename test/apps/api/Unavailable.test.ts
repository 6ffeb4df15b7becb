import { assert, layer } from "@effect/vitest";
import { DatabaseUnavailable, Users } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import * as TestApi from "./TestApi.ts";

const gone = new DatabaseUnavailable({
  message: 'connection to "10.0.0.7" as strom:secret was lost in select * from users',
  sqlState: null,
  cause: new Error("lost"),
});

/** A database that answered while the process started, and then no more. */
const ports = Layer.merge(
  TestApi.ports,
  Layer.succeed(Users, Users.of({ byEmail: () => Effect.fail(gone) })),
);

layer(TestApi.layerOver(ports), { excludeTestServices: true })("While the database is away", (it) => {
  it.effect("a request is answered 503 with a time to come back, and with nothing of the inside", () =>
    Effect.gen(function* () {
      const { status, headers, body, text } = yield* TestApi.ask("GET", "/v1/agents");
      assert.strictEqual(status, 503);
      assert.match(headers.get("retry-after") ?? "", /^\d+$/);
      assert.strictEqual(body.code, "database_unavailable");
      assert.notMatch(text, /10\.0\.0\.7|secret|select/);
    }),
  );

  it.effect("the process still says that it lives", () =>
    Effect.gen(function* () {
      const { status } = yield* TestApi.ask("GET", "/health/live");
      assert.strictEqual(status, 200);
    }),
  );
});
