import { afterAll, afterEach, assert, beforeAll, beforeEach, describe, it } from "vitest";
import type { Person } from "../../servers/TelegramApi.ts";
import type { House } from "./House.ts";
import * as Houses from "./House.ts";
import * as Life from "./Life.ts";

/** Whom the bot tells of events, and whom it does not: what stands between a chat and its user's agents. */

const at = Date.UTC(2026, 0, 31, 9, 15);
const day = 86_400_000;

let house: House;
let ann: Person;
let user: string;
let agentId: string;
let next = 0;
/** Responses too: one that nobody holds is collected, and its connection closed. */
const open: Array<{ readonly abort: AbortController; readonly response: Response }> = [];

beforeAll(async () => {
  house = await Houses.open();
  house.startBot();
});
afterAll(() => house.close());

beforeEach(async () => {
  next += 1;
  user = `trader${next}@example.com`;
  ann = house.telegram.person(`Ann ${next}`);
  await house.link(ann, user);
  agentId = (await house.create(user, { name: `agent ${next}` })).id;
});
afterEach(closeStreams);

/** Opens event streams and leaves them open; answers what each was answered. */
const streams = async (count: number, headers: Readonly<Record<string, string>>) => {
  const answers: Array<number> = [];
  for (let n = 0; n < count; n++) {
    const abort = new AbortController();
    const response = await fetch(`${house.stromUrl}/v1/events`, { headers, signal: abort.signal });
    open.push({ abort, response });
    answers.push(response.status);
  }
  return answers;
};

function closeStreams(): void {
  for (const { abort } of open.splice(0)) abort.abort();
}

const asChat = (person: Person) => ({
  authorization: `Bearer ${Houses.sharedToken}`,
  "x-strom-telegram-chat": String(person.id),
  "x-strom-telegram-user": String(person.id),
});

const logged = (words: string) => house.log.filter((line) => line.includes(words)).length;

describe("event streams", () => {
  it("of a user's own, as many as there may be, do not silence the bot", async () => {
    assert.deepStrictEqual(
      await streams(6, { "x-strom-user": `new-${user}` }),
      [200, 200, 200, 200, 200, 429],
    );
    const code = await house.codeFor(`new-${user}`);
    const phone = house.telegram.person("Ann's other phone");
    await phone.asks(`/start ${code}`, /linked to/);
    const { id } = await house.create(`new-${user}`, { name: "momentum" });
    await house.tell([Houses.filled(id, 2, at)]);
    await phone.hears(/momentum: BUY/);
  });

  it("of the bot for three chats leave the user all of their own", async () => {
    for (const phone of ["second", "third"]) await house.link(house.telegram.person(phone), user);
    await house.tell([Houses.filled(agentId, 2, at)]);
    await ann.hears(/BUY/);
    assert.deepStrictEqual(await streams(5, { "x-strom-user": user }), [200, 200, 200, 200, 200]);
  });

  it("that are refused to the bot are told of, once in the log and in /health", async () => {
    const bob = house.telegram.person("Bob");
    await house.stopBots();
    assert.deepStrictEqual(await streams(6, asChat(ann)), [200, 200, 200, 200, 200, 429]);
    const before = logged("not to be had");
    house.startBot();
    await house.link(bob, `bob${next}@example.com`);
    for (let wait = 0; logged("not to be had") === before && wait < 500; wait++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.match(
      (await ann.asks("/health", /STROM is/)).text,
      /\nThis chat is told of nothing at the moment: STROM refuses its events, a chat may have 5 event streams/,
    );
    assert.match(
      (await bob.asks("/health", /STROM is/)).text,
      /\nSTROM refuses the events of 1 other chat\.$/,
    );
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    closeStreams();
    await house.tell([Houses.filled(agentId, 2, at)]);
    await ann.hears(/BUY/);
    assert.match((await ann.asks("/health", /STROM is/)).text, /failures$/);
    assert.strictEqual(logged("not to be had"), before + 1);
    assert.isAtLeast(logged("are to be had again"), 1);
  }, 40_000);
});

describe("a chat that was unlinked in the API", () => {
  it("is told nothing that happens after", async () => {
    await house.tell([Houses.filled(agentId, 2, at)]);
    await ann.hears(/BUY/);
    const { status } = await house.ask("DELETE", `/v1/telegram/chats/${ann.id}`, { user });
    assert.strictEqual(status, 204);
    for (let slot = 3; slot < 6; slot++) {
      await house.tell([Houses.filled(agentId, slot, at)]);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    assert.lengthOf(ann.reads(), 0);
  });

  it("is told again once it is linked anew, from then on", async () => {
    await house.ask("DELETE", `/v1/telegram/chats/${ann.id}`, { user });
    await house.tell([Houses.filled(agentId, 1, at)]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await house.link(ann, user);
    await house.tell([Houses.filled(agentId, 2, at)]);
    await ann.hears(/BUY/);
    const told = ann.chat.messages.filter(({ isFromBot, text }) => isFromBot && /BUY|SELL/.test(text));
    assert.lengthOf(told, 1);
  });
});

describe("a person who is allowed no more", () => {
  it("is told nothing, neither of fills nor of days, although the chat is linked", async () => {
    const own = await Houses.open();
    try {
      const first = own.startBot();
      const [yes, no] = [own.telegram.person("Yes"), own.telegram.person("No")];
      const agents: Array<string> = [];
      for (const person of [yes, no]) {
        const owner = `${person.name}@example.com`;
        await own.link(person, owner);
        const { id } = await own.create(owner, { name: "momentum" });
        await Life.live(own, id, 10, Date.now());
        agents.push(id);
      }
      await first.stop();
      no.reads();
      own.pass(day - (Date.now() % day) + 61_000);
      own.startBot({ allowedUsers: [yes.id] });
      await own.tell(agents.map((id) => Houses.filled(id, 2, at)));
      // In either order.
      for (let heard = 0; heard < 2; heard++) await yes.hears(/BUY|\(UTC\)/);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      assert.lengthOf(no.reads(), 0);
    } finally {
      await own.close();
    }
  });
});

describe("an agent", () => {
  it("is told of by its new name half a minute after it was renamed", async () => {
    await house.tell([Houses.filled(agentId, 2, at)]);
    await ann.hears(new RegExp(`agent ${next}: BUY`));
    await house.ask("PATCH", `/v1/agents/${agentId}`, { user, body: { name: "renamed" } });
    house.pass(31_000);
    await house.tell([Houses.filled(agentId, 4, at)]);
    assert.match((await ann.hears(/BUY/)).text, / renamed: BUY/);
  });

  it("that was made just now is told of by its name, not by its id", async () => {
    await house.tell([Houses.filled(agentId, 2, at)]);
    await ann.hears(/BUY/);
    const { id } = await house.create(user, { name: "newborn" });
    await house.tell([Houses.filled(id, 4, at)]);
    assert.match((await ann.hears(/BUY/)).text, / newborn: BUY/);
  });
});
