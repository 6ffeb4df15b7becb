import type { Event } from "@strom/core";
import { Id, Intent } from "@strom/core";
import { Clock, Context, Effect, Exit, Option, Tracer } from "effect";

/** Whether someone collects traces. Off, nothing is made up for nobody. */
export const IsTraced = Context.Reference<boolean>("strom/apps/pipeline/IsTraced", {
  defaultValue: () => false,
});

interface Step {
  readonly agentId: Id.AgentId;
  readonly slot: number;
  readonly orderId?: string;
}

/** What belongs to the life of a tick; the rest follows from it. */
const stepOf = (event: Event.Event): Step | null => {
  switch (event._tag) {
    case "agent.tick":
      return { agentId: event.agentId, slot: event.slot };
    case "agent.run":
      return { agentId: event.agentId, slot: event.run.slot };
    case "order.intent":
    case "order.rejected":
    case "order.filled":
      return { agentId: event.agentId, slot: event.order.slot, orderId: Intent.orderId(event.order) };
    default:
      return null;
  }
};

const nanos = (ms: number): bigint => BigInt(Math.round(ms * 1e6));

/**
 * One trace from tick to fill: stages are apart in time and often in machines, so the trace is named by the tick's
 * own id, and whoever does a part of it needs to be told nothing.
 */
export const tell = Effect.fnUntraced(function* (events: ReadonlyArray<Event.Event>, startedAt: number) {
  if (!(yield* IsTraced)) return;
  const tracer = yield* Tracer.Tracer;
  const endedAt = yield* Clock.currentTimeMillis;
  for (const event of events) {
    const step = stepOf(event);
    if (step === null) continue;
    const traceId = Id.tick(step.agentId, step.slot).replaceAll("-", "");
    const span = tracer.span({
      name: `strom.${event._tag}`,
      parent: Option.some(Tracer.externalSpan({ traceId, spanId: traceId.slice(0, 16) })),
      annotations: Context.empty(),
      links: [],
      startTime: nanos(startedAt),
      kind: "internal",
      root: false,
      sampled: true,
    });
    span.attribute("strom.agent_id", step.agentId);
    span.attribute("strom.slot", step.slot);
    if (step.orderId !== undefined) span.attribute("strom.order_id", step.orderId);
    span.end(nanos(endedAt), Exit.void);
  }
});
