import { assert, it } from "@effect/vitest";
import { Effect } from "effect";
import { SqlClient } from "effect/sql";
import { afterAll, beforeAll } from "vitest";
import * as Nats from "../servers/Nats.ts";
import { requires } from "../servers/Needs.ts";
import * as Postgres from "../servers/Postgres.ts";
import * as Strom from "../servers/Strom.ts";
import * as Fleet from "./Fleet.ts";

const AGENTS = 60;
const PARTITIONS = 16;
const TAKEOVER_MS = 10_000;

requires(["postgres", "nats"], "two workers, real processes", () => {
  let postgres: Postgres.Server;
  let nats: Nats.Server;
  beforeAll(async () => {
    [postgres, nats] = await Promise.all([Postgres.start({ fsync: false }), Nats.start()]);
  });
  afterAll(async () => {
    await Promise.all([postgres.destroy(), nats.destroy()]);
  });

  const makeEnv = Effect.promise(async () => ({
    DATABASE_URL: await postgres.createDatabase(),
    NATS_URL: nats.url,
  }));

  const worker = (env: Fleet.Env, host: string) =>
    Strom.scoped(["worker"], { ...env, STROM_HTTP_HOST: host });

  const fleet = Fleet.launch(AGENTS, (index) => ({
    key: "ema_crossover",
    params: { ema_fast: 3, ema_slow: 8 },
    symbols: index % 2 === 0 ? ["BTC-USD"] : ["ETH-USD", "BTC-USD"],
    risk: { cooldown_seconds: 0 },
  }));

  const shareOf = ({ url }: Strom.Process, stage: string) =>
    Fleet.metric(url, "strom_duties", `role="${stage}"`);
  const untilShared = (processes: ReadonlyArray<Strom.Process>, partitions: number) =>
    Effect.gen(function* () {
      const shares = yield* Effect.forEach(processes, (process) => shareOf(process, "runtime"));
      return shares.every((share) => share === partitions);
    }).pipe(
      Effect.delay(100),
      Effect.repeat({ until: (isShared) => isShared }),
      Effect.timeout("10 seconds"),
    );

  it.live("share the partitions; killing either leaves every agent ticking within ten seconds", () =>
    Effect.gen(function* () {
      const env = yield* makeEnv;
      const first = yield* worker(env, "127.0.0.1");
      const second = yield* worker(env, "127.0.0.2");
      yield* Effect.gen(function* () {
        yield* fleet;
        yield* untilShared([first, second], PARTITIONS / 2);
        yield* Fleet.untilAllTick(AGENTS, 20_000);

        yield* Effect.promise(() => first.kill());
        assert.isBelow(yield* Fleet.untilAllTick(AGENTS, TAKEOVER_MS), TAKEOVER_MS);
        yield* untilShared([second], PARTITIONS);

        const third = yield* worker(env, "127.0.0.1");
        yield* untilShared([second, third], PARTITIONS / 2);

        yield* Effect.promise(() => second.kill());
        assert.isBelow(yield* Fleet.untilAllTick(AGENTS, TAKEOVER_MS), TAKEOVER_MS);
        yield* untilShared([third], PARTITIONS);
      }).pipe(Effect.provide(Fleet.record(env)));
    }).pipe(Effect.scoped),
  );

  it.live("hand over at once when one is told to stop, and no slot is left out", () =>
    Effect.gen(function* () {
      const env = yield* makeEnv;
      const first = yield* worker(env, "127.0.0.1");
      const second = yield* worker(env, "127.0.0.2");
      yield* Effect.gen(function* () {
        yield* fleet;
        yield* untilShared([first, second], PARTITIONS / 2);
        yield* Fleet.untilAllTick(AGENTS, 20_000);
        const from = Date.now();
        const { code, tookMs } = yield* Effect.promise(() => first.stop());
        assert.strictEqual(code, 0, first.log());
        assert.isBelow(tookMs, 5_000);
        yield* untilShared([second], PARTITIONS);
        yield* Effect.sleep(2_000);
        const sql = yield* SqlClient.SqlClient;
        const late = yield* sql<{ readonly worst: number; readonly slots: number }>`
          select coalesce(max(extract(epoch from completed_at - tick_time)), 0)::float8 as worst,
            coalesce(max(slot - before) filter (where before is not null), 0)::float8 as slots
          from (select *, lag(slot) over (partition by agent_id order by slot) as before from agent_runs) r
          where tick_time > ${new Date(from - 1_000).toISOString()}::timestamptz`;
        assert.isBelow(late[0]?.worst ?? 0, 5, "seconds from slot to run");
        assert.isAtMost(late[0]?.slots ?? 0, 3, "slots from one run to the next");
      }).pipe(Effect.provide(Fleet.record(env)));
    }).pipe(Effect.scoped),
  );

  it.live("are fenced: one that was frozen and wakes up finds its work done, and does none of it again", () =>
    Effect.gen(function* () {
      const env = yield* makeEnv;
      const first = yield* worker(env, "127.0.0.1");
      const second = yield* worker(env, "127.0.0.2");
      yield* Effect.gen(function* () {
        yield* fleet;
        yield* untilShared([first, second], PARTITIONS / 2);
        yield* Fleet.untilAllTick(AGENTS, 20_000);
        first.pause();
        // A frozen process may hold a transaction open until the server ends it.
        yield* Fleet.untilAllTick(AGENTS, 25_000);
        first.resume();
        yield* untilShared([first, second], PARTITIONS / 2);
        yield* Fleet.untilAllTick(AGENTS, TAKEOVER_MS);
        const sql = yield* SqlClient.SqlClient;
        const doubles = yield* sql`
          select agent_id, slot from agent_runs group by 1, 2 having count(*) > 1
          union all
          select order_id, count(*) from trades group by 1 having count(*) > 1`;
        assert.deepStrictEqual(doubles, []);
        assert.deepStrictEqual(yield* sql`select * from dead_letters`, []);
      }).pipe(Effect.provide(Fleet.record(env)));
    }).pipe(Effect.scoped),
  );
});
