import { assert, layer } from "@effect/vitest";
import { Database, DatabaseUnavailable } from "@strom/core/ports";
import { Effect, Exit, Fiber } from "effect";
import { SqlClient } from "effect/sql";
import { onBoth } from "./Databases.ts";

onBoth("the client", (record) =>
  layer(record, { excludeTestServices: true })("speaks one language to both databases", (it) => {
    it.effect("numerics are decimal strings, instants ms, bigints bigint, dates text", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const at = 1_767_225_600_123;
        const rows = yield* sql`select 1.5::numeric(18,6) as numeric, ${new Date(at)}::timestamptz as at,
          '2026-01-01 00:00:00.123999+00'::timestamptz as micros, '1969-12-31 23:59:59.9995+00'::timestamptz as early,
          array['2026-01-01 00:00:00+00'::timestamptz] as instants, 9007199254740993::bigint as big, 7::int as small,
          '2026-02-03'::date as day, '{"a": [1.5, null]}'::jsonb as json, null::numeric as nothing`;
        assert.deepStrictEqual(rows, [
          {
            numeric: "1.500000",
            at,
            micros: at,
            early: -1,
            instants: [1_767_225_600_000],
            big: 9_007_199_254_740_993n,
            small: 7,
            day: "2026-02-03",
            json: { a: [1.5, null] },
            nothing: null,
          },
        ]);
      }),
    );

    it.effect("carries an answer and a question of several megabytes whole", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const rows = Array.from({ length: 20_000 }, (_, n) => ({ n, text: "ü".repeat(60) }));
        const back = yield* sql<{ readonly n: number; readonly text: string }>`
          select * from json_to_recordset(${JSON.stringify(rows)}::json) as r (n int, text text) order by n`;
        assert.strictEqual(back.length, rows.length);
        assert.deepStrictEqual(back.at(-1), rows.at(-1));
      }),
    );

    it.effect("goes on after a refused statement, and rolls its transaction back", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const database = yield* Database;
        yield* sql`create table if not exists scratch (n int primary key)`;
        const twice = database.transaction(
          Effect.gen(function* () {
            yield* sql`insert into scratch values (1)`;
            yield* sql`insert into scratch values (1)`;
          }),
        );
        assert.isTrue(Exit.isFailure(yield* Effect.exit(twice)));
        assert.deepStrictEqual(yield* sql`select * from scratch`, []);
      }),
    );

    it.effect("keeps apart what many fibers ask for at once", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const database = yield* Database;
        const ask = (n: number) =>
          database.transaction(
            Effect.gen(function* () {
              const rows = yield* sql<{ readonly n: number }>`select ${n}::int as n`;
              yield* Effect.yieldNow;
              const again = yield* sql<{ readonly n: number }>`select ${n}::int as n`;
              return [rows[0]?.n, again[0]?.n];
            }),
          );
        const answers = yield* Effect.forEach(
          Array.from({ length: 50 }, (_, n) => n),
          ask,
          { concurrency: 50 },
        );
        assert.deepStrictEqual(
          answers,
          Array.from({ length: 50 }, (_, n) => [n, n]),
        );
      }),
    );

    it.effect("loses nothing but the transaction when a fiber is interrupted inside it", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const database = yield* Database;
        yield* sql`create table if not exists halfway (n int)`;
        const fiber = yield* Effect.forkChild(
          database.transaction(Effect.andThen(sql`insert into halfway values (1)`, Effect.never)),
        );
        yield* Effect.sleep("50 millis");
        yield* Fiber.interrupt(fiber);
        assert.deepStrictEqual(yield* sql`select * from halfway`, []);
      }),
    );

    it.effect("joins the transaction that is already open", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const database = yield* Database;
        yield* sql`create table if not exists joined (n int)`;
        const outer = database.transaction(
          Effect.andThen(database.transaction(sql`insert into joined values (1)`), Effect.fail("no")),
        );
        yield* Effect.flip(outer);
        assert.deepStrictEqual(yield* sql`select * from joined`, []);
      }),
    );

    it.effect("runs a step again when the database asks for it, and gives up on what will not change", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const database = yield* Database;
        let tries = 0;
        const raise = (state: string) =>
          sql.unsafe(`do $$ begin raise exception 'said so' using errcode = '${state}'; end $$`);
        const second = yield* database.transaction(
          Effect.suspend(() => (++tries < 3 ? Effect.as(raise("40001"), 0) : Effect.succeed(tries))),
        );
        assert.strictEqual(second, 3);
        tries = 0;
        const never = yield* Effect.exit(
          database.transaction(
            Effect.suspend(() => {
              tries++;
              return raise("22012");
            }),
          ),
        );
        assert.isTrue(Exit.isFailure(never));
        assert.strictEqual(tries, 1);
      }),
    );

    it.effect("gives up after its patience with an error that can be acted on", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const database = yield* Database;
        const error = yield* Effect.flip(
          database.transaction(
            sql.unsafe(`do $$ begin raise exception 'still locked' using errcode = '40P01'; end $$`),
          ),
        );
        assert.instanceOf(error, DatabaseUnavailable);
        assert.strictEqual(error.sqlState, "40P01");
        assert.include(error.message, "still locked");
      }),
    );

    it.effect("tells its time", () =>
      Effect.gen(function* () {
        const before = Date.now();
        const { at, latencyMs } = yield* (yield* Database).pulse;
        // Rounded as each of them may.
        assert.isAtLeast(at, before - 1);
        assert.isAtMost(at, Date.now() + 1);
        assert.isAtLeast(latencyMs, 0);
      }),
    );
  }),
);
