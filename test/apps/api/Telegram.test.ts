import { assert, layer } from "@effect/vitest";
import { Effect, Redacted } from "effect";
import * as TestApi from "./TestApi.ts";

const { ask, create } = TestApi;

const token = "a-token-for-the-bot-that-nobody-else-has";
const bot = { authorization: `Bearer ${token}` };
const withToken = TestApi.layerOver(TestApi.ports, Redacted.make(token));

let nextChat = 7_000;

/** A chat linked to a user, as the bot's requests name it. */
const linked = Effect.fnUntraced(function* (user: string) {
  const { body } = yield* ask("POST", "/v1/telegram/link-codes", { user });
  nextChat += 1;
  const chat = { chat_id: nextChat, telegram_user_id: nextChat };
  const answer = yield* ask("POST", "/v1/telegram/bot/links", {
    headers: bot,
    body: { code: body.code, ...chat },
  });
  assert.strictEqual(answer.status, 201);
  return chat;
});

const asChat = (chatId: number | string, userId: number | string, headers: Record<string, string> = bot) => ({
  headers: {
    ...headers,
    "x-strom-telegram-chat": String(chatId),
    "x-strom-telegram-user": String(userId),
  },
});

layer(withToken, { excludeTestServices: true })("The bot", (it) => {
  it.effect("acts for the user a chat is linked to", () =>
    Effect.gen(function* () {
      const chat = yield* linked("ann@x.org");
      const { id } = yield* create("ann@x.org");
      const me = yield* ask("GET", "/v1/me", asChat(chat.chat_id, chat.telegram_user_id));
      assert.deepInclude(me.body, { email: "ann@x.org", roles: ["trader"] });
      const agent = yield* ask("GET", `/v1/agents/${id}`, asChat(chat.chat_id, chat.telegram_user_id));
      assert.strictEqual(agent.status, 200);
    }),
  );

  it.effect("acts for nobody whom the chat was not linked by", () =>
    Effect.gen(function* () {
      const chat = yield* linked("bob@x.org");
      for (const [chatId, userId] of [
        [chat.chat_id, chat.telegram_user_id + 1],
        [chat.chat_id + 1_000, chat.telegram_user_id],
        [-chat.chat_id, chat.telegram_user_id],
        ["NaN", chat.telegram_user_id],
        ["", chat.telegram_user_id],
        [chat.chat_id, ""],
        [`${chat.chat_id} or 1=1`, chat.telegram_user_id],
        ["9".repeat(40), chat.telegram_user_id],
      ] as const) {
        const answer = yield* ask("GET", "/v1/me", asChat(chatId, userId));
        assert.strictEqual(answer.status, 403, `${chatId}/${userId}`);
        assert.strictEqual(answer.body.code, "chat_not_linked");
      }
    }),
  );

  it.effect("is somebody only with the token, which X-Strom-User does not replace", () =>
    Effect.gen(function* () {
      const chat = yield* linked("carol@x.org");
      for (const headers of [
        {},
        { authorization: "Bearer wrong" },
        { authorization: token },
        { authorization: `Basic ${token}` },
        { authorization: `Bearer ${token}x` },
        { "x-strom-user": "carol@x.org" },
      ]) {
        const named = yield* ask("GET", "/v1/me", asChat(chat.chat_id, chat.telegram_user_id, headers));
        assert.strictEqual(named.status, 401);
        const links = yield* ask("GET", "/v1/telegram/bot/links", { headers });
        assert.strictEqual(links.status, 401);
      }
    }),
  );

  it.effect("loses its user with the link", () =>
    Effect.gen(function* () {
      const chat = yield* linked("dora@x.org");
      const as = asChat(chat.chat_id, chat.telegram_user_id);
      const mallory = yield* ask("DELETE", `/v1/telegram/chats/${chat.chat_id}`, { user: "mallory@x.org" });
      assert.strictEqual(mallory.status, 404);
      const ended = yield* ask("DELETE", `/v1/telegram/chats/${chat.chat_id}`, { user: "dora@x.org" });
      assert.strictEqual(ended.status, 204);
      assert.strictEqual((yield* ask("GET", "/v1/me", as)).status, 403);
    }),
  );

  it.effect("notes where a chat is and what it wants to hear, and nothing that makes no sense", () =>
    Effect.gen(function* () {
      const { chat_id: id } = yield* linked("eve@x.org");
      const change = (body: unknown) => ask("PATCH", `/v1/telegram/bot/links/${id}`, { headers: bot, body });
      const loud = { fills: "silent", rejects: "off", errors: "on", daily: "on" };
      const changed = yield* change({ preferences: loud, position: "abc.7-9" });
      assert.deepInclude(changed.body, { preferences: loud, position: "abc.7-9" });
      for (const wrong of [
        { preferences: { ...loud, fills: "loud" } },
        { preferences: { fills: "on" } },
        { position: "a b" },
        { position: "" },
        { user_id: "00000000-0000-4000-8000-000000000000" },
      ]) {
        assert.strictEqual((yield* change(wrong)).status, 422, JSON.stringify(wrong));
      }
      const link = yield* ask("GET", `/v1/telegram/bot/links/${id}`, { headers: bot });
      assert.deepInclude(link.body, { preferences: loud, position: "abc.7-9" });
      const missing = yield* ask("PATCH", "/v1/telegram/bot/links/1", {
        headers: bot,
        body: { position: "a" },
      });
      assert.strictEqual(missing.status, 404);
    }),
  );

  it.effect("asks about updates and days it may have handled", () =>
    Effect.gen(function* () {
      const { chat_id: id } = yield* linked("fay@x.org");
      const update = "/v1/telegram/bot/updates/810000001";
      assert.deepStrictEqual((yield* ask("GET", update, { headers: bot })).body, { is_handled: false });
      yield* ask("PUT", update, { headers: bot, body: { outcome: "answered" } });
      assert.deepStrictEqual((yield* ask("GET", update, { headers: bot })).body, { is_handled: true });
      const tell = (state: string) =>
        Effect.map(
          ask("PUT", `/v1/telegram/bot/links/${id}/notice`, {
            headers: bot,
            body: { kind: "daily", about: "2026-01-30", state },
          }),
          ({ body }) => body.is_due,
        );
      assert.isTrue(yield* tell("begun"));
      assert.isTrue(yield* tell("begun"));
      yield* tell("told");
      assert.isFalse(yield* tell("begun"));
    }),
  );

  it.effect("keeps no words that a column of text could not give back", () =>
    Effect.gen(function* () {
      const { chat_id } = yield* linked("words@x.org");
      for (const words of ["\u0000", "a\ud800"]) {
        const notes: ReadonlyArray<readonly [string, unknown]> = [
          ["/v1/telegram/bot/updates/77", { outcome: words }],
          [`/v1/telegram/bot/links/${chat_id}/notice`, { kind: "daily", about: words, state: "begun" }],
        ];
        for (const [path, body] of notes) {
          assert.strictEqual((yield* ask("PUT", path, { headers: bot, body })).status, 422, path);
        }
      }
    }),
  );

  it.effect("ends a code that others have seen", () =>
    Effect.gen(function* () {
      const burn = (code: unknown) =>
        ask("POST", "/v1/telegram/bot/seen-codes", { headers: bot, body: { code } });
      const { body } = yield* ask("POST", "/v1/telegram/link-codes", { user: "seen@x.org" });
      assert.deepStrictEqual((yield* burn("made-up")).body, { was_open: false });
      assert.deepStrictEqual((yield* burn(body.code)).body, { was_open: true });
      assert.deepStrictEqual((yield* burn(body.code)).body, { was_open: false });
      const late = yield* ask("POST", "/v1/telegram/bot/links", {
        headers: bot,
        body: { code: body.code, chat_id: 2, telegram_user_id: 2 },
      });
      assert.strictEqual(late.body.code, "code_unknown");
      for (const wrong of ["x".repeat(65), 5, null]) assert.strictEqual((yield* burn(wrong)).status, 422);
    }),
  );

  it.effect("is told what is wrong with a code, and no more than that", () =>
    Effect.gen(function* () {
      const redeem = (body: unknown) => ask("POST", "/v1/telegram/bot/links", { headers: bot, body });
      const chat = { chat_id: 1, telegram_user_id: 1 };
      const unknown = yield* redeem({ code: "x", ...chat });
      assert.strictEqual(unknown.status, 404);
      assert.strictEqual(unknown.body.code, "code_unknown");
      for (const wrong of [
        { code: "x".repeat(65), ...chat },
        { code: "x", chat_id: 1.5, telegram_user_id: 1 },
        { code: "x", chat_id: 2 ** 53, telegram_user_id: 1 },
        { code: "x", chat_id: "1", telegram_user_id: 1 },
        { code: "x", ...chat, user_id: "00000000-0000-4000-8000-000000000000" },
      ]) {
        assert.strictEqual((yield* redeem(wrong)).status, 422, JSON.stringify(wrong));
      }
    }),
  );
});

layer(TestApi.layerOver(TestApi.ports, null), { excludeTestServices: true })("Without a bot", (it) => {
  it.effect("no token opens anything", () =>
    Effect.gen(function* () {
      for (const authorization of ["Bearer ", "Bearer null", "Bearer undefined"]) {
        const answer = yield* ask("GET", "/v1/telegram/bot/links", { headers: { authorization } });
        assert.strictEqual(answer.status, 401);
        const named = yield* ask("GET", "/v1/me", asChat(1, 1, { authorization }));
        assert.strictEqual(named.status, 401);
      }
    }),
  );
});
