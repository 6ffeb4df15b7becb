import { assert, it } from "@effect/vitest";
import { Effect } from "effect";
import { afterAll, beforeAll, describe } from "vitest";
import * as Folder from "../servers/Folder.ts";
import { requires } from "../servers/Needs.ts";
import * as Postgres from "../servers/Postgres.ts";
import type * as Books from "./Books.ts";
import * as Fleet from "./Fleet.ts";
import * as Calm from "./faults/Calm.ts";
import * as Live from "./faults/Live.ts";
import * as Verdict from "./faults/Verdict.ts";
import * as Witness from "./faults/Witness.ts";

/** What is done to a copy of a sound record behind the back of its guards, and who must notice. */
const forgeries: ReadonlyArray<{
  readonly name: string;
  readonly sql: string;
  readonly seenAs: ReadonlyArray<"lost" | "doubled" | "missing" | "extra" | "broken">;
}> = [
  {
    name: "a trade that is gone",
    sql: "delete from trades where id = (select min(id::text) from trades)::uuid",
    seenAs: ["lost", "missing", "broken"],
  },
  {
    name: "a trade that is there twice",
    sql: `insert into trades select (jsonb_populate_record(t, '{"id": "6b0a7a52-1d3c-4d0e-9d62-0f6f0f0a0001", "fill_number": 1}')).*
      from trades t limit 1`,
    seenAs: ["doubled", "extra", "broken"],
  },
  {
    name: "a price of a trade that is another by a millionth",
    sql: "update trades set price = price + 0.000001 where id = (select min(id::text) from trades)::uuid",
    seenAs: ["lost", "missing", "extra", "broken"],
  },
  {
    name: "a run that is gone, with nothing that hangs on it",
    sql: "delete from agent_runs where id = (select min(id::text) from agent_runs where id not in (select agent_run_id from signals))::uuid",
    seenAs: ["lost", "missing", "broken"],
  },
  {
    name: "a price the API had acknowledged, gone",
    sql: "delete from market_prices where symbol = 'WITNESS'",
    seenAs: ["lost"],
  },
  {
    name: "cash from nowhere",
    sql: "update accounts set cash = cash + 0.000001 where agent_id = (select min(agent_id::text) from accounts)::uuid",
    seenAs: ["missing", "extra", "broken"],
  },
  {
    name: "a cursor that does not stand where its stage has come",
    sql: "update cursors set position = position - 1 where stage = 'risk' and position > 0",
    seenAs: ["broken"],
  },
];

requires("postgres", "a harness that could not fail would prove nothing", () => {
  let postgres: Postgres.Server;
  let folder = "";
  let url = "";
  let calm: Books.Books = {};
  beforeAll(async () => {
    folder = Folder.make("forged");
    postgres = await Postgres.start({ fsync: false });
    url = await postgres.createDatabase();
    calm = await Effect.runPromise(Calm.live({ folder, minutes: 60, agents: 6 }, { DATABASE_URL: url }));
  }, 120_000);
  afterAll(async () => {
    await postgres.destroy();
    Folder.remove(folder);
  });

  /** A copy of the record, to which this was done after the witness had looked. */
  const forged = Effect.fnUntraced(function* (sql: string | null) {
    const copy = `forged_${++copies}`;
    const run = (text: string, database?: string) => Effect.promise(() => postgres.execute(text, database));
    yield* run(`create database ${copy} template ${new URL(url).pathname.slice(1)}`);
    const env = { DATABASE_URL: url.replace(/[^/]*$/, copy) };
    const witness = yield* Witness.scoped;
    yield* run(
      "insert into market_prices (symbol, ts, price, source) values ('WITNESS', '2026-03-01T00:00:00Z', 7, 'fed')",
      copy,
    );
    return yield* Effect.gen(function* () {
      yield* witness.look;
      witness.note("market_prices", [{ key: String(Date.UTC(2026, 2, 1)), row: "7" }]);
      if (sql !== null) {
        const unique = "alter table trades drop constraint if exists uq_trades_fill";
        yield* run(`set session_replication_role = replica; ${unique}; ${sql}`, copy);
      }
      return yield* Verdict.of(env, witness, calm);
    }).pipe(Effect.provide(Fleet.record(env)));
  }, Effect.scoped);
  let copies = 0;

  it.live("finds nothing in a sound record", () =>
    Effect.gen(function* () {
      const verdict = yield* forged(null);
      assert.deepStrictEqual(Verdict.findings(verdict), []);
      assert.include(verdict.verified, "every identity holds");
    }),
  );

  for (const { name, sql, seenAs } of forgeries) {
    it.live(`sees ${name}`, () =>
      Effect.gen(function* () {
        const verdict = yield* forged(sql);
        const seen = (["lost", "doubled", "missing", "extra", "broken"] as const).filter(
          (kind) => verdict[kind].length > 0,
        );
        assert.deepStrictEqual(seen, seenAs, Verdict.findings(verdict).join("\n"));
      }),
    );
  }
});

describe("slots by the machine's clock", () => {
  const sound: Live.Attendance = { agent: "agent 0", first: 100, last: 109, ticked: 7, missed: 3 };
  it("are accounted for when each was ticked or counted", () => {
    assert.deepStrictEqual(Live.unaccounted([sound]), []);
  });
  it("are not when one was left out, or counted though it was ticked", () => {
    assert.lengthOf(Live.unaccounted([{ ...sound, missed: 2 }]), 1);
    assert.lengthOf(Live.unaccounted([{ ...sound, missed: 4 }]), 1);
    assert.lengthOf(Live.unaccounted([{ ...sound, ticked: 6 }]), 1);
  });
});
