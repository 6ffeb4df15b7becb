import * as Sentences from "@strom/apps/telegram/Sentences.ts";
import { afterAll, assert, beforeAll, describe, it } from "vitest";
import type { Chat } from "../../servers/telegram/Chats.ts";
import type { House } from "./House.ts";
import * as Houses from "./House.ts";

let house: House;

beforeAll(async () => {
  house = await Houses.open();
  house.startBot();
  // The bot waits for somebody who could be talked to.
  await house.codeFor("first@example.com");
});
afterAll(() => house.close());

describe("a chat", () => {
  it("is linked by a one-time code, and is told what it can ask", async () => {
    const ann = house.telegram.person("Ann");
    const welcome = await house.link(ann, "ann@example.com");
    assert.include(welcome.text, "linked to ann@example.com");
    assert.include(welcome.text, "/status [agent]");
    const { body } = await house.ask("GET", "/v1/telegram/chats", { user: "ann@example.com" });
    assert.strictEqual(body.items[0].chat_id, ann.id);
  });

  it("gets one fixed sentence while it is linked to nobody, whatever it says", async () => {
    for (const text of ["/status", "/stopall", "hello", "/start", "🤷 ما هذا؟", "/unlink"]) {
      const stranger = house.telegram.person("Stranger");
      assert.strictEqual((await stranger.asks(text)).text, Sentences.stranger);
    }
    const silent = house.telegram.person("Sticker");
    silent.sendsSticker();
    assert.strictEqual((await silent.hears()).text, Sentences.stranger);
  });

  it("is answered once a minute at most while it is linked to nobody", async () => {
    const stranger = house.telegram.person("Stranger");
    await stranger.asks("/status");
    stranger.says("/status");
    const ann = house.telegram.person("Ann");
    await ann.asks("/status");
    assert.lengthOf(stranger.reads(), 0);
  });
});

describe("a code", () => {
  it("is good once", async () => {
    const ann = house.telegram.person("Ann");
    const bob = house.telegram.person("Bob");
    const code = await house.codeFor("once@example.com");
    await ann.asks(`/start ${code}`, /linked to/);
    const refusal = await bob.asks(`/start ${code}`);
    assert.match(refusal.text, /^Not linked: there is no such code/);
    assert.strictEqual((await bob.asks("/agents")).text, Sentences.stranger);
  });

  it("that is too old is refused", async () => {
    const ann = house.telegram.person("Ann");
    const code = await house.codeFor("late@example.com");
    await house.sql(
      (sql) =>
        sql`update telegram_links set code_expires_at = now() - interval '1 second' where linked_at is null`,
    );
    assert.match((await ann.asks(`/start ${code}`)).text, /ten minutes/);
  });

  it("that is made up is refused, five times, then not even looked at", async () => {
    const eve = house.telegram.person("Eve");
    for (const guess of ["x", "A".repeat(22), "'; drop table telegram_links", "ﷺ", "A".repeat(4000)]) {
      assert.match((await eve.asks(`/start ${guess}`)).text, /^Not linked: /);
    }
    assert.strictEqual((await eve.asks("/start once-more")).text, Sentences.slowDown);
    const code = await house.codeFor("eve@example.com");
    eve.says(`/start ${code}`);
    await house.telegram.person("Ann").asks("/status");
    assert.lengthOf(eve.reads(), 0);
  });

  it("is of 128 random bits, and kept only as its hash", async () => {
    const code = await house.codeFor("bits@example.com");
    assert.lengthOf(Buffer.from(code, "base64url"), 16);
    const rows = await house.sql((sql) => sql`select * from telegram_links where linked_at is null`);
    assert.notInclude(
      JSON.stringify(rows, (_, value) => (typeof value === "bigint" ? `${value}` : value)),
      code,
    );
  });

  it("is delivered twice without harm", async () => {
    const ann = house.telegram.person("Ann");
    const code = await house.codeFor("twice@example.com");
    const first = ann.says(`/start ${code}`);
    await ann.hears(/linked to/);
    ann.says(`/start ${code}`);
    assert.match((await ann.hears()).text, /linked to twice@example.com/);
    house.telegram.updates.redeliver(first);
    await ann.asks("/version");
    assert.lengthOf(ann.reads(), 0);
  });
});

