import { afterAll, assert, beforeAll, describe, it } from "vitest";
import * as Houses from "../apps/telegram/House.ts";
import type { Person } from "../servers/TelegramApi.ts";
import * as TelegramBot from "../servers/TelegramBot.ts";

const FILLS = 1_000;
const KILLS = Number(process.env["STROM_KILLS"] ?? 20);
/** How long a bot lives at most once it is ready. One in three dies before, while it starts. */
const LIFE_MS = 1_500;
/** Fills that may wait to be told: beyond twice as many a message counts them and lists the newest alone. */
const WAITING_MOST = 50;

let house: Houses.House;
beforeAll(async () => {
  house = await Houses.open();
});
afterAll(() => house.close());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const at = Date.UTC(2026, 0, 31, 9, 15);

/** Each fill has a price of its own, so that a chat's messages say which ones it was told of. */
const priceOf = (slot: number) => String(10_000 + slot);
const slotsIn = (text: string): ReadonlyArray<number> =>
  [...text.matchAll(/ at (1\d,\d{3}), fee/g)].map(
    ([, price = ""]) => Number(price.replace(",", "")) - 10_000,
  );
const messagesOf = (person: Person): ReadonlyArray<ReadonlyArray<number>> =>
  person.chat.messages
    .filter(({ isFromBot }) => isFromBot)
    .map(({ text }) => slotsIn(text))
    .filter((slots) => slots.length > 0);

/** The slot of the last event the API knows a chat to be told of. */
const notedSlot = async (person: Person): Promise<number> => {
  const rows = await house.sql(
    (sql) => sql<{ readonly slot: number }>`
      select coalesce(max((j.payload->'payload'->>'slot')::int), -1) as slot
      from telegram_links l join journal j on j.topic = 'order.filled'
        and (j.xid, j.seq) <= (split_part(split_part(l.position, '.', 2), '-', 1)::bigint,
          split_part(l.position, '-', -1)::bigint)
      where l.chat_id = ${BigInt(person.id)}`,
  );
  return rows[0]?.slot ?? -1;
};

describe("the bot", () => {
  it(
    `killed at ${KILLS} random moments under ${FILLS} fills tells each chat of each fill: once, or once more for a message that was in doubt`,
    async () => {
      const strom = { url: house.stromUrl, botToken: Houses.sharedToken };
      const start = () => TelegramBot.start(house.telegram, strom);
      const people = ["Ann", "Ann's tablet", "Bob"].map((name) => house.telegram.person(name));
      const [ann, tablet, bob] = people;
      assert.isDefined(ann);
      assert.isDefined(tablet);
      assert.isDefined(bob);

      await house.codeFor("ann@example.com");
      const bornAt = performance.now();
      const first = await start();
      await first.ready();
      const startMs = performance.now() - bornAt;
      await house.link(ann, "ann@example.com");
      await house.link(tablet, "ann@example.com");
      await house.link(bob, "bob@example.com");
      const agents = [
        (await house.create("ann@example.com", { name: "Ann's" })).id,
        (await house.create("bob@example.com", { name: "Bob's" })).id,
      ];
      await first.kill();

      // Sometimes Telegram takes its time to answer: that is where a bot that dies cannot know.
      house.telegram.answerDelayMs = () => (Math.random() < 0.5 ? 0 : Math.random() * 150);
      let told = 0;
      const fills = (async () => {
        const heard = (person: Person): number => new Set(messagesOf(person).flat()).size;
        for (; told < FILLS; told++) {
          while (told - Math.min(...people.map(heard)) >= WAITING_MOST) await pause(50);
          await house.tell(agents.map((id) => Houses.filled(id, told, at + told * 1000, priceOf(told))));
          await pause(50);
        }
      })();

      /** How often a fill was in doubt in a chat: sent, as we know, and not noted when the bot died. */
      const doubts = new Map<string, number>();
      let inDoubt = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const before = new Map(people.map((person) => [person.id, messagesOf(person).length]));
        const bot = await start();
        if (kill % 3 === 0) await pause(Math.random() * startMs);
        else await bot.ready().then(() => pause(Math.random() * LIFE_MS));
        await bot.kill();
        // What was sent before it died still arrives.
        await house.telegram.settles();
        for (const person of people) {
          const noted = await notedSlot(person);
          // Of this life only: what a former one left in doubt may have been longer.
          const messages = messagesOf(person).slice(before.get(person.id));
          const doubtful = new Set(messages.flat().filter((slot) => slot > noted));
          if (doubtful.size > 0) inDoubt += 1;
          assert.isTrue(
            [...doubtful].every((slot) => messages.at(-1)?.includes(slot)),
            `more than one message of ${person.name} is in doubt`,
          );
          for (const slot of doubtful) {
            const key = `${person.id}/${slot}`;
            doubts.set(key, (doubts.get(key) ?? 0) + 1);
          }
        }
      }
      const last = await start();
      await fills;
      const complete = () => people.every((person) => new Set(messagesOf(person).flat()).size === FILLS);
      const deadline = performance.now() + 90_000;
      while (!complete() && performance.now() < deadline) await pause(50);
      await pause(500);
      await last.stop();

      let repeated = 0;
      for (const person of people) {
        const all = messagesOf(person).flat();
        for (let slot = 0; slot < FILLS; slot++) {
          const copies = all.filter((each) => each === slot).length;
          const doubted = doubts.get(`${person.id}/${slot}`) ?? 0;
          const what = `${person.name} was told ${copies} times of fill ${slot}, in doubt at ${doubted} kills`;
          assert.isAtLeast(copies, 1, what);
          assert.isAtMost(copies, 1 + doubted, what);
          if (copies > 1) repeated += 1;
        }
      }
      console.info(
        `${KILLS} kills: ${inDoubt} messages in doubt, ${repeated} of ${people.length * FILLS} tellings were repeated, none was lost`,
      );
    },
    KILLS * 15_000 + 240_000,
  );

  it("killed while an answer takes its time gives that one anew, and no other", async () => {
    const start = () =>
      TelegramBot.start(house.telegram, { url: house.stromUrl, botToken: Houses.sharedToken });
    const answers = (person: Person) => person.chat.messages.filter(({ isFromBot }) => isFromBot);
    house.telegram.answerDelayMs = () => 0;
    const [cas, dan] = [house.telegram.person("Cas"), house.telegram.person("Dan")];
    const first = await start();
    await house.codeFor("cas@example.com");
    await first.ready();
    await house.link(cas, "cas@example.com");
    await house.link(dan, "dan@example.com");
    await house.create("cas@example.com", { name: "slow" });

    house.telegram.fails({ kind: "hang" }, { times: 1, only: ["sendMessage"] });
    cas.says("/status");
    await pause(500);
    cas.says("/version");
    for (let n = 0; n < 5; n++) await dan.asks("/version", /^STROM/);
    const [casHeard, danHeard] = [answers(cas).length, answers(dan).length];
    await pause(500);
    await first.kill();
    house.telegram.recovers();

    const second = await start();
    const deadline = performance.now() + 30_000;
    while (answers(cas).length < casHeard + 2 && performance.now() < deadline) await pause(20);
    await dan.asks("/help", /\/status/);
    await pause(500);
    await second.stop();
    const [status, version, ...more] = answers(cas).slice(casHeard);
    assert.match(status?.text ?? "", /^slow/);
    assert.match(version?.text ?? "", /^STROM/);
    assert.lengthOf(more, 0);
    assert.lengthOf(answers(dan), danHeard + 1);
    assert.lengthOf(house.telegram.updates.waiting, 0);
  }, 120_000);
});
