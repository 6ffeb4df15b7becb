import { afterAll, assert, beforeAll, beforeEach, describe, it } from "vitest";
import type { Person } from "../../servers/TelegramApi.ts";
import type { House, RunningBot } from "./House.ts";
import * as Houses from "./House.ts";
import * as Life from "./Life.ts";

const day = 86_400_000;

let house: House;
let bot: RunningBot;
let ann: Person;
let user: string;
let agentId: string;
let next = 0;

/** Quick enough for a test, and the same in kind. */
const pace = { burst: 5, everyMs: 300, mostLines: 100 };

beforeAll(async () => {
  house = await Houses.open();
  bot = house.startBot({ pace });
});
afterAll(() => house.close());

beforeEach(async () => {
  next += 1;
  user = `trader${next}@example.com`;
  ann = house.telegram.person(`Ann ${next}`);
  await house.link(ann, user);
  agentId = (await house.create(user, { name: `agent ${next}` })).id;
});

const at = Date.UTC(2026, 0, 31, 9, 15);
const priceOf = (slot: number) => String(10_000 + slot);
const fill = (slot: number, id = agentId) => Houses.filled(id, slot, at + slot * 1000, priceOf(slot));

/** The slots of the fills a person was told of, in order, as often as it was told. */
const toldOf = (person: Person): ReadonlyArray<number> =>
  person.chat.messages
    .filter(({ isFromBot }) => isFromBot)
    .flatMap(({ text }) => [...text.matchAll(/ at (1\d,\d{3}), fee/g)])
    .map(([, price = ""]) => Number(price.replace(",", "")) - 10_000);

const until = async (isTrue: () => boolean, withinMs = 20_000): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!isTrue() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.isTrue(isTrue(), `waited ${withinMs} ms`);
};

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe("a chat is told", () => {
  it("of a fill, with a sound", async () => {
    await house.tell([fill(2)]);
    const notice = await ann.hears(/BUY/);
    assert.strictEqual(notice.text, `09:15:02 agent ${next}: BUY 0.5 BTC-USD at 10,002, fee 0.32`);
    assert.isFalse(notice.isSilent);
  });

  it("of a rejection, without a sound, and why", async () => {
    await house.tell([Houses.rejected(agentId, 3, at)]);
    const notice = await ann.hears(/rejected/);
    assert.match(notice.text, /BUY 1\.5 BTC-USD rejected, cooldown_active \(12 s after the last fill\)$/);
    assert.isTrue(notice.isSilent);
  });

  it("of an agent that stopped on an error", async () => {
    await house.tell([Houses.failed(agentId, at, "the strategy divided by <zero> & fell over")]);
    const notice = await ann.hears(/ERROR/);
    assert.match(notice.text, /is in ERROR: the strategy divided by <zero> & fell over$/);
    assert.isFalse(notice.isSilent);
  });

  it("of nothing else: a start and a stop are its own doing", async () => {
    await house.ask("POST", `/v1/agents/${agentId}/start`, { user });
    await house.ask("POST", `/v1/agents/${agentId}/stop`, { user });
    await house.tell([fill(4)]);
    await ann.hears(/BUY/);
    assert.deepStrictEqual(toldOf(ann), [4]);
    assert.lengthOf(
      ann.chat.messages.filter(({ isFromBot }) => isFromBot),
      2,
    );
  });

  it("of its own user's agents only", async () => {
    const bob = house.telegram.person("Bob");
    await house.link(bob, `bob${next}@example.com`);
    await house.tell([fill(1)]);
    await ann.hears(/SELL/);
    assert.deepStrictEqual(toldOf(bob), []);
  });

  it("in each chat of a user once", async () => {
    const phone = house.telegram.person("Ann's other phone");
    await house.link(phone, user);
    await house.tell([fill(1), fill(2)]);
    await until(() => toldOf(ann).length === 2 && toldOf(phone).length === 2);
    await house.tell([fill(3)]);
    await until(() => toldOf(ann).length === 3 && toldOf(phone).length === 3);
    assert.deepStrictEqual(toldOf(ann), [1, 2, 3]);
    assert.deepStrictEqual(toldOf(phone), [1, 2, 3]);
  });

  it("of an agent in another script, with its name kept apart from the numbers", async () => {
    const { id } = await house.create(user, { name: "زخم <b>" });
    await house.tell([fill(2, id)]);
    assert.match((await ann.hears(/BUY/)).text, /^09:15:02 \u2068زخم <b>\u2069: BUY 0\.5/);
  });
});

