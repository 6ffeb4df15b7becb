import { onBoth } from "../adapters/postgres/Databases.ts";
import * as Journal from "./Journal.ts";

onBoth("the journal", (record) => Journal.suite("as a contract", record));
