import * as PgDatabase from "@strom/adapters/postgres/PgDatabase.ts";
import * as PgEmbedded from "@strom/adapters/postgres/PgEmbedded.ts";
import * as PgJournal from "@strom/adapters/postgres/PgJournal.ts";
import * as PgMigrator from "@strom/adapters/postgres/PgMigrator.ts";
import { Database, Journal } from "@strom/core/ports";
import { Effect, Layer } from "effect";

/** A process that appends to the journal as fast as it can, and prints each head once it is committed. */
const record = Layer.mergeAll(PgDatabase.layer, PgJournal.layer).pipe(
  Layer.provideMerge(PgMigrator.layer()),
  Layer.provideMerge(PgEmbedded.layer({ dataDir: process.argv[2] ?? "" })),
);

const write = Effect.gen(function* () {
  const journal = yield* Journal;
  const database = yield* Database;
  while (true) {
    const rows = yield* database.transaction(
      journal.append(
        Array.from({ length: 20 }, () => ({
          topic: "agent.tick",
          partition: 0,
          eventId: crypto.randomUUID(),
          agentId: null,
          payload: { filler: "x".repeat(200) },
          at: 0,
        })),
      ),
    );
    process.stdout.write(`${(rows.at(-1)?.offset ?? 0) + 1}\n`);
  }
});

await Effect.runPromise(Effect.provide(write, record));
