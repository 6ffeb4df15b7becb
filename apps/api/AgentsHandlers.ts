import { Agent as AgentSchema } from "@strom/adapters/http/AgentsApi.ts";
import { CurrentUser } from "@strom/adapters/http/Identity.ts";
import * as Problem from "@strom/adapters/http/Problem.ts";
import { StromApi } from "@strom/adapters/http/StromApi.ts";
import type { Id } from "@strom/core";
import { Agents, Books, Database } from "@strom/core/ports";
import { Effect, Struct } from "effect";
import { HttpApiBuilder } from "effect/http-api";
import * as AgentDecisions from "./AgentDecisions.ts";
import * as AgentJson from "./AgentJson.ts";
import * as Cursor from "./Cursor.ts";
import * as Failures from "./Failures.ts";
import * as Idempotent from "./Idempotent.ts";
import { KnownStrategies } from "./KnownStrategies.ts";
import { Limits } from "./Limits.ts";
import { NewAgents } from "./NewAgents.ts";

const tooMany = (most: number) =>
  new Problem.Conflict({
    code: "too_many_agents",
    detail: `a user may have ${most} agents (STROM_AGENTS_MAX); delete one first, its books are kept`,
  });

export const layer = HttpApiBuilder.group(
  StromApi,
  "agents",
  Effect.fn(function* (handlers) {
    const agents = yield* Agents;
    const books = yield* Books;
    const database = yield* Database;
    const catalog = yield* KnownStrategies;

    /** Asked after the agent was made: one that is too many is undone with the transaction. */
    const roomFor = Effect.fnUntraced(function* (userId: Id.UserId) {
      const { agentsMax } = yield* Limits;
      if ((yield* agents.count(userId)) > agentsMax) return yield* tooMany(agentsMax);
    });

    const move =
      (event: "start" | "pause" | "stop") =>
      ({
        params,
        headers,
      }: {
        readonly params: { readonly id: Id.AgentId };
        readonly headers: { readonly "idempotency-key"?: string };
      }) =>
        Effect.gen(function* () {
          const user = yield* CurrentUser;
          return yield* Idempotent.once(
            {
              route: `POST /v1/agents/:id/${event}`,
              key: headers["idempotency-key"],
              body: { id: params.id },
              answer: AgentSchema,
            },
            agents
              .change(user.id, params.id, (agent) => Effect.fromResult(AgentDecisions.move(agent, event)))
              .pipe(Effect.map(AgentJson.agent)),
          );
        }).pipe(
          Effect.catchTags({
            ...Failures.read,
            ...Failures.illegal,
            ...Failures.capital,
            ...Failures.retried,
          }),
        );

    return handlers.handleAll({
      list: Effect.fnUntraced(function* ({ query }) {
        const user = yield* CurrentUser;
        const slice = yield* Cursor.slice(query);
        const page = yield* agents.list(user.id, Struct.pick(query, ["status"]), slice);
        return Cursor.page({ items: page.items.map(AgentJson.agent), next: page.next });
      }, Effect.catchTags(Failures.unavailable)),
      create: Effect.fnUntraced(
        function* ({ payload, headers }) {
          const user = yield* CurrentUser;
          const configuration = yield* Effect.fromResult(AgentDecisions.configurationOf(catalog, payload));
          return yield* Idempotent.once(
            { route: "POST /v1/agents", key: headers["idempotency-key"], body: payload, answer: AgentSchema },
            Effect.gen(function* () {
              const birth = yield* (yield* NewAgents)(configuration);
              const moves = AgentDecisions.firstMoves(configuration);
              const created = yield* database.transaction(
                Effect.tap(agents.create({ ...birth, userId: user.id, configuration, moves }), () =>
                  roomFor(user.id),
                ),
              );
              return AgentJson.agent(created);
            }),
          );
        },
        Effect.catchTags({ ...Failures.unavailable, ...Failures.retried }),
      ),
      find: Effect.fnUntraced(function* ({ params }) {
        const user = yield* CurrentUser;
        return AgentJson.agent(yield* agents.find(user.id, params.id));
      }, Effect.catchTags(Failures.read)),
      change: Effect.fnUntraced(
        function* ({ params, payload }) {
          const user = yield* CurrentUser;
          const changed = yield* agents.change(user.id, params.id, (agent) =>
            Effect.fromResult(AgentDecisions.change(catalog, agent, payload)),
          );
          return AgentJson.agent(changed);
        },
        Effect.catchTags({ ...Failures.read, ...Failures.illegal, ...Failures.capital }),
      ),
      archive: Effect.fnUntraced(
        function* ({ params }) {
          const user = yield* CurrentUser;
          yield* agents.change(user.id, params.id, (agent) =>
            Effect.fromResult(AgentDecisions.archive(agent)),
          );
        },
        Effect.catchTags({ ...Failures.read, ...Failures.capital }),
      ),
      start: move("start"),
      pause: move("pause"),
      stop: move("stop"),
      stats: Effect.fnUntraced(function* ({ params }) {
        const user = yield* CurrentUser;
        const standing = yield* books.standing({ userId: user.id, agentId: params.id });
        return AgentJson.stats(params.id, standing);
      }, Effect.catchTags(Failures.read)),
    });
  }),
);
