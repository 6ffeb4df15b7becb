import { assert, describe, layer } from "@effect/vitest";
import * as Routes from "@strom/apps/api/Routes.ts";
import { Effect } from "effect";
import { it as plain } from "vitest";
import * as TestApi from "./TestApi.ts";

const { ask, create } = TestApi;

/**
 * What each kind of caller gets from each route: the development user, somebody else, and one nobody can believe.
 * A route that is not in this list fails the test, so that nobody adds one without deciding who may use it.
 */
const open = { owner: 200, other: 200, nobody: 200 };
const everyone = { owner: 200, other: 200, nobody: 401 };
const owners = { owner: 200, other: 404, nobody: 401 };
/** The bot's own routes ask for its token, which none of these has. */
const bots = { owner: 401, other: 401, nobody: 401 };

interface Expected {
  readonly owner: number;
  readonly other: number;
  readonly nobody: number;
}

const matrix: Readonly<Record<string, Expected>> = {
  "GET /health/live": open,
  "GET /health/ready": open,
  "GET /metrics": open,
  "GET /v1/me": everyone,
  "GET /v1/strategies": everyone,
  "GET /v1/strategies/:key": everyone,
  "GET /v1/agents": everyone,
  "POST /v1/agents": { owner: 201, other: 201, nobody: 401 },
  "GET /v1/agents/:id": owners,
  "PATCH /v1/agents/:id": owners,
  "POST /v1/agents/:id/start": owners,
  "POST /v1/agents/:id/pause": owners,
  "POST /v1/agents/:id/stop": owners,
  "GET /v1/agents/:id/stats": owners,
  "GET /v1/agents/:id/runs": owners,
  "GET /v1/agents/:id/signals": owners,
  "GET /v1/agents/:id/orders": owners,
  "GET /v1/agents/:id/trades": owners,
  "GET /v1/agents/:id/positions": owners,
  "GET /v1/agents/:id/pnl": owners,
  "GET /v1/agents/:id/risk-decisions": owners,
  "GET /v1/agents/:id/events": owners,
  "GET /v1/events": everyone,
  "GET /v1/market/symbols": everyone,
  "GET /v1/market/prices": everyone,
  "GET /v1/market/bars": everyone,
  "POST /v1/market/prices": everyone,
  "DELETE /v1/agents/:id": { owner: 204, other: 404, nobody: 401 },
};

const name = ({ method, path }: Pick<Routes.Route, "method" | "path">): string => `${method} ${path}`;

const isTelegram = ({ group }: Routes.Route): boolean => group.startsWith("telegram");

const bodies: Readonly<Record<string, unknown>> = {
  "POST /v1/agents": TestApi.niftyEma,
  "PATCH /v1/agents/:id": { name: "renamed" },
  "POST /v1/market/prices": { prices: [{}] },
};

const queries: Readonly<Record<string, string>> = {
  "GET /v1/market/prices": "?symbol=BTC-USD",
  "GET /v1/market/bars": "?symbol=BTC-USD&interval=1m",
};

describe("The routes", () => {
  plain("each is in the matrix of who may use it", () => {
    const unlisted = Routes.api
      .filter((route) => !isTelegram(route))
      .map(name)
      .filter((route) => matrix[route] === undefined);
    assert.deepStrictEqual(unlisted, []);
  });

  plain("the matrix lists no route that is gone", () => {
    const known = new Set(Routes.api.map(name));
    assert.deepStrictEqual(
      Object.keys(matrix).filter((route) => !known.has(route)),
      [],
    );
  });
});

/** Only the status of an event stream is wanted, not its events. */
const statusOf = (url: string, headers: Record<string, string>) =>
  Effect.promise(async () => {
    const abort = new AbortController();
    const response = await fetch(url, { headers, signal: abort.signal });
    abort.abort();
    return response.status;
  });

layer(TestApi.layer, { excludeTestServices: true })("Who may use which route", (it) => {
  const callers = { owner: "owner@x.org", other: "other@x.org", nobody: "not an address" } as const;

  for (const [caller, user] of Object.entries(callers)) {
    it.effect(`as listed for ${caller}`, () =>
      Effect.gen(function* () {
        const { id } = yield* create(callers.owner);
        const url = yield* TestApi.baseUrl;
        for (const [route, expected] of Object.entries(matrix)) {
          const [method = "", template = ""] = route.split(" ");
          const path = template.replace(":id", id).replace(":key", "ema_crossover") + (queries[route] ?? "");
          const status = path.endsWith("/events")
            ? yield* statusOf(`${url}${path}`, { "x-strom-user": user })
            : (yield* ask(method, path, { user, body: bodies[route] })).status;
          assert.strictEqual(status, expected[caller as keyof Expected], `${caller}: ${route}`);
        }
      }),
    );
  }

  it.effect("the bot's routes let nobody in without its token", () =>
    Effect.gen(function* () {
      const routes = Routes.api.filter(({ group }) => group === "telegramBot");
      assert.isAbove(routes.length, 0);
      for (const { method, path } of routes) {
        const { status } = yield* ask(method, path.replace(/:[^/]+/g, "1"), {
          user: callers.owner,
          ...(method === "GET" || method === "DELETE" ? {} : { body: {} }),
        });
        assert.strictEqual(status, bots.owner, `${method} ${path}`);
      }
    }),
  );
});
