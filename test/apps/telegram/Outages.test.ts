import * as StromClient from "@strom/adapters/http/StromClient.ts";
import { PollTaken, TokenRejected } from "@strom/adapters/telegram/Failures.ts";
import * as AgentNames from "@strom/apps/telegram/notices/AgentNames.ts";
import * as Sentences from "@strom/apps/telegram/Sentences.ts";
import { Effect, Redacted } from "effect";
import { FetchHttpClient } from "effect/http";
import { afterAll, afterEach, assert, beforeAll, beforeEach, describe, it, vi } from "vitest";
import * as Port from "../../servers/Port.ts";
import type { House } from "./House.ts";
import * as Houses from "./House.ts";
import { Relay } from "./Relay.ts";

// Patience is what is tested here, so it takes its time.
vi.setConfig({ testTimeout: 60_000 });

let house: House;
let user: string;
let next = 0;

beforeAll(async () => {
  house = await Houses.open();
});
afterAll(() => house.close());

beforeEach(() => {
  next += 1;
  user = `trader${next}@example.com`;
});
afterEach(async () => {
  house.telegram.recovers();
  house.telegram.refusesMarkup = false;
  await house.stopBots();
});

const pace = { burst: 5, everyMs: 200, mostLines: 100 };
const at = Date.UTC(2026, 0, 31, 9, 15);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const someone = async () => {
  const ann = house.telegram.person("Ann");
  await house.link(ann, user);
  const { id } = await house.create(user, { name: "momentum" });
  return { ann, id };
};

describe("the start", () => {
  it("is refused for a token Telegram does not know", async () => {
    const bot = house.startBot({ token: Redacted.make(`1:${"x".repeat(35)}`) });
    assert.instanceOf(await bot.ended, TokenRejected);
  });

  it("is refused with nobody to talk to", async () => {
    const bot = house.startBot({ whenNobody: "refuse" });
    assert.match(String(await bot.ended), /no Telegram chat is linked.*link-codes.*TELEGRAM_ALLOWED_USERS/);
  });

  it("is not refused when somebody is allowed by id, and only they are listened to", async () => {
    const [ann, eve] = [house.telegram.person("Ann"), house.telegram.person("Eve")];
    house.startBot({ whenNobody: "refuse", allowedUsers: [ann.id] });
    const code = await house.codeFor(user);
    assert.strictEqual((await eve.asks(`/start ${code}`)).text, Sentences.stranger);
    await ann.asks(`/start ${code}`, /linked to/);
  });

  it("with a wrong service token tells nobody anything", async () => {
    const bot = house.startBot({
      botToken: Redacted.make("a-token-that-is-not-the-one-of-the-api"),
      whenNobody: "refuse",
    });
    assert.match(String(await bot.ended), /STROM_BOT_TOKEN/);
  });
});

