import { Shelf } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { MemoryConnection } from "./MemoryConnection.ts";

export const layer: Layer.Layer<Shelf, never, MemoryConnection> = Layer.effect(
  Shelf,
  Effect.map(MemoryConnection, ({ ask }) =>
    Shelf.of({
      stock: (strategies) =>
        ask("shelf.stock", (record) => {
          for (const strategy of strategies) record.strategies.set(strategy.id, strategy);
        }),
    }),
  ),
);
