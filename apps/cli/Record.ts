import * as InProcessBus from "@strom/adapters/inprocess/InProcessBus.ts";
import type { DatabaseRefused } from "@strom/adapters/postgres/DatabaseRefused.ts";
import type { DataDirRefused } from "@strom/adapters/postgres/DataDir.ts";
import * as PgAgentRoster from "@strom/adapters/postgres/PgAgentRoster.ts";
import * as PgAgents from "@strom/adapters/postgres/PgAgents.ts";
import * as PgAnswers from "@strom/adapters/postgres/PgAnswers.ts";
import * as PgBooks from "@strom/adapters/postgres/PgBooks.ts";
import * as PgDatabase from "@strom/adapters/postgres/PgDatabase.ts";
import * as PgEmbedded from "@strom/adapters/postgres/PgEmbedded.ts";
import * as PgExecutionStore from "@strom/adapters/postgres/PgExecutionStore.ts";
import * as PgExpiry from "@strom/adapters/postgres/PgExpiry.ts";
import * as PgHousekeeping from "@strom/adapters/postgres/PgHousekeeping.ts";
import * as PgJournal from "@strom/adapters/postgres/PgJournal.ts";
import * as PgMigrator from "@strom/adapters/postgres/PgMigrator.ts";
import * as PgPriceBook from "@strom/adapters/postgres/PgPriceBook.ts";
import * as PgQuotes from "@strom/adapters/postgres/PgQuotes.ts";
import * as PgRiskStore from "@strom/adapters/postgres/PgRiskStore.ts";
import * as PgRuntimeStore from "@strom/adapters/postgres/PgRuntimeStore.ts";
import * as PgServer from "@strom/adapters/postgres/PgServer.ts";
import * as PgShelf from "@strom/adapters/postgres/PgShelf.ts";
import * as PgTelegramLinks from "@strom/adapters/postgres/PgTelegramLinks.ts";
import * as PgTelegramMemory from "@strom/adapters/postgres/PgTelegramMemory.ts";
import * as PgUsers from "@strom/adapters/postgres/PgUsers.ts";
import * as PgVerify from "@strom/adapters/postgres/PgVerify.ts";
import type { DatabaseUnavailable } from "@strom/core/ports";
import { Database } from "@strom/core/ports";
import { Effect, Layer, Redacted } from "effect";
import type { SqlClient } from "effect/sql";
import type { Settings } from "../Config.ts";

/** Two transactions of each of three stages, the scheduler, the market, the housekeeping, and whoever asks. */
const CONNECTIONS = 14;

/** The database the settings name: a server, or the embedded one in the data directory. */
export const layerDatabase = ({
  databaseUrl,
  dataDir,
}: Settings): Layer.Layer<SqlClient.SqlClient, DataDirRefused | DatabaseRefused | DatabaseUnavailable> =>
  databaseUrl === null
    ? PgHousekeeping.layer.pipe(Layer.provideMerge(PgEmbedded.layer({ dataDir })))
    : PgServer.layer({ url: databaseUrl, maxConnections: CONNECTIONS });

const migrations = ({ partitions }: Settings) => PgMigrator.layer(partitions === null ? {} : { partitions });

/** NATS when it is named, else within this process. */
const bus = ({ natsUrl }: Settings) =>
  natsUrl === null
    ? InProcessBus.layer
    : Layer.unwrap(
        Effect.gen(function* () {
          const { epoch } = yield* Database;
          // Its client is only read in when there is a server to talk to.
          const { layer } = yield* Effect.promise(() => import("@strom/adapters/jetstream/JetStreamBus.ts"));
          return layer({ url: Redacted.value(natsUrl), epoch });
        }),
      );

const roles = Layer.mergeAll(
  PgUsers.layer,
  PgAgents.layer,
  PgBooks.layer,
  PgQuotes.layer,
  PgAnswers.layer,
  PgShelf.layer,
  PgPriceBook.layer,
  PgAgentRoster.layer,
  PgRuntimeStore.layer,
  PgRiskStore.layer,
  PgExecutionStore.layer,
  PgVerify.layer,
  PgExpiry.layer,
  PgTelegramLinks.layer,
  PgTelegramMemory.layer,
);

/** Every port, over the database of the settings, migrated to this version. */
export const layer = (settings: Settings) =>
  roles.pipe(
    Layer.provideMerge(bus(settings)),
    Layer.provideMerge(Layer.mergeAll(PgDatabase.layer, PgJournal.layer)),
    Layer.provideMerge(migrations(settings)),
    Layer.provideMerge(layerDatabase(settings)),
  );
