import { assert, layer } from "@effect/vitest";
import { Effect } from "effect";
import * as TestApi from "./TestApi.ts";

const { ask, create } = TestApi;

const user = "pages@x.org";

/** Every list that comes in pages; and bars, which have no cursor. */
const pagesOf = (id: string): ReadonlyArray<string> => [
  "/v1/agents",
  "/v1/market/prices?symbol=A",
  ...["runs", "signals", "orders", "trades", "positions", "pnl", "risk-decisions"].map(
    (list) => `/v1/agents/${id}/${list}`,
  ),
];
const bars = "/v1/market/bars?symbol=A&interval=1m";

const withQuery = (path: string, query: string): string => `${path}${path.includes("?") ? "&" : "?"}${query}`;

layer(TestApi.layer, { excludeTestServices: true })("Pages of every list", (it) => {
  it.effect("a limit that is none is told with what would be right", () =>
    Effect.gen(function* () {
      const { id } = yield* create(user);
      for (const list of [...pagesOf(id), bars]) {
        for (const limit of ["abc", "0", "-1", "201", "1.5", "1e2", "0x10", "%2B5", "%205", "", "٣", "NaN"]) {
          const { status, body } = yield* ask("GET", withQuery(list, `limit=${limit}`), { user });
          assert.strictEqual(status, 422, `${list} ${limit}`);
          const message = `${JSON.stringify(decodeURIComponent(limit))} is refused: it should be a whole number from 1 to 200`;
          assert.deepStrictEqual(body.errors, [{ path: "limit", message }]);
          assert.strictEqual(body.detail, `limit: ${message}`);
        }
        for (const limit of [1, 200]) {
          const { status, text } = yield* ask("GET", withQuery(list, `limit=${limit}`), { user });
          assert.strictEqual(status, 200, text);
        }
      }
    }),
  );

  it.effect("a cursor that is none is told by its name", () =>
    Effect.gen(function* () {
      const { id } = yield* create(user);
      for (const list of pagesOf(id)) {
        for (const cursor of ["abc", "c".repeat(201), ""]) {
          const { status, body } = yield* ask("GET", withQuery(list, `cursor=${cursor}`), { user });
          assert.strictEqual(status, 400, `${list} ${cursor}`);
          assert.strictEqual(body.code, "invalid_cursor");
          assert.deepStrictEqual(
            body.errors.map(({ path }: { path: string }) => path),
            ["cursor"],
          );
        }
      }
    }),
  );

  it.effect("a span that ends before it begins is refused, with both of its ends", () =>
    Effect.gen(function* () {
      const { id } = yield* create(user);
      const spans = [...pagesOf(id), bars].filter((list) => !/agents$|positions$/.test(list));
      assert.lengthOf(spans, 8);
      for (const list of spans) {
        const span = (from: string, to: string) =>
          ask("GET", withQuery(list, `from=${encodeURIComponent(from)}&to=${to}`), { user });
        const refused = yield* span("2026-02-01T01:00:00.001+01:00", "2026-02-01T00:00:00Z");
        assert.strictEqual(refused.status, 422, list);
        assert.deepStrictEqual(refused.body.errors, [
          {
            path: "from",
            message:
              "2026-02-01T00:00:00.001Z is after to, 2026-02-01T00:00:00.000Z; a span begins before it ends",
          },
        ]);
        const empty = yield* span("2026-02-01T00:00:00Z", "2026-02-01T00:00:00Z");
        assert.strictEqual(empty.status, 200, empty.text);
      }
    }),
  );
});
