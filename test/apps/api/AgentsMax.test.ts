import { assert, layer } from "@effect/vitest";
import { Limits } from "@strom/apps/api/Limits.ts";
import { Effect, Layer } from "effect";
import { onBoth } from "../../adapters/postgres/Databases.ts";
import * as TestApi from "./TestApi.ts";

const { ask, niftyEma } = TestApi;

onBoth("How many agents a user may have", (record) => {
  const limits = Layer.succeed(Limits, { agentsMax: 3, feedJump: 2 });
  const api = TestApi.layerOver(Layer.merge(TestApi.portsOver(record), limits));

  layer(api, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("a user has so many agents and no more, however many are made at once", () =>
      Effect.gen(function* () {
        const user = "crowd@x.org";
        const make = (key: string) => ({ "idempotency-key": key });
        const post = (key: string) =>
          ask("POST", "/v1/agents", { user, body: niftyEma, headers: key === "" ? {} : make(key) });
        const answers = yield* Effect.forEach(["", "", "a", "b", "", "c"], post, { concurrency: 6 });
        assert.deepStrictEqual(answers.map(({ status }) => status).sort(), [201, 201, 201, 409, 409, 409]);
        const refused = answers.find(({ status }) => status === 409);
        assert.strictEqual(refused?.body.code, "too_many_agents");
        assert.match(refused?.body.detail, /may have 3 agents/);
        const { body } = yield* ask("GET", "/v1/agents", { user });
        assert.strictEqual(body.items.length, 3);
        // Another user is not concerned, and who deletes one has room again.
        assert.strictEqual(
          (yield* ask("POST", "/v1/agents", { user: "else@x.org", body: niftyEma })).status,
          201,
        );
        yield* ask("DELETE", `/v1/agents/${body.items[0].id}`, { user });
        assert.strictEqual((yield* post("")).status, 201);
        assert.strictEqual((yield* post("")).status, 409);
      }),
    );
  });
});
