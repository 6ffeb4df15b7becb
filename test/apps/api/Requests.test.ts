import * as net from "node:net";
import { assert, layer } from "@effect/vitest";
import * as Body from "@strom/apps/api/Body.ts";
import { Effect } from "effect";
import { HttpServer } from "effect/http";
import * as TestApi from "./TestApi.ts";

const { ask, create, niftyEma } = TestApi;

/** An agent there is not. */
const nobody = "6e9c7f2e-1111-4111-8111-111111111111";

const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });

/** Bytes as they are, for what no client library would send. */
const raw = (text: string | Uint8Array) =>
  Effect.gen(function* () {
    const { address } = yield* HttpServer.HttpServer;
    const port = "port" in address ? address.port : 0;
    return yield* Effect.callback<string>((resume) => {
      const socket = net.connect(port, "127.0.0.1", () => socket.write(text));
      let answer = "";
      socket.on("data", (chunk) => {
        answer += chunk.toString();
      });
      socket.on("close", () => resume(Effect.succeed(answer)));
      socket.on("error", () => resume(Effect.succeed(answer)));
      socket.setTimeout(20_000, () => socket.destroy());
    });
  });

layer(TestApi.layer, { excludeTestServices: true })("Requests that cannot be", (it) => {
  const refusals: ReadonlyArray<readonly [string, string, string, TestApi.Ask, number, string]> = [
    ["a body that is not JSON", "POST", "/v1/agents", { body: '{"name":' }, 400, "malformed_json"],
    [
      "a body of another type",
      "POST",
      "/v1/agents",
      { body: "name=x", headers: { "content-type": "text/plain" } },
      415,
      "not_json",
    ],
    [
      "a form",
      "POST",
      "/v1/agents",
      { body: "a=1", headers: { "content-type": "application/x-www-form-urlencoded" } },
      415,
      "not_json",
    ],
    [
      "nothing, that calls itself a form",
      "POST",
      "/v1/agents",
      { body: "", headers: { "content-type": "application/x-www-form-urlencoded" } },
      415,
      "not_json",
    ],
    ["a body of 65 KiB", "POST", "/v1/agents", { body: { name: "x".repeat(66_000) } }, 413, "body_too_large"],
    [
      "prices of 257 KiB",
      "POST",
      "/v1/market/prices",
      { body: { prices: ["x".repeat(263_000)] } },
      413,
      "body_too_large",
    ],
    ["17 levels of nesting", "POST", "/v1/agents", { body: nested(17) }, 422, "too_much"],
    [
      "101 items in an array",
      "POST",
      "/v1/agents",
      { body: { name: Array.from({ length: 101 }, () => 1) } },
      422,
      "too_much",
    ],
    [
      "1001 prices",
      "POST",
      "/v1/market/prices",
      { body: { prices: Array.from({ length: 1001 }, () => 1) } },
      422,
      "too_much",
    ],
    ["no prices", "POST", "/v1/market/prices", { body: { prices: [] } }, 422, "invalid_request"],
    ["a list instead of an object", "POST", "/v1/agents", { body: [] }, 422, "invalid_request"],
    ["null instead of an object", "POST", "/v1/agents", { body: "null" }, 422, "invalid_request"],
    [
      "no body at all",
      "POST",
      "/v1/agents",
      { headers: { "content-type": "application/json" } },
      422,
      "invalid_request",
    ],
    [
      "a property where nothing is asked for",
      "POST",
      `/v1/agents/${nobody}/start`,
      { body: { force: true } },
      422,
      "invalid_request",
    ],
    [
      "a list where nothing is asked for",
      "POST",
      `/v1/agents/${nobody}/stop`,
      { body: [] },
      422,
      "invalid_request",
    ],
    [
      "a word where nothing is asked for",
      "DELETE",
      `/v1/agents/${nobody}`,
      { body: '"x"' },
      422,
      "invalid_request",
    ],
    ["a chat that is no number", "DELETE", "/v1/telegram/chats/x", {}, 404, "not_found"],
    ["a chat beyond every number", "DELETE", "/v1/telegram/chats/1e400", {}, 404, "not_found"],
    ["a method the path does not take", "PUT", "/v1/agents", {}, 405, "method_not_allowed"],
    ["a path that is not there", "GET", "/v2/agents", {}, 404, "no_such_path"],
    ["a path of another case", "GET", "/V1/agents", {}, 404, "no_such_path"],
    ["a path with a slash too many", "GET", "/v1//agents", {}, 404, "no_such_path"],
    ["an id that is no UUID", "GET", "/v1/agents/1", {}, 404, "not_found"],
    ["an unknown query parameter", "GET", "/v1/agents?sort=name", {}, 422, "invalid_request"],
    ["a page of none", "GET", "/v1/agents?limit=0", {}, 422, "invalid_request"],
    ["a page above 200", "GET", "/v1/agents?limit=201", {}, 422, "invalid_request"],
    ["a limit in words", "GET", "/v1/agents?limit=many", {}, 422, "invalid_request"],
    ["a cursor somebody made up", "GET", "/v1/agents?cursor=abc", {}, 400, "invalid_cursor"],
    [
      "a cursor that hides SQL",
      "GET",
      `/v1/agents?cursor=${Buffer.from("1.' or 1=1").toString("base64url")}`,
      {},
      400,
      "invalid_cursor",
    ],
    [
      "a cursor to before the calendar",
      "GET",
      `/v1/agents?cursor=${Buffer.from(`-${"9".repeat(18)}.0.${nobody}`).toString("base64url")}`,
      {},
      400,
      "invalid_cursor",
    ],
    [
      "an Idempotency-Key of 201 characters",
      "POST",
      "/v1/agents",
      { body: niftyEma, headers: { "idempotency-key": "k".repeat(201) } },
      422,
      "invalid_request",
    ],
    ["a user that is no address", "GET", "/v1/me", { user: "root" }, 401, "bad_user"],
    [
      "a page of another site",
      "GET",
      "/v1/me",
      { headers: { origin: "https://evil.example" } },
      403,
      "cross_origin",
    ],
    [
      "an instant without a zone",
      "GET",
      "/v1/market/prices?symbol=A&from=2026-01-01T00:00:00",
      {},
      422,
      "invalid_request",
    ],
    [
      "a year zero",
      "GET",
      "/v1/market/prices?symbol=A&from=0000-01-01T00:00:00Z",
      {},
      422,
      "invalid_request",
    ],
    [
      "a year zero by its zone",
      "GET",
      "/v1/market/prices?symbol=A&from=0001-01-01T00:00:00%2B14:00",
      {},
      422,
      "invalid_request",
    ],
    [
      "a year 10000 by its zone",
      "GET",
      "/v1/market/bars?symbol=A&interval=1d&to=9999-12-31T23:59:59-14:00",
      {},
      422,
      "invalid_request",
    ],
    ["an interval nobody folds", "GET", "/v1/market/bars?symbol=A&interval=2m", {}, 422, "invalid_request"],
  ];

  for (const [what, method, path, request, status, code] of refusals) {
    it.effect(`${what} is refused with ${status} ${code}`, () =>
      Effect.gen(function* () {
        const answer = yield* ask(method, path, request);
        assert.strictEqual(answer.status, status, answer.text);
        assert.match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/);
        assert.deepInclude(answer.body, { status, code });
        assert.isString(answer.body.type);
        assert.isString(answer.body.title);
        assert.isString(answer.body.detail);
        assert.match(answer.body.trace_id, /^[0-9a-f]{32}$/);
        assert.notMatch(answer.text, /at .*\.ts|node_modules|select |insert |syntax error/i);
      }),
    );
  }

  it.effect("405 names the methods the path takes", () =>
    Effect.gen(function* () {
      const { headers } = yield* ask("PUT", "/v1/agents");
      assert.strictEqual(headers.get("allow"), "GET, POST");
    }),
  );

  it.effect("a move takes no body or an empty one, and names what it does not know", () =>
    Effect.gen(function* () {
      const user = "moves@x.org";
      const { id } = yield* create(user);
      for (const body of [undefined, "", "{}"]) {
        yield* ask("POST", `/v1/agents/${id}/start`, { user, body });
        const { status, text } = yield* ask("POST", `/v1/agents/${id}/stop`, { user, body });
        assert.strictEqual(status, 200, text);
      }
      const { body } = yield* ask("POST", `/v1/agents/${id}/start`, { user, body: { force: true, at: 1 } });
      assert.strictEqual(
        body.detail,
        "force: is not known here; leave it out; at: is not known here; leave it out",
      );
      assert.deepEqual(
        body.errors.map(({ path }: { path: string }) => path),
        ["force", "at"],
      );
      assert.deepInclude((yield* ask("GET", `/v1/agents/${id}`, { user })).body, { status: "STOPPED" });
    }),
  );

  it.effect("a body that never says how long it is stops at 64 KiB", () =>
    Effect.gen(function* () {
      const chunk = `1000\r\n${"x".repeat(0x1000)}\r\n`;
      const head =
        "POST /v1/agents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
      const answer = yield* raw(head + chunk.repeat(20));
      assert.match(answer, /^HTTP\/1.1 413/);
    }),
  );

  it.effect("a body that is not UTF-8 is refused: its characters would be others on record", () =>
    Effect.gen(function* () {
      const body = Buffer.from('{"name":"n\u00e4"}', "latin1");
      const head = `POST /v1/agents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`;
      const answer = yield* raw(Buffer.concat([Buffer.from(head), body]));
      assert.match(answer, /^HTTP\/1.1 400/);
      assert.include(answer, "not_utf8");
    }),
  );

  it.effect("what is refused is told in words of the wire", () =>
    Effect.gen(function* () {
      const told = (asked: unknown, headers: Readonly<Record<string, string>> = {}) =>
        Effect.map(ask("POST", "/v1/agents", { body: asked, headers }), ({ body }) => body.detail);
      assert.strictEqual(yield* told([]), "an object is needed, not []");
      assert.strictEqual(yield* told(undefined), "an object is needed, not nothing");
      assert.strictEqual(
        yield* told({ ...niftyEma, universe: ["BTC-USD"] }),
        'universe: an object is needed, not ["BTC-USD"]',
      );
      assert.match(yield* told({ ...niftyEma, name: "\ud800" }), /^name: .* is refused: a name is 1 to 100/);
      assert.match(
        yield* told({ ...niftyEma, capital: "1000000000000" }),
        /^capital: "1000000000000" is refused: capital is .* below 1000000000000 /,
      );
      assert.match(
        yield* told({ ...niftyEma, capital: "007" }),
        /^capital: "007" is refused: capital is a decimal string/,
      );
      assert.match(
        yield* told(niftyEma, { "idempotency-key": "a b" }),
        /^idempotency-key: .*1 to 200 visible ASCII characters/,
      );
    }),
  );

  it.effect(
    "another machine's name for this one is refused: a page elsewhere may have resolved it here",
    () =>
      Effect.gen(function* () {
        for (const path of ["/v1/me", "/metrics"]) {
          const at = (host: string) =>
            raw(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
          assert.match(yield* at("evil.example"), /^HTTP\/1.1 403/);
          assert.match(yield* at("localhost:9090"), /^HTTP\/1.1 200/);
        }
      }),
  );

  it.effect("what is nested just deep enough passes the gate", () =>
    Effect.sync(() => {
      assert.isNull(Body.excess(nested(16), 100));
      assert.isNotNull(Body.excess(nested(17), 100));
    }),
  );

  it.effect("a caller's trace is carried on, and every answer has one", () =>
    Effect.gen(function* () {
      const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
      const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
      const { body } = yield* ask("GET", "/nowhere", { headers });
      assert.strictEqual(body.trace_id, traceId);
      const fine = yield* ask("GET", "/v1/me", { headers });
      assert.strictEqual(fine.headers.get("x-trace-id"), traceId);
    }),
  );

  it.effect("every answer tells browsers to be careful", () =>
    Effect.gen(function* () {
      for (const path of ["/v1/me", "/", "/docs", "/nowhere"]) {
        const { headers } = yield* ask("GET", path);
        assert.strictEqual(headers.get("x-content-type-options"), "nosniff");
        assert.match(
          headers.get("content-security-policy") ?? "",
          /default-src 'none'.*frame-ancestors 'none'/,
        );
      }
    }),
  );

  it.effect("somebody else's agent is as good as none, whatever is asked of it", () =>
    Effect.gen(function* () {
      const { id } = yield* create("owner@x.org");
      const user = "stranger@x.org";
      for (const [method, path] of [
        ["GET", ""],
        ["DELETE", ""],
        ["POST", "/start"],
        ["POST", "/pause"],
        ["POST", "/stop"],
        ["GET", "/stats"],
        ["GET", "/runs"],
        ["GET", "/signals"],
        ["GET", "/orders"],
        ["GET", "/trades"],
        ["GET", "/positions"],
        ["GET", "/pnl"],
        ["GET", "/risk-decisions"],
        ["GET", "/events"],
      ] as const) {
        const { status, body } = yield* ask(method, `/v1/agents/${id}${path}`, { user });
        assert.strictEqual(status, 404, `${method} ${path}`);
        assert.strictEqual(body.code, "agent_not_found");
      }
      const patched = yield* ask("PATCH", `/v1/agents/${id}`, { user, body: { name: "mine" } });
      assert.strictEqual(patched.status, 404);
    }),
  );

  it.effect("the page, the documents and the measures are there", () =>
    Effect.gen(function* () {
      const page = yield* ask("GET", "/");
      assert.match(page.text, /<title>STROM<\/title>/);
      const docs = yield* ask("GET", "/docs");
      assert.match(docs.text, /api-reference/);
      assert.notMatch(docs.text.slice(0, 2_000), /cdn\.jsdelivr\.net\/npm\/@scalar/);
      const openapi = yield* ask("GET", "/openapi.json");
      assert.isDefined(openapi.body.paths["/v1/agents/{id}/risk-decisions"]);
      const metrics = yield* ask("GET", "/metrics");
      assert.match(metrics.text, /strom_api_requests_total\{[^}]*route="\/docs"/);
      const ready = yield* ask("GET", "/health/ready");
      assert.deepStrictEqual(
        ready.body.dependencies.map(({ name }: { name: string }) => name),
        ["database", "bus"],
      );
      const live = yield* ask("HEAD", "/health/live");
      assert.strictEqual(live.status, 200);
    }),
  );
});