describe("a chat that said", () => {
  it("off is told nothing of that kind, and hears again after on", async () => {
    await ann.asks("/notify fills off");
    await house.tell([fill(1), Houses.rejected(agentId, 1, at)]);
    await ann.hears(/rejected/);
    await ann.asks("/notify fills on");
    await house.tell([fill(2)]);
    await ann.hears(/BUY/);
    assert.deepStrictEqual(toldOf(ann), [2]);
  });

  it("silent is told without a sound", async () => {
    await ann.asks("/notify fills silent");
    await house.tell([fill(1)]);
    assert.isTrue((await ann.hears(/SELL/)).isSilent);
  });
});

describe("many notices", () => {
  it("are merged, each still told once and in order", async () => {
    for (const slots of [range(0, 3), range(3, 60), range(60, 95)]) {
      await house.tell(slots.map((slot) => fill(slot)));
    }
    await until(() => toldOf(ann).length >= 95);
    assert.deepStrictEqual(toldOf(ann), range(0, 95));
    const messages = ann.chat.messages.filter(({ isFromBot }) => isFromBot);
    assert.isBelow(messages.length, 12, "95 fills in a handful of messages");
    for (const { text } of messages) assert.isAtMost(text.length, 4096);
  });

  it("beyond what can be listed are counted, the newest still in full", async () => {
    const names = range(0, 3).map((index) => `agent ${next}.${index}`);
    const agents = await Promise.all(names.map((name) => house.create(user, { name })));
    house.telegram.fails({ kind: "flood", retryAfterSeconds: 1 }, { only: ["sendMessage"] });
    await house.tell(range(0, 300).map((slot) => fill(slot, agents[slot % 3].id)));
    // All of them wait, as what it tries to send says, and cannot.
    await until(() =>
      house.telegram.calls.some(({ fields }) => String(fields["text"]).includes("300 events, merged")),
    );
    house.telegram.recovers();
    const merged = await ann.hears(/events, merged/);
    assert.match(merged.text, /^300 events, merged\n/);
    for (const name of names) assert.match(merged.text, new RegExp(`^50 × ${name}: BUY BTC-USD$`, "m"));
    assert.include(merged.text, "at 10,299, fee");
    assert.isAtMost(merged.text.length, 4096);
    await house.tell([fill(300)]);
    await ann.hears(/at 10,300, fee/);
  });
});

describe("after a restart", () => {
  it("the chat is told what happened meanwhile, and nothing again", async () => {
    await house.tell([fill(1), fill(2)]);
    await until(() => toldOf(ann).length === 2);
    await bot.stop();
    await house.tell([fill(3), fill(4)]);
    bot = house.startBot({ pace });
    await until(() => toldOf(ann).length >= 4);
    await house.tell([fill(5)]);
    await until(() => toldOf(ann).length >= 5);
    assert.deepStrictEqual(toldOf(ann), [1, 2, 3, 4, 5]);
  });

  it("a chat linked anew begins now, not with the past", async () => {
    await house.tell([fill(1)]);
    await until(() => toldOf(ann).length === 1);
    const bob = house.telegram.person("Bob");
    await house.link(bob, user);
    await house.tell([fill(2)]);
    await until(() => toldOf(bob).length === 1);
    assert.deepStrictEqual(toldOf(bob), [2]);
  });
});

describe("the day", () => {
  it("is told once, after midnight UTC, to those who want it", async () => {
    const own = await Houses.open();
    try {
      const now = Date.now();
      const toNextMidnight = day - (now % day);
      const noon = now + toNextMidnight - day / 2;
      const first = own.startBot({ pace });
      const [yes, no] = [own.telegram.person("Yes"), own.telegram.person("No")];
      await own.link(yes, "yes@example.com");
      await own.link(no, "no@example.com");
      await no.asks("/notify daily off");
      for (const owner of ["yes@example.com", "no@example.com"]) {
        const { id } = await own.create(owner, { name: "momentum" });
        await Life.live(own, id, 10, noon);
      }
      await first.stop();
      own.pass(toNextMidnight + 61_000);
      const second = own.startBot({ pace });
      const summary = await yes.hears(/momentum/);
      assert.include(summary.text, new Date(now).toISOString().slice(0, 10));
      assert.match(summary.text, /momentum +99,983\.00 +-17\.00 +6/);
      await second.stop();
      own.startBot({ pace });
      await yes.asks("/version", /^STROM/);
      await no.asks("/version", /^STROM/);
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.lengthOf(yes.reads(), 0);
      assert.lengthOf(no.reads(), 0);
    } finally {
      await own.close();
    }
  });
});
