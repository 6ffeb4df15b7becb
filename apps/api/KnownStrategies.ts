import type { Catalog } from "@strom/core";
import { Shelf } from "@strom/core/ports";
import { Context, Effect, Layer } from "effect";
import { Strategies } from "../strategies/Strategies.ts";

/** The strategies agents of this process may be given. */
export class KnownStrategies extends Context.Service<KnownStrategies, Catalog.Catalog>()(
  "strom/apps/KnownStrategies",
) {}

/** Those of this process, put into the database's table first, so that agents' parameters can refer to them. */
export const layer = Layer.effect(
  KnownStrategies,
  Effect.gen(function* () {
    const shelf = yield* Shelf;
    const catalog = yield* Strategies;
    yield* shelf.stock(catalog.strategies);
    return catalog;
  }),
);
