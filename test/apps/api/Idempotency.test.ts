import { assert, layer } from "@effect/vitest";
import { Effect } from "effect";
import { SqlClient } from "effect/sql";
import * as TestApi from "./TestApi.ts";

const { ask, create, niftyEma } = TestApi;

const post = (user: string, key: string, body: unknown = niftyEma, path = "/v1/agents") =>
  ask("POST", path, { user, body, headers: { "idempotency-key": key } });

layer(TestApi.layer, { excludeTestServices: true })("A POST with an Idempotency-Key", (it) => {
  it.effect("sent 50 times at once has one effect, and one answer or word that it still runs", () =>
    Effect.gen(function* () {
      for (let round = 0; round < 4; round++) {
        const user = `fifty${round}@x.org`;
        const answers = yield* Effect.all(
          Array.from({ length: 50 }, () => post(user, "one")),
          { concurrency: "unbounded" },
        );
        const made = answers.filter(({ status }) => status === 201);
        const running = answers.filter(({ status, body }) => status === 409 && body.code === "still_running");
        assert.isAbove(made.length, 0);
        assert.strictEqual(made.length + running.length, 50);
        assert.strictEqual(new Set(made.map(({ text }) => text)).size, 1);
        const list = yield* ask("GET", "/v1/agents", { user });
        assert.strictEqual(list.body.items.length, 1);
      }
    }),
  );

  it.effect("sent 50 times at once when it was done long ago is answered 50 times", () =>
    Effect.gen(function* () {
      const first = yield* post("late@x.org", "k");
      const again = yield* Effect.all(
        Array.from({ length: 50 }, () => post("late@x.org", "k")),
        { concurrency: "unbounded" },
      );
      assert.deepStrictEqual(new Set(again.map(({ text }) => text)), new Set([first.text]));
    }),
  );

  it.effect("is answered again as it was, even after the agent has moved on", () =>
    Effect.gen(function* () {
      const user = "again@x.org";
      const first = yield* post(user, "k");
      yield* ask("POST", `/v1/agents/${first.body.id}/start`, { user });
      const second = yield* post(user, "k");
      assert.strictEqual(second.status, 201);
      assert.deepStrictEqual(second.body, first.body);
    }),
  );

  it.effect("with another body is refused", () =>
    Effect.gen(function* () {
      const user = "other@x.org";
      yield* post(user, "k");
      const { status, body } = yield* post(user, "k", { ...niftyEma, name: "another" });
      assert.strictEqual(status, 422);
      assert.strictEqual(body.code, "idempotency_key_reused");
    }),
  );

  it.effect("is the caller's own: another user and another route have keys of their own", () =>
    Effect.gen(function* () {
      const mine = yield* post("mine@x.org", "k");
      const theirs = yield* post("theirs@x.org", "k");
      assert.notStrictEqual(mine.body.id, theirs.body.id);
      const started = yield* post("mine@x.org", "k", {}, `/v1/agents/${mine.body.id}/start`);
      assert.deepInclude(started.body, { status: "RUNNING" });
      // Without the key this would be refused: it runs already.
      const again = yield* post("mine@x.org", "k", {}, `/v1/agents/${mine.body.id}/start`);
      assert.deepInclude(again.body, { status: "RUNNING" });
    }),
  );

  it.effect("that was refused leaves its key free", () =>
    Effect.gen(function* () {
      const user = "free@x.org";
      const bad = yield* post(user, "k", { ...niftyEma, strategies: [{ key: "astrology" }] });
      assert.strictEqual(bad.status, 422);
      const { id } = yield* create(user, { strategies: [] });
      const illegal = yield* post(user, "s", {}, `/v1/agents/${id}/start`);
      assert.strictEqual(illegal.status, 409);
      assert.strictEqual((yield* post(user, "k")).status, 201);
    }),
  );

  it.effect("keeps its receipt, whatever characters the prices were refused for", () =>
    Effect.gen(function* () {
      const ts = new Date(Date.now() - 1_000).toISOString();
      const body = {
        prices: [
          { symbol: "a\u0000b", ts, price: "1" },
          { symbol: "\ud800", ts, price: "1" },
          { symbol: "A", ts, price: `${"9".repeat(58)}👩` },
          { "\u0000": 1 },
          { "\udc00": 1 },
        ],
      };
      const first = yield* post("strange@x.org", "p", body, "/v1/market/prices");
      assert.strictEqual(first.status, 200, first.text);
      assert.strictEqual(first.body.refused.length, 5);
      const second = yield* post("strange@x.org", "p", body, "/v1/market/prices");
      assert.deepStrictEqual(second.body, first.body);
    }),
  );

  it.effect("stores prices once", () =>
    Effect.gen(function* () {
      const ts = new Date(Date.now() - 1_000).toISOString();
      const body = { prices: [{ symbol: "ONCE", ts, price: "1.5" }] };
      const first = yield* post("feeder@x.org", "p", body, "/v1/market/prices");
      const second = yield* post("feeder@x.org", "p", body, "/v1/market/prices");
      assert.strictEqual(first.body.stored, 1);
      assert.deepStrictEqual(second.body, first.body);
      const sql = yield* SqlClient.SqlClient;
      const rows = yield* sql`select 1 from market_prices where symbol = 'ONCE'`;
      assert.strictEqual(rows.length, 1);
    }),
  );
});
