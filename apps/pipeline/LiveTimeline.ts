import { Slot } from "@strom/core";
import { Timeline } from "@strom/core/ports";
import { Clock, Layer } from "effect";

/** The machine's clock, and slots spread over the second by the agents' ids. */
export const layer: Layer.Layer<Timeline> = Layer.succeed(
  Timeline,
  Timeline.of({ now: Clock.currentTimeMillis, phaseMs: Slot.phaseMs, isReplay: false }),
);
