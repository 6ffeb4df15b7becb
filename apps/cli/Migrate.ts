import * as PgMigrator from "@strom/adapters/postgres/PgMigrator.ts";
import { Console, Effect } from "effect";
import { Command } from "effect/cli";
import * as Config from "../Config.ts";
import * as Record from "./Record.ts";

export const migrate = Command.make(
  "migrate",
  {},
  Effect.fnUntraced(function* () {
    const settings = yield* Config.read;
    const { partitions } = settings;
    const ran = yield* PgMigrator.migrate(partitions === null ? {} : { partitions }).pipe(
      Effect.provide(Record.layerDatabase(settings)),
    );
    for (const name of ran) yield* Console.log(`applied ${name}`);
    if (ran.length === 0) yield* Console.log("nothing to do: the database is at this version");
  }),
).pipe(
  Command.withDescription("Brings the database up to this version; `strom up` does so by itself"),
  Command.withExamples([
    { command: "strom migrate", description: "The embedded database in STROM_DATA_DIR" },
    {
      command: "DATABASE_URL=postgres://localhost/strom strom migrate",
      description: "A server, before its services start",
    },
  ]),
);
