import { Id } from "@strom/core";
import { Schema } from "effect";
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api";
import { Identity } from "./Identity.ts";
import * as Problem from "./Problem.ts";

const headers = {
  "last-event-id": Schema.optionalKey(
    Schema.String.annotate({ description: "the id of the last event received; the stream goes on after it" }),
  ),
};

const query = {
  last_event_id: Schema.optionalKey(
    Schema.String.annotate({ description: "the same, for clients that cannot set a header" }),
  ),
};

const success = HttpApiSchema.StreamUint8Array({ contentType: "text/event-stream" });

const description =
  "Server-sent events: `id` resumes with Last-Event-ID without a gap or a repeat, `event` is the topic, `data` the event as JSON. In order per agent, each exactly once. A stream that cannot go on where it was asked to (events are kept for STROM_JOURNAL_DAYS) begins with `strom.stream.reset`: read the lists anew.";

export class EventsApi extends HttpApiGroup.make("events")
  .add(
    HttpApiEndpoint.get("all", "/v1/events", { headers, query, success, error: [Problem.TooMany] })
      .annotate(OpenApi.Summary, "Every committed event of the caller's agents")
      .annotate(OpenApi.Description, description),
    HttpApiEndpoint.get("agent", "/v1/agents/:id/events", {
      params: { id: Id.AgentId },
      headers,
      query,
      success,
      error: [Problem.NotFound, Problem.TooMany],
    })
      .annotate(OpenApi.Summary, "Every committed event of one agent")
      .annotate(OpenApi.Description, description),
  )
  .middleware(Identity)
  .annotate(OpenApi.Title, "Events") {}