describe("while STROM does not answer", () => {
  it("the bot says so, changes nothing, and goes on when it answers again", async () => {
    const relay = await Relay.start(house.stromUrl);
    try {
      house.startBot({ stromUrl: relay.url, pace });
      const { ann, id } = await someone();
      const question = await ann.asks("/startagent", /Start momentum\?/);
      relay.cut();
      assert.strictEqual((await ann.asks("/status")).text, Sentences.down);
      ann.taps("Confirm");
      assert.strictEqual((await ann.hears()).text, Sentences.down);
      await house.tell([Houses.filled(id, 2, at)]);
      relay.mend();
      assert.match((await ann.hears(/BUY 0\.5 BTC-USD/)).text, /^09:15:00 momentum/);
      ann.taps("Confirm");
      await ann.asks("/version", /^STROM/);
      assert.strictEqual(question.text, "momentum is now RUNNING.");
    } finally {
      await relay.close();
    }
  });

  it("an agent met meanwhile has its id for a name, and its own soon after it answers again", async () => {
    const relay = await Relay.start(house.stromUrl);
    try {
      const { id } = await house.create(user, { name: "momentum" });
      const options = { baseUrl: relay.url, headers: { "x-strom-user": user } };
      const client = StromClient.make(options).pipe(Effect.provide(FetchHttpClient.layer));
      const nameOf = AgentNames.make(await Effect.runPromise(client));
      relay.cut();
      assert.strictEqual(await Effect.runPromise(nameOf(id)), id.slice(0, 8));
      relay.mend();
      await vi.waitUntil(async () => (await Effect.runPromise(nameOf(id))) === "momentum", 20_000);
    } finally {
      await relay.close();
    }
  });

  it("a few seconds are bridged without a word", async () => {
    const relay = await Relay.start(house.stromUrl);
    try {
      house.startBot({ stromUrl: relay.url, pace });
      const { ann } = await someone();
      relay.cut();
      ann.reads();
      ann.says("/status");
      await pause(1_000);
      relay.mend();
      assert.match((await ann.hears()).text, /^momentum · CONFIGURED/);
    } finally {
      await relay.close();
    }
  });

  it("a bot that starts waits for it", async () => {
    const relay = await Relay.start(house.stromUrl);
    try {
      relay.cut();
      house.startBot({ stromUrl: relay.url });
      const ann = house.telegram.person("Ann");
      const code = await house.codeFor(user);
      await pause(300);
      relay.mend();
      await ann.asks(`/start ${code}`, /linked to/);
    } finally {
      await relay.close();
    }
  });
});

describe("while Telegram does not answer", () => {
  for (const fault of [
    { kind: "refuse" },
    { kind: "gateway" },
    { kind: "flood", retryAfterSeconds: 1 },
  ] as const) {
    it(`(${fault.kind}) nothing is lost or told twice`, async () => {
      house.startBot({ pace });
      const { ann, id } = await someone();
      house.telegram.fails(fault);
      await house.tell([1, 2, 3].map((slot) => Houses.filled(id, slot, at, `${slot}`)));
      ann.says("/version");
      await pause(1_500);
      house.telegram.recovers();
      await ann.hears(/^STROM/, 20_000);
      await house.tell([Houses.filled(id, 4, at, "4")]);
      const deadline = performance.now() + 15_000;
      const told = () =>
        ann.chat.messages.flatMap(({ text }) =>
          [...text.matchAll(/BTC-USD at (\d), fee/g)].map(([, slot]) => slot),
        );
      while (told().length < 4 && performance.now() < deadline) await pause(20);
      assert.deepStrictEqual(told(), ["1", "2", "3", "4"]);
    });
  }

  it("a bot that starts waits for it", async () => {
    house.telegram.fails({ kind: "refuse" });
    house.startBot();
    const ann = house.telegram.person("Ann");
    const code = await house.codeFor(user);
    await pause(500);
    house.telegram.recovers();
    await ann.asks(`/start ${code}`, /linked to/);
  });

  it("an answer waits as long as Telegram asks for, and then comes", async () => {
    house.startBot({ pace });
    const { ann } = await someone();
    house.telegram.fails({ kind: "flood", retryAfterSeconds: 2 }, { times: 1, only: ["sendMessage"] });
    const askedAt = performance.now();
    await ann.asks("/version", /^STROM/);
    assert.isAbove(performance.now() - askedAt, 1_900);
  });

  it("a message whose markup it refuses comes without it", async () => {
    house.startBot({ pace });
    const { ann, id } = await someone();
    house.telegram.refusesMarkup = true;
    assert.match((await ann.asks("/status")).text, /^momentum · CONFIGURED/);
    await house.tell([Houses.filled(id, 2, at)]);
    await ann.hears(/BUY 0\.5 BTC-USD/);
  });
});

