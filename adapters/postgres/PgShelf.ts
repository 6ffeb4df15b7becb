import { PgTypes } from "@effect/sql-pg";
import { Shelf } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { SqlClient } from "effect/sql";
import { orUnavailable } from "./Failure.ts";

export const layer: Layer.Layer<Shelf, never, SqlClient.SqlClient> = Layer.effect(
  Shelf,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    return Shelf.of({
      stock: Effect.fn("Shelf.stock")(function* (strategies) {
        const rows = strategies.map(({ id, key, name, description, paramsSchema }) => ({
          id,
          key,
          name,
          description,
          params_schema: paramsSchema,
        }));
        yield* sql`
          insert into strategies (id, key, name, description, params_schema)
          select id, key, name, description, params_schema
          from json_to_recordset(${PgTypes.json(rows)}) as s (
            id uuid, key text, name text, description text, params_schema jsonb)
          on conflict (id) do update set
            name = excluded.name, description = excluded.description, params_schema = excluded.params_schema
          where (strategies.name, strategies.description, strategies.params_schema)
            is distinct from (excluded.name, excluded.description, excluded.params_schema)`;
      }, orUnavailable),
    });
  }),
);
