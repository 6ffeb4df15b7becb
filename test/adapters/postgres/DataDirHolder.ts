import * as DataDir from "@strom/adapters/postgres/DataDir.ts";
import { Effect } from "effect";

/** A process that takes a data directory, says so, and holds it until it is ended; or says why not. */
const hold = Effect.gen(function* () {
  yield* DataDir.open(process.argv[2] ?? "");
  process.stdout.write("held\n");
  yield* Effect.sleep("5 minutes");
}).pipe(
  Effect.scoped,
  Effect.catchTag("DataDirRefused", (refused) =>
    Effect.sync(() => process.stdout.write(`${refused.reason} ${refused.message}\n`)),
  ),
);

await Effect.runPromise(hold);
