import { randomUUID } from "node:crypto";
import { Id } from "@strom/core";
import { Users } from "@strom/core/ports";
import { Effect, Layer, Schema } from "effect";
import { SqlClient } from "effect/sql";
import { orUnavailable } from "./Failure.ts";

const decodeId = Schema.decodeUnknownEffect(Id.UserId);

export const layer: Layer.Layer<Users, never, SqlClient.SqlClient> = Layer.effect(
  Users,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    return Users.of({
      byEmail: Effect.fn("Users.byEmail")(function* (given: string) {
        const email = given.toLowerCase();
        // The update that changes nothing makes the row come back when it was there before.
        const rows = yield* sql<{ readonly id: string }>`
          insert into users (id, email) values (${randomUUID()}::uuid, ${email})
          on conflict (email) do update set email = excluded.email
          returning id`;
        return yield* Effect.orDie(decodeId(rows[0]?.id));
      }, orUnavailable),
    });
  }),
);
