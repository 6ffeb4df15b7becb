import type { Event } from "@strom/core";
import { Effect, Metric } from "effect";
import * as Metrics from "../Metrics.ts";

/** Counts what was told, by topic. Only after the commit: what is rolled back never happened. */
export const count = Effect.fnUntraced(function* (events: ReadonlyArray<Event.Event>) {
  const counts = { ticks: 0, missed: 0, runs: 0, signals: 0, intents: 0, fills: 0 };
  for (const event of events) {
    if (event._tag === "agent.tick") {
      counts.ticks += 1;
      counts.missed += event.missed;
    } else if (event._tag === "agent.run") counts.runs += 1;
    else if (event._tag === "signal.created") counts.signals += 1;
    else if (event._tag === "order.intent") counts.intents += 1;
    else if (event._tag === "order.filled") counts.fills += 1;
    else if (event._tag === "order.rejected") yield* Metric.update(Metrics.rejections(event.reason), 1);
  }
  if (counts.ticks > 0) yield* Metric.update(Metrics.ticks, counts.ticks);
  if (counts.missed > 0) yield* Metric.update(Metrics.missedTicks, counts.missed);
  if (counts.runs > 0) yield* Metric.update(Metrics.runs, counts.runs);
  if (counts.signals > 0) yield* Metric.update(Metrics.signals, counts.signals);
  if (counts.intents > 0) yield* Metric.update(Metrics.intents, counts.intents);
  if (counts.fills > 0) yield* Metric.update(Metrics.fills, counts.fills);
});