describe("a person who blocks the bot", () => {
  const chatsOf = async () => (await house.ask("GET", "/v1/telegram/chats", { user })).body.items;
  const gone = async () => {
    const deadline = performance.now() + 10_000;
    while ((await chatsOf()).length > 0 && performance.now() < deadline) await pause(20);
    assert.lengthOf(await chatsOf(), 0);
  };

  it("is unlinked at once", async () => {
    house.startBot({ pace });
    const { ann } = await someone();
    ann.blocks();
    await gone();
    ann.unblocks();
    assert.strictEqual((await ann.asks("/status")).text, Sentences.stranger);
  });

  it("is unlinked by the first notice, when Telegram never said so", async () => {
    house.startBot({ pace });
    const { ann, id } = await someone();
    ann.chat.isBlocked = true;
    await house.tell([Houses.filled(id, 2, at)]);
    await gone();
  });

  it("leaves others alone", async () => {
    house.startBot({ pace });
    const { ann, id } = await someone();
    const other = house.telegram.person("Other phone");
    await house.link(other, user);
    ann.chat.isBlocked = true;
    await house.tell([Houses.filled(id, 2, at)]);
    await other.hears(/BUY/);
    await house.tell([Houses.filled(id, 4, at, "4")]);
    await other.hears(/at 4, fee/);
    assert.lengthOf(await chatsOf(), 1);
  });
});

describe("two pollers", () => {
  it("of one bot: the second ends with a clear message, the first goes on", async () => {
    const first = house.startBot({ pace });
    const { ann } = await someone();
    // Settled.
    house.pass(11_000);
    ann.says("/version");
    await ann.hears(/^STROM/);
    await ann.asks("/version", /^STROM/);
    const second = house.startBot({ pace });
    const ended = await second.ended;
    assert.instanceOf(ended, PollTaken);
    assert.match(
      String(ended instanceof Error ? ended.message : ended),
      /another process takes this bot's updates/,
    );
    await ann.asks("/version", /^STROM/);
    assert.strictEqual(await Promise.race([first.ended, pause(100).then(() => "runs")]), "runs");
  });
});

describe("a webhook", () => {
  const hook = async () => {
    const port = await Port.free();
    const url = `http://127.0.0.1:${port}/telegram/updates`;
    house.startBot({ pace, webhook: { url, host: "127.0.0.1", port } });
    return url;
  };

  it("takes updates that carry the secret, and answers them", async () => {
    const earlier = house.telegram.calls.length;
    const url = await hook();
    const { ann } = await someone();
    assert.strictEqual(house.telegram.updates.webhookUrl, url);
    assert.match((await ann.asks("/status")).text, /^momentum/);
    assert.isFalse(house.telegram.calls.slice(earlier).some(({ method }) => method === "getUpdates"));
  });

  it("refuses what does not carry it, before it reads a body", async () => {
    const url = await hook();
    const { ann } = await someone();
    const update = JSON.stringify({
      update_id: 1,
      message: { chat: { id: ann.id, type: "private" }, from: { id: ann.id }, text: "/stopall" },
    });
    const post = async (headers: Record<string, string>, body: string) =>
      (await fetch(url, { method: "POST", headers, body })).status;
    assert.strictEqual(await post({}, update), 401);
    assert.strictEqual(await post({ "x-telegram-bot-api-secret-token": "guess" }, update), 401);
    assert.strictEqual(await post({ "x-telegram-bot-api-secret-token": "" }, "{"), 401);
    assert.strictEqual(await answerWithoutBody(url), 401);
    assert.strictEqual((await fetch(url)).status, 404);
    await ann.asks("/version", /^STROM/);
    assert.notInclude(ann.chat.messages.map(({ text }) => text).join(), "No agent is running");
  });

  it("gives way to polling when it is no longer configured", async () => {
    await hook();
    const { ann } = await someone();
    await house.stopBots();
    house.startBot({ pace });
    await ann.asks("/version", /^STROM/);
    assert.strictEqual(house.telegram.updates.webhookUrl, "");
  });
});

/** Promises a body and never sends it: what is answered before it was answered without it. */
const answerWithoutBody = async (url: string): Promise<number> => {
  const { request } = await import("node:http");
  return new Promise((resolve, reject) => {
    const call = request(url, { method: "POST", headers: { "content-length": "1000" } }, (response) => {
      resolve(response.statusCode ?? 0);
      call.destroy();
    });
    call.on("error", reject);
    call.flushHeaders();
  });
};
