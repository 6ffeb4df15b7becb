import * as Problem from "@strom/adapters/http/Problem.ts";
import type { Strategy as StrategySchema } from "@strom/adapters/http/StrategiesApi.ts";
import { StromApi } from "@strom/adapters/http/StromApi.ts";
import type { Strategy } from "@strom/core";
import { Catalog } from "@strom/core";
import { Effect } from "effect";
import { HttpApiBuilder } from "effect/http-api";
import { KnownStrategies } from "./KnownStrategies.ts";

const json = ({ id, key, name, description, paramsSchema }: Strategy.Any): typeof StrategySchema.Type => ({
  id,
  key,
  name,
  description,
  params_schema: { ...paramsSchema },
});

export const layer = HttpApiBuilder.group(
  StromApi,
  "strategies",
  Effect.fn(function* (handlers) {
    const catalog = yield* KnownStrategies;
    return handlers.handleAll({
      list: () => Effect.succeed({ items: catalog.strategies.map(json) }),
      find: ({ params }) => {
        const strategy = Catalog.find(catalog, params.key);
        if (strategy !== undefined) return Effect.succeed(json(strategy));
        const known = catalog.strategies.map(({ key }) => key).join(", ");
        const detail = `there is no strategy ${JSON.stringify(params.key.slice(0, 60))}; there are ${known}`;
        return Effect.fail(new Problem.NotFound({ code: "strategy_not_found", detail }));
      },
    });
  }),
);
