import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { assert, it } from "@effect/vitest";
import * as ClusterLog from "@strom/adapters/cluster/ClusterLog.ts";
import type { LogLevel } from "effect";
import { Cause, Effect, Layer, Logger, References } from "effect";

/** What is heard of what the library says, at a level an operator asked for. */
const heard = (minimum: LogLevel.LogLevel, said: Effect.Effect<void>) => {
  const lines: Array<string> = [];
  const ear = Logger.make(({ logLevel, message, cause }) => {
    lines.push(`${logLevel} ${[message].flat().join(" ")}${cause.reasons.length > 0 ? " and a cause" : ""}`);
  });
  return said.pipe(
    Effect.provide(ClusterLog.layer.pipe(Layer.provide(Logger.layer([ear])))),
    Effect.provideService(References.MinimumLogLevel, minimum),
    Effect.as(lines),
  );
};

const away = Effect.all([
  Effect.logError("Shard lock storage is unhealthy", Cause.fail("timeout")),
  Effect.logWarning("Shard lock storage is still unhealthy", Cause.fail("refused")),
  Effect.logWarning("Shard lock storage is still unhealthy", Cause.fail("refused")),
  Effect.logInfo("Shard lock storage has recovered"),
]).pipe(Effect.asVoid);

it.effect("the last process to end raises no alarm", () =>
  Effect.gen(function* () {
    const said = Effect.logWarning("No healthy runners available");
    assert.deepStrictEqual(yield* heard("Info", said), []);
    assert.deepStrictEqual(yield* heard("Debug", said), [
      "Debug no other process is left to take over; what is to be done waits until one starts",
    ]);
  }),
);

it.effect("a database that is away is told of when it goes and when it is back", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* heard("Info", away), [
      "Warn the database does not answer in time: this process lets go of its work until it does",
      "Info the database answers again: work is shared out anew",
    ]);
    assert.strictEqual((yield* heard("Debug", away)).length, 4);
    assert.deepStrictEqual(yield* heard("Error", away), []);
  }),
);

it.effect("anything else is told as it is", () =>
  Effect.gen(function* () {
    const said = Effect.logWarning("Could not release shards, retrying", Cause.fail("refused"));
    assert.deepStrictEqual(yield* heard("Info", said), [
      "Warn Could not release shards, retrying and a cause",
    ]);
  }),
);

it("the library says what is put into our words", () => {
  const library = readFileSync(fileURLToPath(import.meta.resolve("effect/cluster/Sharding")), "utf8");
  for (const text of Object.keys(ClusterLog.words)) assert.include(library, `"${text}"`);
});
