import { assert, layer } from "@effect/vitest";
import * as StromClient from "@strom/adapters/http/StromClient.ts";
import { Effect } from "effect";
import { FetchHttpClient } from "effect/http";
import { SqlClient } from "effect/sql";
import * as TestApi from "./TestApi.ts";

const { ask, create, niftyEma } = TestApi;

const count = (table: string, agentId: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const rows = yield* sql<{ readonly count: bigint }>`
      select count(*) as count from ${sql(table)} where agent_id = ${agentId}::uuid`;
    return Number(rows[0]?.count);
  });

/** What is wrong, and the path and words by which the answer must say so. */
const refused: ReadonlyArray<readonly [string, Record<string, unknown>, string, RegExp]> = [
  [
    "an unknown strategy",
    { strategies: [{ key: "astrology" }] },
    "strategies[0].key",
    /astrology.*ema_crossover/,
  ],
  [
    "a fast average not below the slow one",
    { strategies: [{ key: "ema_crossover", params: { ema_fast: 21, ema_slow: 21 } }] },
    "strategies[0].params.ema_fast",
    /21.*below ema_slow/,
  ],
  [
    "a parameter the strategy does not have",
    { strategies: [{ key: "ema_crossover", params: { speed: 9 } }] },
    "strategies[0].params.speed",
    /no such parameter/,
  ],
  [
    "the same strategy twice",
    { strategies: [{ key: "ema_crossover" }, { key: "ema_crossover" }] },
    "strategies[1].key",
    /ema_crossover.*twice/,
  ],
  ["an empty universe", { universe: { symbols: [] } }, "universe.symbols", /at least one symbol/],
  ["a universe that is a list", { universe: ["BTC-USD"] }, "universe", /BTC-USD/],
  ["a malformed symbol", { universe: { symbols: ["btc usd"] } }, "universe.symbols[0]", /"btc usd".*BTC-USD/],
  [
    "a symbol twice",
    { universe: { symbols: ["BTC-USD", "ETH-USD", "BTC-USD"] } },
    "universe.symbols[2]",
    /BTC-USD.*twice/,
  ],
  ["frequency 0", { frequency_seconds: 0 }, "frequency_seconds", /^0 .*1 and 86400/],
  ["half a second", { frequency_seconds: 0.5 }, "frequency_seconds", /0.5/],
  ["a frequency in words", { frequency_seconds: "1" }, "frequency_seconds", /"1"/],
  ["negative capital", { capital: "-1.00" }, "capital", /"-1.00".*above zero/],
  ["no capital to speak of", { capital: "0.00" }, "capital", /"0.00".*above zero/],
  ["more than 2 decimals of capital", { capital: "1.005" }, "capital", /"1.005".*2 decimals/],
  ["capital as a JSON number", { capital: 100_000 }, "capital", /100000/],
  ["capital that is not a number", { capital: "NaN" }, "capital", /"NaN".*decimal string/],
  ["capital in exponents", { capital: "1e5" }, "capital", /"1e5"/],
  ["capital beyond the column", { capital: "1234567890123.00" }, "capital", /2 decimals/],
  ["mode live", { mode: "live" }, "mode", /"live".*reserved/],
  ["a mode nobody knows", { mode: "turbo" }, "mode", /"turbo".*paper/],
  ["an unknown property", { leverage: 10 }, "leverage", /not known/],
  ["somebody else as owner", { user_id: "x" }, "user_id", /not known/],
  ["its own seed", { seed: 7 }, "seed", /not known/],
  ["a status of its choice", { status: "RUNNING" }, "status", /not known/],
  [
    "a limit above its bound",
    { risk_profile: { ...niftyEma.risk_profile, max_risk_per_trade_pct: 101 } },
    "risk_profile.max_risk_per_trade_pct",
    /101.*at most 100/,
  ],
  [
    "a limit nobody knows",
    { risk_profile: { ...niftyEma.risk_profile, max_luck: 1 } },
    "risk_profile.max_luck",
    /not known/,
  ],
  ["a name without letters", { name: "" }, "name", /1 to 100/],
  ["a name of two lines", { name: "a\nb" }, "name", /1 to 100/],
];

