import type { Row } from "@strom/core/ports";
import { EventBus } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import * as House from "./House.ts";

/** A bus that drops, repeats and reorders, by turns. */
export const unruly = Layer.effect(
  EventBus,
  Effect.map(EventBus, (bus) => {
    let turn = 0;
    const maul = (rows: ReadonlyArray<Row>): ReadonlyArray<Row> => {
      turn += 1;
      if (turn % 4 === 0) return [];
      if (turn % 4 === 1) return [...rows, ...rows];
      return turn % 4 === 2 ? [...rows].reverse() : rows.filter((_, index) => index % 2 === 1);
    };
    return EventBus.of({ ...bus, publish: (rows) => bus.publish(maul(rows)) });
  }),
);

/** A bus that loses all that is about one agent. */
export const forgetful = (name: string) =>
  Layer.effect(
    EventBus,
    Effect.map(EventBus, (bus) => {
      const lost: string = House.agentId(name);
      return EventBus.of({
        ...bus,
        publish: (rows) => bus.publish(rows.filter(({ agentId }) => agentId !== lost)),
      });
    }),
  );
