import { assert, layer } from "@effect/vitest";
import { Effect } from "effect";
import * as TestApi from "./TestApi.ts";

const { ask, create, niftyEma } = TestApi;

layer(TestApi.layer, { excludeTestServices: true })("What a refusal says", (it) => {
  it.effect("a refusal is no larger than somebody reads, however much is wrong", () =>
    Effect.gen(function* () {
      const crowd = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, 1]));
      const many = yield* ask("POST", "/v1/agents", { body: { ...niftyEma, ...crowd } });
      assert.strictEqual(many.body.errors.length, 20);
      assert.match(many.body.detail, /; and 4980 more$/);
      const key = "k".repeat(60_000);
      const { id } = yield* create("long@x.org");
      for (const [path, body] of [
        ["", { ...niftyEma, [key]: 1 }],
        ["", { ...niftyEma, name: key }],
        ["", { ...niftyEma, universe: { symbols: key } }],
        [
          "",
          {
            ...niftyEma,
            strategies: [
              { key: "ema_crossover", params: { [key.slice(30_000)]: 1, ema_fast: key.slice(31_000) } },
            ],
          },
        ],
        ["", { [key]: [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]] }],
        [`/${id}/start`, { ...crowd, [key.slice(59_000)]: 1 }],
      ] as const) {
        const { status, text } = yield* ask("POST", `/v1/agents${path}`, { user: "long@x.org", body });
        assert.strictEqual(status, 422);
        assert.isBelow(text.length, 5_000, text.slice(0, 300));
      }
    }),
  );

  it.effect("a value is told as it was sent, with what would be right", () =>
    Effect.gen(function* () {
      const raw = JSON.stringify({ ...niftyEma, frequency_seconds: "HUGE", capital: 1000 });
      const { body } = yield* ask("POST", "/v1/agents", { body: raw.replace('"HUGE"', "1e999") });
      const said = Object.fromEntries(
        body.errors.map(({ path, message }: { path: string; message: string }) => [path, message]),
      );
      assert.match(said["frequency_seconds"], /^a number beyond 1\.8e308 is refused: /);
      assert.match(said["capital"], /^1000 is refused: capital is a decimal string .* such as "100000.00"$/);
    }),
  );

  it.effect("a name is counted in characters, and can be seen", () =>
    Effect.gen(function* () {
      const post = (name: string) =>
        ask("POST", "/v1/agents", { user: "names@x.org", body: { ...niftyEma, name } });
      for (const name of [
        "\u{1f680}".repeat(60),
        "\u{1f680}".repeat(100),
        "\u{1f469}\u200d\u{1f680}",
        "आय",
      ]) {
        const { status, body } = yield* post(name);
        assert.strictEqual(status, 201, name);
        assert.strictEqual(body.name, name);
      }
      const bad = [
        "\u200b",
        "\u3164",
        "\u200b \u3164",
        "a\u2028b",
        "a\u2029b",
        "\u{1f680}".repeat(101),
        " a",
        "a\u0000",
      ];
      for (const name of bad) {
        const { status, body } = yield* post(name);
        assert.strictEqual(status, 422, JSON.stringify(name));
        assert.match(
          body.detail,
          /^name: [\s\S]* is refused: a name is 1 to 100 characters that can be seen/,
        );
      }
    }),
  );

  it.effect(
    "a query that nobody knows is refused everywhere in the same words, but where machines look in",
    () =>
      Effect.gen(function* () {
        const user = "query@x.org";
        const { id } = yield* create(user);
        for (const [method, path] of [
          ["GET", "/v1/agents"],
          ["GET", "/v1/me"],
          ["HEAD", "/v1/me"],
          ["GET", `/v1/agents/${id}`],
          ["POST", `/v1/agents/${id}/start`],
          ["POST", "/v1/telegram/link-codes"],
          ["GET", "/v1/market/symbols"],
        ] as const) {
          const { status, body } = yield* ask(method, `${path}?bo%20gus=1&bo%20gus=2`, { user });
          assert.strictEqual(status, 422, path);
          if (method === "HEAD") continue;
          assert.deepInclude(body, {
            code: "invalid_request",
            errors: [{ path: "bo gus", message: "is not known here; leave it out" }],
          });
        }
        assert.deepInclude((yield* ask("GET", `/v1/agents/${id}`, { user })).body, { status: "CONFIGURED" });
        for (const path of ["/health/live?t=1", "/metrics?t=1", "/openapi.json?t=1", "/?t=1", "/v1/me?"]) {
          assert.strictEqual((yield* ask("GET", path, { user })).status, 200, path);
        }
      }),
  );
});
