import { Catalog } from "@strom/core";
import { Shelf } from "@strom/core/ports";
import { Context, Effect, Layer } from "effect";

/** The strategies agents of this process may be given. */
export class KnownStrategies extends Context.Service<KnownStrategies, Catalog.Catalog>()(
  "strom/apps/KnownStrategies",
) {}

/** The built-in ones, put into the database's table first, so that agents' parameters can refer to them. */
export const layer = Layer.effect(
  KnownStrategies,
  Effect.gen(function* () {
    const shelf = yield* Shelf;
    const catalog = Catalog.make(Catalog.builtIn);
    yield* shelf.stock(catalog.strategies);
    return catalog;
  }),
);
