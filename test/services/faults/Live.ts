import * as Progress from "@strom/apps/pipeline/Progress.ts";
import { Slot } from "@strom/core";
import { Effect } from "effect";
import { SqlClient } from "effect/sql";
import * as Nats from "../../servers/Nats.ts";
import * as Postgres from "../../servers/Postgres.ts";
import * as Fleet from "../Fleet.ts";
import * as Company from "./Company.ts";
import type { Report } from "./Ordeal.ts";
import { RECOVERY_MS } from "./Ordeal.ts";
import { patiently, until } from "./Patience.ts";
import * as Poison from "./Poison.ts";
import type { Trial } from "./Trials.ts";
import * as Verdict from "./Verdict.ts";
import * as Witness from "./Witness.ts";

/**
 * Agents that live by the machine's clock while trials befall the processes: what a replay cannot try, whose clock is
 * the file's. There is no calm life to compare with, so every slot that was due must be accounted for: ticked, or
 * counted as missed.
 */
export interface Life {
  readonly agents: number;
  readonly trials: ReadonlyArray<Trial>;
  readonly fsync: boolean;
  readonly tell: (line: string) => void;
}

/** One of each, so that whoever is killed had the duty. */
const staff: ReadonlyArray<Company.Kind> = ["scheduler", "market", "runtime", "risk", "execution"];
const FREQUENCY_SECONDS = 1;
/** What takes an agent to ERROR. */
const FAILURES = 5;

const wishOf = (index: number): Fleet.Wish => ({
  key: "ema_crossover",
  params: { ema_fast: 3, ema_slow: 8 },
  symbols: index % 2 === 0 ? ["BTC-USD"] : ["ETH-USD", "BTC-USD"],
  frequencySeconds: FREQUENCY_SECONDS,
  risk: { cooldown_seconds: 0 },
});

/** Whether so many agents have had a run written since, by the database's clock: ours and theirs may be wrong. */
const haveRunSince = (count: number, at: Date) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const rows = yield* sql<{ readonly agents: number }>`
      select count(distinct agent_id)::int as agents from agent_runs
      where status = 'COMPLETED' and created_at > ${at.toISOString()}::timestamptz`;
    return (rows[0]?.agents ?? 0) >= count;
  });

/** Of one agent: the first slot that was due, the last that was ticked, and how many were ticked and counted as missed. */
export interface Attendance {
  readonly agent: string;
  readonly first: number;
  readonly last: number;
  readonly ticked: number;
  readonly missed: number;
}

/** Slots that were due and are neither ticked nor counted as missed; or were counted twice. */
export const unaccounted = (attendances: ReadonlyArray<Attendance>): ReadonlyArray<string> =>
  attendances.flatMap(({ agent, first, last, ticked, missed }) => {
    const due = last - first + 1;
    return due === ticked + missed
      ? []
      : [`${agent}: ${due} slots were due, ${ticked} ticked, ${missed} counted as missed`];
  });

const attendances = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<{
    readonly agent: string;
    readonly since: number;
    readonly last: number;
    readonly ticked: number;
    readonly missed: number;
  }>`
    select a.name as agent, max(r.slot)::float8 as last, count(r.slot)::float8 as ticked,
      max(c.missed_ticks)::float8 as missed,
      -- To the millisecond, as instants are read everywhere: a start 0.3 ms after a slot's instant is at it.
      (select floor(extract(epoch from max(t.at)) * 1000) from agent_transitions t
        where t.agent_id = a.id and t."to" = 'RUNNING')::float8 as since
    from agents a join accounts c on c.agent_id = a.id left join agent_runs r on r.agent_id = a.id
    where a.status = 'RUNNING' group by a.id order by a.id`;
  return rows.map(({ since, ...rest }): Attendance => {
    const id = Fleet.agentId(Number(rest.agent.replace("agent ", "")));
    return { ...rest, first: Slot.next(id, FREQUENCY_SECONDS, since) };
  });
});

const errors = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  const rows = yield* sql<{ readonly id: string }>`select id from agents where status = 'ERROR' order by id`;
  return rows.map(({ id }) => id);
});

/** Lives it. The last agent is poisoned first: it must come to rest in ERROR, alone. */
export const undergo = ({ agents, trials, fsync, tell }: Life): Effect.Effect<Report> =>
  Effect.gen(function* () {
    const beganAt = performance.now();
    const postgres = yield* Postgres.scoped({ fsync });
    const nats = yield* Nats.scoped;
    const url = yield* Effect.promise(() => postgres.createDatabase());
    const env = { DATABASE_URL: url, NATS_URL: nats.url };
    const witness = yield* Witness.scoped;
    return yield* Effect.gen(function* () {
      yield* Fleet.launch(agents, wishOf);
      const company = yield* Effect.acquireRelease(
        Effect.promise(() => Company.hire(staff, env)),
        (hired) => Effect.promise(() => hired.destroy()),
      );
      const place = { company, postgres, nats, database: new URL(url).pathname.slice(1) };
      yield* witness.look.pipe(Effect.delay(500), Effect.forever, Effect.forkScoped);
      yield* until(haveRunSince(agents, new Date(0)), RECOVERY_MS, "not every agent was ticked at first");

      const victim = Fleet.agentId(agents - 1);
      yield* patiently(Poison.ofAgent(victim, FAILURES));
      const isFallen = Effect.map(errors, (fallen) => fallen.length > 0);
      yield* until(isFallen, RECOVERY_MS, `${FAILURES} poisoned events did not take their agent to ERROR`);

      const recoveries: Array<Report["recoveries"][number]> = [];
      for (const trial of trials) {
        const struckAt = performance.now();
        yield* patiently(trial.strike(place));
        const overAt = trial.isInstant ? struckAt : performance.now();
        yield* until(haveRunSince(agents - 1, new Date()), RECOVERY_MS, `no recovery after "${trial.name}"`);
        const ms = performance.now() - overAt;
        recoveries.push({ name: trial.name, kills: trial.kills, ms });
        tell(`${trial.name}: every agent ticked again after ${(ms / 1000).toFixed(1)} s`);
      }
      const atRest = () =>
        Effect.runPromise(patiently(Progress.caughtUp).pipe(Effect.provideContext(context)));
      const context = yield* Effect.context<Effect.Services<typeof Progress.caughtUp>>();
      const ended = yield* Effect.promise(() => company.dismiss(["scheduler"], atRest));
      yield* witness.look;
      const seconds = (performance.now() - beganAt) / 1000;
      const verdict = yield* Verdict.of(env, witness, null);
      const fallen = yield* patiently(errors);
      return {
        recoveries,
        acknowledged: witness.acknowledged(),
        verdict: {
          ...verdict,
          broken: [
            ...verdict.broken,
            ...unaccounted(yield* patiently(attendances)),
            ...(fallen.length === 1 && fallen[0] === victim ? [] : [`in ERROR are ${fallen.join(", ")}`]),
          ],
        },
        ended,
        seconds,
      };
    }).pipe(Effect.provide(Fleet.record(env)), Effect.orDie);
  }).pipe(Effect.scoped);
