import * as path from "node:path";
import * as DataDir from "@strom/adapters/postgres/DataDir.ts";
import * as PgDatabase from "@strom/adapters/postgres/PgDatabase.ts";
import * as PgMigrator from "@strom/adapters/postgres/PgMigrator.ts";
import * as PgVerify from "@strom/adapters/postgres/PgVerify.ts";
import { Verify } from "@strom/core/ports";
import { Console, Effect, Layer, Redacted } from "effect";
import { Command } from "effect/cli";
import * as Config from "../Config.ts";
import * as Strategies from "../strategies/Strategies.ts";
import * as Record from "./Record.ts";
import { CheckFailed, InputRefused } from "./Refusal.ts";

/** A mistyped folder must not pass as one whose books are in order. Whatever else is wrong with it is said on opening it. */
const haveFolder = Effect.fnUntraced(function* ({ databaseUrl, dataDir }: Config.Settings) {
  if (databaseUrl !== null || !(yield* DataDir.isNew(dataDir))) return;
  return yield* new InputRefused({
    message: `STROM_DATA_DIR ${path.resolve(dataDir)}: there is no record to verify; name the folder STROM runs in, or set DATABASE_URL`,
  });
});

/** The address without who logs in and how. */
const placeOf = (url: Redacted.Redacted): string => {
  const { host, pathname } = new URL(Redacted.value(url));
  return `${host}${pathname}`;
};

/** Nor must a mistyped database: it is looked at before migrating would make an empty record of it. */
const haveTables = Effect.fnUntraced(function* ({ databaseUrl, dataDir }: Config.Settings) {
  if (!(yield* PgMigrator.isNew)) return;
  return yield* new InputRefused({
    message:
      databaseUrl === null
        ? `STROM_DATA_DIR ${path.resolve(dataDir)}: there is no record to verify; nothing has run on it yet`
        : `DATABASE_URL ${placeOf(databaseUrl)}: there is no record to verify; name the database STROM runs in`,
  });
});

/** The record as it is: a database of an older version is brought up to date first, as every start does. */
const layer = (settings: Config.Settings) =>
  PgVerify.layer.pipe(
    Layer.provideMerge(PgDatabase.layer),
    Layer.provideMerge(
      PgMigrator.layer(settings.partitions === null ? {} : { partitions: settings.partitions }),
    ),
    Layer.provideMerge(Layer.effectDiscard(haveTables(settings))),
    Layer.provideMerge(Record.layerDatabase(settings)),
  );

export const verify = Command.make(
  "verify",
  {},
  Effect.fnUntraced(function* () {
    const settings = yield* Config.read;
    yield* haveFolder(settings);
    const found = yield* Effect.gen(function* () {
      const record = yield* Verify;
      return yield* record.everything(yield* Strategies.Strategies);
    }).pipe(Effect.provide(layer(settings)), Strategies.provide(settings));
    if ("identity" in found) {
      return yield* new CheckFailed({ message: `${found.identity}: ${found.message}` });
    }
    yield* Console.log(
      `every identity holds, and ${found.agents} agents lived again to the last digit: ${found.runs} runs, ${found.trades} trades`,
    );
  }),
).pipe(
  Command.withDescription(
    "Proves the books: every identity of the record, and every run again from its recorded inputs; ends with 3 at the first violation",
  ),
  Command.withExamples([
    { command: "strom verify", description: "The embedded database in STROM_DATA_DIR; stop STROM first" },
    {
      command: "DATABASE_URL=postgres://localhost/strom strom verify",
      description: "A server, also while STROM is running on it",
    },
  ]),
);
