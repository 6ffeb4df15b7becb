import { afterAll, afterEach, assert, beforeAll, beforeEach, describe, it, vi } from "vitest";
import type { Person } from "../../servers/TelegramApi.ts";
import type { House } from "./House.ts";
import * as Houses from "./House.ts";
import * as Life from "./Life.ts";

// A picture that Telegram does not take is given up after fifteen seconds.
vi.setConfig({ testTimeout: 60_000 });

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let house: House;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  house = await Houses.open();
  house.startBot();
  [ann, bob] = [house.telegram.person("Ann"), house.telegram.person("Bob")];
  await house.link(ann, "ann@example.com");
  await house.link(bob, "bob@example.com");
  const { id } = await house.create("ann@example.com", { name: "momentum" });
  await Life.live(house, id, 10, Date.now());
});
afterAll(() => house.close());

const polls = () => house.telegram.calls.filter(({ method }) => method === "getUpdates");
const since = (count: number) => house.telegram.calls.slice(count);
const waiting = () => house.telegram.updates.waiting.map(({ update_id }) => update_id);
const botsWords = (person: Person) => person.chat.messages.filter(({ isFromBot }) => isFromBot);
const reached = async (isTrue: () => boolean) => {
  const deadline = performance.now() + 20_000;
  while (!isTrue() && performance.now() < deadline) await pause(20);
};

/** Ann asks for a picture that does not get through, and then for something quick. */
const slowly = async (times: number) => {
  const calls = house.telegram.calls.length;
  house.telegram.fails({ kind: "hang" }, { times, only: ["sendPhoto"] });
  const before = botsWords(ann).length;
  ann.says("/pnl");
  ann.says("/version");
  const [picture = 0, version = 0] = house.telegram.updates.all.slice(-2).map(({ update_id }) => update_id);
  await pause(500);
  return { calls, before, picture, version };
};

describe("an answer that takes its time", () => {
  beforeEach(() => {
    ann.reads();
    bob.reads();
  });
  afterEach(() => house.telegram.recovers());

  it("holds up nobody else, and what its own chat asks next waits for it", async () => {
    const { calls, before, picture } = await slowly(1);
    const askedAt = performance.now();
    for (let n = 0; n < 3; n++) await bob.asks("/version", /^STROM/);
    assert.isBelow(performance.now() - askedAt, 5_000);
    assert.lengthOf(botsWords(ann), before, "nothing overtakes the picture");
    const asked = polls().filter((call) => since(calls).includes(call));
    for (const { fields } of asked) assert.isAtMost(Number(fields["offset"]), picture);
    assert.isAtMost(asked.length, 40, "Telegram is not asked without a pause");
    await reached(() => botsWords(ann).length >= before + 2);
    const [first, second] = botsWords(ann).slice(before);
    assert.isDefined(first?.photo);
    assert.match(second?.text ?? "", /^STROM/);
    await reached(() => waiting().length === 0);
    assert.deepStrictEqual(waiting(), []);
  });

  it("is begun anew by a bot that comes after, and nothing else is", async () => {
    const { before, picture, version } = await slowly(1);
    await bob.asks("/version", /^STROM/);
    const bobs = botsWords(bob).length;
    await pause(300);
    assert.include(waiting(), picture);
    assert.include(waiting(), version);
    await house.stopBots();
    house.startBot();
    await reached(() => botsWords(ann).length >= before + 2);
    await bob.asks("/help", /\/status/);
    assert.deepStrictEqual(
      botsWords(ann)
        .slice(before)
        .map(({ photo }) => photo !== undefined),
      [true, false],
    );
    assert.lengthOf(botsWords(bob), bobs + 1);
  });
});
