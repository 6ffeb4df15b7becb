import { onBoth } from "../adapters/postgres/Databases.ts";
import * as Journal from "./Journal.ts";
import * as JournalFeed from "./JournalFeed.ts";

onBoth("the journal", (record) => {
  Journal.suite("as a contract", record);
  JournalFeed.suite("its feed, as a contract", record);
});