/** Waits until the bot has said this in a group. */
const hasHeard = async (group: Chat, words: string): Promise<void> => {
  const isSaid = () => group.messages.some(({ isFromBot, text }) => isFromBot && text === words);
  for (let wait = 0; !isSaid() && wait < 1_000; wait++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.isTrue(isSaid(), words);
};

describe("only private chats", () => {
  it("are talked to: a group links nobody", async () => {
    const ann = house.telegram.person("Ann");
    const group = house.telegram.group("traders");
    const code = await house.codeFor("group@example.com");
    ann.says(`/start ${code}`, { in: group });
    await hasHeard(group, Sentences.codeSeen);
    assert.deepStrictEqual(
      group.messages.filter(({ isFromBot }) => isFromBot).map(({ text }) => text),
      [Sentences.codeSeen],
    );
    const { body } = await house.ask("GET", "/v1/telegram/chats", { user: "group@example.com" });
    assert.lengthOf(body.items, 0);
  });

  it("take a code: one that a group has read is good for nobody, and its owner is told", async () => {
    for (const write of [
      (code: string) => `/start ${code}`,
      (code: string) => `/start@strom_bot ${code} please`,
      (code: string) => `https://t.me/strom_bot?start=${code}`,
    ]) {
      const [ann, eve] = [house.telegram.person("Ann"), house.telegram.person("Eve")];
      const group = house.telegram.group("still more traders");
      const code = await house.codeFor("seen@example.com");
      ann.says(write("not-a-code-but-as-long"), { in: group });
      ann.says(write(code), { in: group });
      await hasHeard(group, Sentences.codeSeen);
      assert.match((await eve.asks(`/start ${code}`)).text, /^Not linked: there is no such code/);
    }
    const ann = house.telegram.person("Ann");
    await ann.asks(`/start ${await house.codeFor("seen@example.com")}`, /linked to seen@example.com/);
  });

  it("and a linked person's group is not told what that person may see", async () => {
    const ann = house.telegram.person("Ann");
    await house.link(ann, "ann2@example.com");
    const group = house.telegram.group("more traders");
    ann.says("/status", { in: group });
    ann.says("/agents", { in: group });
    await ann.asks("/version");
    assert.deepStrictEqual(
      group.messages.filter(({ isFromBot }) => isFromBot).map(({ text }) => text),
      [Sentences.privateOnly],
    );
  });
});

describe("a forwarded message", () => {
  it("is not acted on, not even with a code", async () => {
    const ann = house.telegram.person("Ann");
    const code = await house.codeFor("forward@example.com");
    ann.says(`/start ${code}`, { isForwarded: true });
    assert.strictEqual((await ann.hears()).text, Sentences.stranger);
    await ann.asks(`/start ${code}`, /linked to/);
    ann.says("/stopall", { isForwarded: true });
    assert.strictEqual((await ann.hears()).text, Sentences.noForwards);
  });
});

describe("unlinking", () => {
  it("is asked twice, and then the chat is a stranger's again", async () => {
    const ann = house.telegram.person("Ann");
    await house.link(ann, "leaver@example.com");
    await ann.asks("/unlink", /Unlink this chat from leaver@example.com/);
    ann.taps("Confirm unlink");
    await ann.asks("/version", /not linked/);
    assert.include(ann.chat.messages.at(-3)?.text, Sentences.unlinked);
    const { body } = await house.ask("GET", "/v1/telegram/chats", { user: "leaver@example.com" });
    assert.lengthOf(body.items, 0);
  });

  it("in the API ends what the chat may ask", async () => {
    const ann = house.telegram.person("Ann");
    await house.link(ann, "elsewhere@example.com");
    const answer = await house.ask("DELETE", `/v1/telegram/chats/${ann.id}`, {
      user: "elsewhere@example.com",
    });
    assert.strictEqual(answer.status, 204);
    assert.strictEqual((await ann.asks("/agents")).text, Sentences.stranger);
  });

  it("of somebody else's chat is not possible", async () => {
    const ann = house.telegram.person("Ann");
    await house.link(ann, "victim@example.com");
    const answer = await house.ask("DELETE", `/v1/telegram/chats/${ann.id}`, { user: "mallory@example.com" });
    assert.strictEqual(answer.status, 404);
    assert.match((await ann.asks("/version")).text, /^STROM/);
  });
});

it("neither the token nor a code is in the log", async () => {
  const ann = house.telegram.person("Ann");
  house.telegram.fails({ kind: "gateway" }, { times: 2 });
  await house.link(ann, "log@example.com");
  const text = house.log.join("\n");
  assert.notInclude(text, house.telegram.token);
  assert.notInclude(text, "/start ");
});
