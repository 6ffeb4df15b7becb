import { assert, it } from "@effect/vitest";
import * as Runtime from "@strom/apps/pipeline/Runtime.ts";
import * as Stage from "@strom/apps/pipeline/Stage.ts";
import { Catalog } from "@strom/core";
import { Journal } from "@strom/core/ports";
import { Effect, Logger } from "effect";
import { SqlClient } from "effect/sql";
import * as House from "./House.ts";

it.live(
  "a stage whose cursor stands before the oldest row says so, once, and leaves it there",
  () =>
    Effect.gen(function* () {
      const told: Array<string> = [];
      const logger = Logger.make(({ message, logLevel }) => {
        if (logLevel === "Error") told.push(String(message));
      });
      const journal = yield* Journal;
      const sql = yield* SqlClient.SqlClient;
      const entry = (n: number) => ({
        topic: "agent.tick",
        partition: 3,
        eventId: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
        agentId: null,
        payload: {},
        at: 1,
      });
      yield* journal.append([entry(1), entry(2), entry(3)]);
      yield* journal.position({ stage: "runtime", topic: "agent.tick", partition: 3 });
      // Somebody's hand, or a restore of half of it.
      yield* sql`delete from journal where "offset" < 2`;
      yield* Stage.run(yield* Runtime.make(Catalog.make(Catalog.builtIn)), [3], {
        ...Stage.standard,
        quietMs: 50,
      }).pipe(Effect.timeoutOption("1500 millis"), Effect.provide(Logger.layer([logger])));
      assert.deepStrictEqual(told, [
        "runtime cannot go on in agent.tick/3: it stands at offset 0, and the oldest row there is has 2. Move its row of cursors there to do without what is gone",
      ]);
      assert.strictEqual((yield* sql`select 1 from cursors where position = 0`).length, 1);
    }).pipe(Effect.scoped, Effect.provide(House.layer)),
  60_000,
);
