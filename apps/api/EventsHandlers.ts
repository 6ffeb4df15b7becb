import { CurrentUser } from "@strom/adapters/http/Identity.ts";
import * as Problem from "@strom/adapters/http/Problem.ts";
import { StromApi } from "@strom/adapters/http/StromApi.ts";
import type { Id } from "@strom/core";
import type { Database, DatabaseUnavailable, Journal, PositionInvalid } from "@strom/core/ports";
import { Agents, TelegramLinks } from "@strom/core/ports";
import { Duration, Effect, Metric, Stream } from "effect";
import { HttpServerResponse } from "effect/http";
import { HttpApiBuilder } from "effect/http-api";
import * as Metrics from "../Metrics.ts";
import * as EventStream from "./EventStream.ts";
import * as Failures from "./Failures.ts";
import { Wakes } from "./Wakes.ts";

export const streamsMax = 5;

/** Without a wake the journal is looked at this often, at first; a row may wait for an older transaction to end. */
const firstLookMs = 50;
const lookMsMax = 2_000;

type Caller = CurrentUser["Service"];

/** Streams the bot opens for a chat are counted for that chat: neither silences the other. */
const holderOf = ({ id, chatId }: Caller): string => (chatId === undefined ? id : `chat ${chatId}`);

const tooMany = ({ chatId }: Caller) =>
  new Problem.TooMany({
    code: "too_many_streams",
    detail: `a ${chatId === undefined ? "user" : "chat"} may have ${streamsMax} event streams at once; close one first`,
    retry_after_seconds: 5,
  });

const badEventId = (error: PositionInvalid) =>
  new Problem.Malformed({
    code: "invalid_event_id",
    detail: `${JSON.stringify(error.input.slice(0, 60))} is not the id of an event; leave it out to begin now`,
    errors: [{ path: "last_event_id", message: "not the id of an event" }],
  });

const headers = { "x-accel-buffering": "no", "cache-control": "no-store, no-transform" };

export const layer = HttpApiBuilder.group(
  StromApi,
  "events",
  Effect.fn(function* (handlers) {
    const agents = yield* Agents;
    const links = yield* TelegramLinks;
    const wakes = yield* Wakes;
    const services = yield* Effect.context<Journal | Database>();
    const open = new Map<string, number>();

    const count = (holder: string, by: 1 | -1) => {
      const now = (open.get(holder) ?? 0) + by;
      if (now === 0) open.delete(holder);
      else open.set(holder, now);
      return Metric.modify(Metrics.eventStreams, by);
    };

    /** One of a caller's streams, until the request is over. */
    const admit = (caller: Caller) => {
      const holder = holderOf(caller);
      return Effect.acquireRelease(
        Effect.suspend(() =>
          (open.get(holder) ?? 0) >= streamsMax ? Effect.fail(tooMany(caller)) : count(holder, 1),
        ),
        () => count(holder, -1),
      );
    };

    /** A chat that was unlinked, here or in another process, is told nothing that comes after. */
    const whileLinked = Effect.fnUntraced(function* ({ id, chatId }: Caller) {
      if (chatId === undefined) return;
      const link = yield* links.find(chatId);
      if (link?.userId !== id) return yield* new EventStream.NoLonger();
    });

    const answer = Effect.fnUntraced(function* (
      caller: Caller,
      lastEventId: string | undefined,
      agentIds: Effect.Effect<ReadonlyArray<Id.AgentId>, DatabaseUnavailable>,
    ) {
      const start = yield* EventStream.start(lastEventId).pipe(Effect.provideContext(services));
      yield* admit(caller);
      let mine: ReadonlySet<string> = new Set();
      const latch = yield* wakes.subscribe((agentId) => mine.has(agentId));
      const source: EventStream.Source = {
        start,
        agentIds: Effect.andThen(
          whileLinked(caller),
          Effect.map(agentIds, (ids) => {
            mine = new Set(ids);
            return ids;
          }),
        ),
        wait: (idleReads) =>
          latch.await.pipe(
            Effect.timeoutOption(
              Duration.millis(Math.min(lookMsMax, firstLookMs * 2 ** Math.min(idleReads, 10))),
            ),
            Effect.andThen(Effect.sync(() => latch.closeUnsafe())),
          ),
      };
      return HttpServerResponse.stream(
        EventStream.make(source).pipe(Stream.encodeText, Stream.provideContext(services)),
        { contentType: "text/event-stream", headers },
      );
    });

    return handlers.handleAll({
      all: Effect.fnUntraced(
        function* ({ headers, query }) {
          const user = yield* CurrentUser;
          return yield* answer(user, headers["last-event-id"] ?? query.last_event_id, agents.idsOf(user.id));
        },
        Effect.catchTags({
          ...Failures.unavailable,
          PositionInvalid: (error) => Effect.fail(badEventId(error)),
        }),
      ),
      agent: Effect.fnUntraced(
        function* ({ params, headers, query }) {
          const user = yield* CurrentUser;
          const agent = yield* agents.find(user.id, params.id);
          return yield* answer(
            user,
            headers["last-event-id"] ?? query.last_event_id,
            Effect.succeed([agent.id]),
          );
        },
        Effect.catchTags({ ...Failures.read, PositionInvalid: (error) => Effect.fail(badEventId(error)) }),
      ),
    });
  }),
);
