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
});
