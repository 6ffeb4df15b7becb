import { assert, layer as withLayer } from "@effect/vitest";
import * as PgExpiry from "@strom/adapters/postgres/PgExpiry.ts";
import { Expiry } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { SqlClient } from "effect/sql";
import { onBoth } from "./Databases.ts";

const NOW_AT = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;

onBoth("what has served its time", (record) => {
  withLayer(PgExpiry.layer.pipe(Layer.provideMerge(record)), { excludeTestServices: true, timeout: 60_000 })(
    "is removed",
    (it) => {
      it.effect("prices by age, the last of each symbol excepted, however many there are", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient;
          const expiry = yield* Expiry;
          yield* sql`
            insert into market_prices (symbol, ts, price)
            select s.symbol, ${new Date(NOW_AT).toISOString()}::timestamptz - make_interval(secs => n), 1
            from (values ('A'), ('B')) s (symbol), generate_series(0, 12000) n`;
          yield* sql`
            insert into market_prices (symbol, ts, price)
            values ('QUIET', ${new Date(NOW_AT - 90 * DAY).toISOString()}::timestamptz, 7)`;
          assert.strictEqual(yield* expiry.prices(NOW_AT - 1_000_000), 2 * (12_000 - 1_000));
          const left =
            yield* sql`select symbol, count(*)::int as count from market_prices group by 1 order by 1`;
          assert.deepStrictEqual(left, [
            { symbol: "A", count: 1_001 },
            { symbol: "B", count: 1_001 },
            { symbol: "QUIET", count: 1 },
          ]);
          assert.strictEqual(yield* expiry.prices(NOW_AT - 1_000_000), 0);
        }),
      );

      it.effect("answers to requests by age", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient;
          const expiry = yield* Expiry;
          for (const [key, at] of [
            ["old", NOW_AT - 2 * DAY],
            ["young", NOW_AT],
          ] as const) {
            yield* sql`
              insert into api_idempotency (principal, route, key, request_hash, created_at)
              values ('p', 'r', ${key}, 'h', ${new Date(at).toISOString()}::timestamptz)`;
          }
          assert.strictEqual(yield* expiry.answers(NOW_AT - DAY), 1);
          assert.deepStrictEqual(yield* sql`select key from api_idempotency`, [{ key: "young" }]);
        }),
      );

      it.effect("what the bot handled and said, but not what it has yet to say", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient;
          const expiry = yield* Expiry;
          const old = new Date(NOW_AT - 40 * DAY).toISOString();
          yield* sql`insert into users (id, email) values (gen_random_uuid(), 'trader@example.com')`;
          yield* sql`insert into telegram_updates (update_id, handled_at) values (1, ${old}::timestamptz), (2, now())`;
          yield* sql`
            insert into notifications (id, user_id, chat_id, kind, event_id, payload, state, created_at)
            select gen_random_uuid(), u.id, 1, 'fill', gen_random_uuid(), '{}', s.state, ${old}::timestamptz
            from users u, (values ('SENT'), ('DROPPED'), ('PENDING')) s (state)`;
          assert.strictEqual(yield* expiry.messages(NOW_AT - 30 * DAY), 3);
          assert.deepStrictEqual(yield* sql`select state from notifications`, [{ state: "PENDING" }]);
          assert.deepStrictEqual(yield* sql`select update_id::int from telegram_updates`, [{ update_id: 2 }]);
        }),
      );
    },
  );
});
