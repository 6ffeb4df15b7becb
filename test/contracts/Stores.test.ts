import * as InProcessBus from "@strom/adapters/inprocess/InProcessBus.ts";
import * as MemoryDatabase from "@strom/adapters/memory/MemoryDatabase.ts";
import * as MemoryStores from "@strom/adapters/memory/MemoryStores.ts";
import * as PgAgentRoster from "@strom/adapters/postgres/PgAgentRoster.ts";
import * as PgAgents from "@strom/adapters/postgres/PgAgents.ts";
import * as PgExecutionStore from "@strom/adapters/postgres/PgExecutionStore.ts";
import * as PgPriceBook from "@strom/adapters/postgres/PgPriceBook.ts";
import * as PgRiskStore from "@strom/adapters/postgres/PgRiskStore.ts";
import * as PgRuntimeStore from "@strom/adapters/postgres/PgRuntimeStore.ts";
import * as PgShelf from "@strom/adapters/postgres/PgShelf.ts";
import * as PgUsers from "@strom/adapters/postgres/PgUsers.ts";
import { Layer } from "effect";
import { onBoth } from "../adapters/postgres/Databases.ts";
import * as Journal from "./Journal.ts";
import * as JournalFeed from "./JournalFeed.ts";
import * as Stores from "./Stores.ts";

const stores = Layer.mergeAll(
  PgAgentRoster.layer,
  PgAgents.layer,
  PgExecutionStore.layer,
  PgPriceBook.layer,
  PgRiskStore.layer,
  PgRuntimeStore.layer,
  PgShelf.layer,
  PgUsers.layer,
);

onBoth("the stages' stores", (record) =>
  Stores.suite(
    "as a contract",
    stores.pipe(Layer.provideMerge(InProcessBus.layer), Layer.provideMerge(record)),
  ),
);

/** A clock of a database's resolution: of two things done one after the other, one is the later. */
let at = 0;
const now = (): number => {
  at = Math.max(at + 0.001, Date.now());
  return at;
};

const memory = MemoryStores.layer.pipe(
  Layer.provideMerge(InProcessBus.layer),
  Layer.provideMerge(MemoryDatabase.layer({ partitions: 16, now })),
);

Stores.suite("the stages' stores, in memory, as a contract", memory);
Journal.suite("the journal, in memory, as a contract", memory);

JournalFeed.suite("the feed of the journal, in memory, as a contract", memory);