layer(TestApi.layer, { excludeTestServices: true })("Agents over HTTP", (it) => {
  it.effect("the agent of the documentation is made, configured, and everything about it is answered", () =>
    Effect.gen(function* () {
      const { status, body } = yield* ask("POST", "/v1/agents", { user: "a1@x.org", body: niftyEma });
      assert.strictEqual(status, 201);
      assert.deepInclude(body, { ...niftyEma, is_enabled: false, status: "CONFIGURED", config_version: 1 });
      assert.match(body.id, /^[0-9a-f-]{36}$/);
      assert.strictEqual(body.strategy_ids.length, 1);
      assert.match(body.seed, /^\d+$/);
      assert.match(body.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      const found = yield* ask("GET", `/v1/agents/${body.id}`, { user: "a1@x.org" });
      assert.deepStrictEqual(found.body, body);
    }),
  );

  it.effect("what is left out of a new agent has a default", () =>
    Effect.gen(function* () {
      const { name, frequency_seconds, universe, capital } = niftyEma;
      const body = { name, frequency_seconds, universe, capital, strategies: [{ key: "rsi_reversion" }] };
      const made = yield* ask("POST", "/v1/agents", { user: "a2@x.org", body });
      assert.strictEqual(made.status, 201);
      assert.strictEqual(made.body.mode, "paper");
      assert.deepStrictEqual(made.body.risk_profile, niftyEma.risk_profile);
      assert.isAbove(made.body.strategies[0].params.rsi_length, 0);
    }),
  );

  it.effect("an agent without strategies stays CREATED until it has one", () =>
    Effect.gen(function* () {
      const user = "a3@x.org";
      const made = yield* create(user, { strategies: [] });
      assert.strictEqual(made.status, "CREATED");
      const started = yield* ask("POST", `/v1/agents/${made.id}/start`, { user });
      assert.strictEqual(started.status, 409);
      assert.strictEqual(started.body.code, "illegal_transition");
      const changed = yield* ask("PATCH", `/v1/agents/${made.id}`, {
        user,
        body: { strategies: niftyEma.strategies },
      });
      assert.strictEqual(changed.body.status, "CONFIGURED");
    }),
  );

  for (const [what, change, path, words] of refused) {
    it.effect(`a new agent with ${what} is refused by name, and nothing is made`, () =>
      Effect.gen(function* () {
        const user = "refused@x.org";
        const { status, body, headers } = yield* ask("POST", "/v1/agents", {
          user,
          body: { ...niftyEma, ...change },
        });
        assert.strictEqual(status, 422);
        assert.match(headers.get("content-type") ?? "", /^application\/problem\+json/);
        const said = body.errors.find((error: { path: string }) => error.path === path);
        assert.isDefined(said, `no error at ${path} in ${JSON.stringify(body.errors)}`);
        assert.match(said.message, words);
        const list = yield* ask("GET", "/v1/agents", { user });
        assert.deepStrictEqual(list.body.items, []);
      }),
    );
  }

  it.effect("every problem of a request is told at once", () =>
    Effect.gen(function* () {
      const { body } = yield* ask("POST", "/v1/agents", {
        body: { ...niftyEma, mode: "live", capital: "-1", frequency_seconds: 0, color: "red" },
      });
      const paths = body.errors.map(({ path }: { path: string }) => path).sort();
      assert.deepStrictEqual(paths, ["capital", "color", "frequency_seconds", "mode"]);
    }),
  );

  it.effect("start, pause and stop follow the state machine, and each move is kept", () =>
    Effect.gen(function* () {
      const user = "moves@x.org";
      const { id } = yield* create(user);
      const move = (event: string) => ask("POST", `/v1/agents/${id}/${event}`, { user });
      for (const [event, to, isEnabled] of [
        ["start", "RUNNING", true],
        ["pause", "PAUSED", false],
        ["start", "RUNNING", true],
        ["stop", "STOPPED", false],
        ["start", "RUNNING", true],
      ] as const) {
        const { status, body } = yield* move(event);
        assert.strictEqual(status, 200);
        assert.deepInclude(body, { status: to, is_enabled: isEnabled });
      }
      const again = yield* move("start");
      assert.strictEqual(again.status, 409);
      assert.deepInclude(again.body, {
        code: "illegal_transition",
        state: "RUNNING",
        allowed: ["pause", "stop"],
      });
      // configured, five moves, and nothing for the refused one
      assert.strictEqual(yield* count("agent_transitions", id), 6);
    }),
  );

  it.effect("a running agent keeps its universe, strategies and capital until it is stopped", () =>
    Effect.gen(function* () {
      const user = "deep@x.org";
      const { id } = yield* create(user);
      yield* ask("POST", `/v1/agents/${id}/start`, { user });
      for (const change of [
        { universe: { symbols: ["BTC-USD"] } },
        { strategies: [{ key: "buy_and_hold" }] },
        { capital: "5.00" },
      ]) {
        const { status, body } = yield* ask("PATCH", `/v1/agents/${id}`, { user, body: change });
        assert.strictEqual(status, 409);
        assert.strictEqual(body.code, "agent_not_stopped");
        assert.include(body.detail, Object.keys(change)[0]);
      }
      const renamed = yield* ask("PATCH", `/v1/agents/${id}`, { user, body: { name: "renamed" } });
      assert.deepInclude(renamed.body, { name: "renamed", status: "RUNNING", config_version: 2 });
      yield* ask("POST", `/v1/agents/${id}/stop`, { user });
      const body = { universe: { symbols: ["BTC-USD"] }, capital: "250000.50" };
      const changed = yield* ask("PATCH", `/v1/agents/${id}`, { user, body });
      assert.deepInclude(changed.body, { ...body, name: "renamed", status: "CONFIGURED", config_version: 3 });
      assert.strictEqual(yield* count("agent_versions", id), 3);
      const stats = yield* ask("GET", `/v1/agents/${id}/stats`, { user });
      assert.deepInclude(stats.body, { equity: "250000.5", cash: "250000.5", pnl: "0" });
    }),
  );

  it.effect("the frequency may change until the agent is first started, and never after", () =>
    Effect.gen(function* () {
      const user = "frequency@x.org";
      const { id } = yield* create(user);
      const change = (frequency_seconds: number) =>
        ask("PATCH", `/v1/agents/${id}`, { user, body: { frequency_seconds } });
      assert.strictEqual((yield* change(5)).body.frequency_seconds, 5);
      yield* ask("POST", `/v1/agents/${id}/start`, { user });
      yield* ask("POST", `/v1/agents/${id}/stop`, { user });
      const { status, body } = yield* change(10);
      assert.strictEqual(status, 409);
      assert.strictEqual(body.code, "frequency_fixed");
      assert.strictEqual((yield* change(5)).status, 200);
    }),
  );

  it.effect("a change that names nothing, or something unknown, is refused", () =>
    Effect.gen(function* () {
      const user = "patch@x.org";
      const { id } = yield* create(user);
      for (const body of [{}, { status: "RUNNING" }, { seed: "1" }, { capital: "0" }]) {
        const { status } = yield* ask("PATCH", `/v1/agents/${id}`, { user, body });
        assert.strictEqual(status, 422);
      }
      const found = yield* ask("GET", `/v1/agents/${id}`, { user });
      assert.strictEqual(found.body.config_version, 1);
    }),
  );

  it.effect("a deleted agent is gone from the API while its books stay", () =>
    Effect.gen(function* () {
      const user = "delete@x.org";
      const { id } = yield* create(user);
      yield* ask("POST", `/v1/agents/${id}/start`, { user });
      assert.strictEqual((yield* ask("DELETE", `/v1/agents/${id}`, { user })).status, 409);
      yield* ask("POST", `/v1/agents/${id}/stop`, { user });
      assert.strictEqual((yield* ask("DELETE", `/v1/agents/${id}`, { user })).status, 204);
      assert.strictEqual((yield* ask("GET", `/v1/agents/${id}`, { user })).status, 404);
      assert.strictEqual((yield* ask("POST", `/v1/agents/${id}/start`, { user })).status, 404);
      assert.deepStrictEqual((yield* ask("GET", "/v1/agents", { user })).body.items, []);
      assert.strictEqual(yield* count("accounts", id), 1);
    }),
  );

  it.effect("agents are listed newest first, page by page, each once", () =>
    Effect.gen(function* () {
      const user = "pages@x.org";
      const made: Array<string> = [];
      for (let n = 0; n < 7; n++) made.unshift((yield* create(user, { name: `agent ${n}` })).id);
      const seen: Array<string> = [];
      let cursor = "";
      do {
        const { body } = yield* ask("GET", `/v1/agents?limit=3${cursor}`, { user });
        seen.push(...body.items.map(({ id }: { id: string }) => id));
        cursor = body.next_cursor === null ? "" : `&cursor=${body.next_cursor}`;
      } while (cursor !== "");
      assert.deepStrictEqual(seen, made);
      const running = yield* ask("GET", "/v1/agents?status=RUNNING", { user });
      assert.deepStrictEqual(running.body.items, []);
    }),
  );

  it.effect("the typed client speaks the same contract", () =>
    Effect.gen(function* () {
      const client = yield* StromClient.make({
        baseUrl: yield* TestApi.baseUrl,
        headers: { "x-strom-user": "client@x.org" },
      });
      const me = yield* client.me.me();
      assert.strictEqual(me.email, "client@x.org");
      const strategies = yield* client.strategies.list();
      assert.isAbove(strategies.items.length, 3);
      const page = yield* client.agents.list({ query: {} });
      assert.deepStrictEqual(page.items, []);
      const missing = yield* Effect.flip(client.strategies.find({ params: { key: "astrology" } }));
      assert.strictEqual(missing._tag, "NotFound");
    }).pipe(Effect.provide(FetchHttpClient.layer)),
  );
});
