import { Id } from "@strom/core";
import { Users } from "@strom/core/ports";
import { Effect, Layer, Schema } from "effect";
import { MemoryConnection } from "./MemoryConnection.ts";

const idOf = Schema.decodeUnknownSync(Id.UserId);

export const layer: Layer.Layer<Users, never, MemoryConnection> = Layer.effect(
  Users,
  Effect.map(MemoryConnection, ({ ask }) =>
    Users.of({
      byEmail: (given) =>
        ask("users.byEmail", (record) => {
          const email = given.toLowerCase();
          const known = record.users.get(email);
          if (known !== undefined) return known;
          const id = idOf(Id.derive("memory user", email));
          record.users.insert(email, id);
          return id;
        }),
    }),
  ),
);
