import * as Sentences from "@strom/apps/telegram/Sentences.ts";
import { afterAll, assert, beforeAll, beforeEach, describe, it } from "vitest";
import type { Message, Person } from "../../servers/TelegramApi.ts";
import type { House } from "./House.ts";
import * as Houses from "./House.ts";

let house: House;
let ann: Person;
let agent: { readonly id: string; readonly name: string };
let user: string;
let next = 0;

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
  agent = await house.create(user, { name: `agent ${next}` });
});

const statusOf = async (id = agent.id): Promise<string> =>
  (await house.ask("GET", `/v1/agents/${id}`, { user })).body.status;

const transitionsOf = (id = agent.id) =>
  house.sql((sql) => sql`select 1 from agent_transitions where agent_id = ${id}::uuid`);

/** The question, after its button was tapped: what it was replaced by. */
const afterTap = async (question: Message, label: string): Promise<string> => {
  const edits = question.edits;
  ann.taps(label);
  const deadline = performance.now() + 10_000;
  while (question.edits === edits && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return question.text;
};

const dataOf = (message: Message, label: string): string =>
  message.buttons.flat().find(({ text }) => text.includes(label))?.callback_data ??
  assert.fail(`no ${label}`);

describe("starting, pausing and stopping", () => {
  it("is asked twice, and done when confirmed", async () => {
    const start = await ann.asks("/startagent", /Start agent \d+\? It is CONFIGURED/);
    assert.strictEqual(await statusOf(), "CONFIGURED", "asking changes nothing");
    assert.strictEqual(await afterTap(start, "Confirm start"), `${agent.name} is now RUNNING.`);
    assert.strictEqual(await statusOf(), "RUNNING");
    assert.lengthOf(start.buttons.flat(), 0, "a question that was answered has no buttons left");

    const pause = await ann.asks("/pause", /Nothing is approved until it is started again/);
    assert.strictEqual(await afterTap(pause, "Confirm pause"), `${agent.name} is now PAUSED.`);
    const stop = await ann.asks("/stop");
    assert.strictEqual(await afterTap(stop, "Confirm stop"), `${agent.name} is now STOPPED.`);
    assert.strictEqual(await statusOf(), "STOPPED");
  });

  it("is not done when cancelled", async () => {
    const question = await ann.asks("/startagent", /Start/);
    assert.strictEqual(await afterTap(question, "Cancel"), Sentences.cancelled);
    assert.strictEqual(await statusOf(), "CONFIGURED");
  });

  it("says what an agent can be told instead when the state machine does not allow it", async () => {
    assert.strictEqual(
      (await ann.asks("/pause")).text,
      `${agent.name} is CONFIGURED; it can be told to start.`,
    );
    assert.lengthOf(ann.chat.messages.at(-1)?.buttons.flat() ?? [], 0);
  });

  it("says so when the state changed between the question and the answer", async () => {
    await house.ask("POST", `/v1/agents/${agent.id}/start`, { user });
    const question = await ann.asks("/pause", /Pause/);
    await house.ask("POST", `/v1/agents/${agent.id}/stop`, { user });
    assert.match(await afterTap(question, "Confirm pause"), /^Not done: .*STOPPED/);
    assert.strictEqual(await statusOf(), "STOPPED");
  });

  it("can be reached from a status by a button", async () => {
    await ann.asks("/status", /equity/);
    ann.taps("Start");
    const question = await ann.hears(/^Start/);
    await afterTap(question, "Confirm start");
    assert.strictEqual(await statusOf(), "RUNNING");
  });
});

describe("a tap", () => {
  it("delivered twice acts once", async () => {
    const question = await ann.asks("/startagent", /Start/);
    ann.reads();
    const update = ann.taps("Confirm start");
    await ann.asks("/version", /^STROM/);
    const before = await transitionsOf();
    house.telegram.updates.redeliver(update);
    await ann.asks("/version", /^STROM/);
    assert.deepStrictEqual(await transitionsOf(), before);
    assert.strictEqual(question.text, `${agent.name} is now RUNNING.`);
  });

  it("twice on one question acts once, though the state would allow it again", async () => {
    const question = await ann.asks("/startagent", /Start/);
    const data = dataOf(question, "Confirm");
    await afterTap(question, "Confirm start");
    await house.ask("POST", `/v1/agents/${agent.id}/stop`, { user });
    ann.presses(question, data);
    await ann.asks("/version", /^STROM/);
    assert.strictEqual(await statusOf(), "STOPPED", "the old answer is told, nothing is started");
  });

  it("that comes too late changes nothing, and says so", async () => {
    const question = await ann.asks("/startagent", /The button works for 2 minutes/);
    house.pass(121_000);
    assert.strictEqual(await afterTap(question, "Confirm"), Sentences.expired);
    assert.strictEqual(await statusOf(), "CONFIGURED");
  });

  it("just in time acts", async () => {
    const question = await ann.asks("/startagent", /Start/);
    house.pass(115_000);
    assert.match(await afterTap(question, "Confirm"), /now RUNNING/);
  });

  it("in another chat, or by somebody else, changes nothing", async () => {
    const question = await ann.asks("/startagent", /Start/);
    const data = dataOf(question, "Confirm");
    const eve = house.telegram.person("Eve");
    eve.presses(question, data);
    await house.link(eve, "eve@example.com");
    eve.presses(question, data);
    const group = house.telegram.group("traders");
    ann.presses(question, data, group);
    await eve.asks("/version", /^STROM/);
    await ann.asks("/version", /^STROM/);
    assert.strictEqual(await statusOf(), "CONFIGURED");
    assert.include(house.telegram.toasts, Sentences.foreignButton);
    assert.include(house.telegram.toasts, Sentences.privateOnly);
  });

  it("that was forged changes nothing", async () => {
    const question = await ann.asks("/startagent", /Start/);
    const data = dataOf(question, "Confirm");
    const other = await house.create(user, { name: "other" });
    const forgeries = [
      data.replace("start", "stop"),
      data.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
      data.split(".").slice(0, -1).join("."),
      `${data}A`,
      `c.stopall..zzzzzz.AAAAAAAA.${"A".repeat(16)}`,
      `c.start.${Buffer.from(other.id.replaceAll("-", ""), "hex").toString("base64url")}.zzzzzz.AAAAAAAA.${"A".repeat(16)}`,
      "",
      "c",
      "c....",
      "a.stop.x",
      "a.start.AAAAAAAAAAAAAAAAAAAAAA",
      "m.trades.nothing",
      "ﷺ".repeat(20),
      "\u0000",
    ];
    for (const forgery of forgeries) ann.presses(question, forgery);
    await ann.asks("/version", /^STROM/);
    assert.strictEqual(await statusOf(), "CONFIGURED");
    assert.strictEqual(await statusOf(other.id), "CONFIGURED");
  });

  it("survives a restart of the bot between question and answer", async () => {
    const own = await Houses.open();
    try {
      const bob = own.telegram.person("Bob");
      const bot = own.startBot();
      await own.link(bob, "bob@example.com");
      await own.create("bob@example.com", { name: "his" });
      const question = await bob.asks("/startagent", /Start/);
      await bot.stop();
      bob.taps("Confirm");
      own.startBot();
      await bob.asks("/version", /^STROM/);
      assert.strictEqual(question.text, "his is now RUNNING.");
    } finally {
      await own.close();
    }
  });
});

describe("the kill switch", () => {
  it("stops every agent of the user, and of nobody else", async () => {
    const others = await house.create("somebody@example.com", { name: "others" });
    const ids = [agent.id, (await house.create(user)).id, (await house.create(user)).id];
    for (const id of ids) await house.ask("POST", `/v1/agents/${id}/start`, { user });
    await house.ask("POST", `/v1/agents/${ids[2]}/pause`, { user });
    await house.ask("POST", `/v1/agents/${others.id}/start`, { user: "somebody@example.com" });
    const idle = await house.create(user, { name: "idle" });

    const question = await ann.asks("/stopall", /Stop 3 agents\?/);
    const answer = await afterTap(question, "Confirm stop of 3 agents");
    assert.lengthOf(answer.match(/is now STOPPED/g) ?? [], 3);
    for (const id of ids) assert.strictEqual(await statusOf(id), "STOPPED");
    assert.strictEqual(await statusOf(idle.id), "CONFIGURED");
    const { body } = await house.ask("GET", `/v1/agents/${others.id}`, { user: "somebody@example.com" });
    assert.strictEqual(body.status, "RUNNING");
  });

  it("is not pulled by a tap that comes too late", async () => {
    await house.ask("POST", `/v1/agents/${agent.id}/start`, { user });
    const question = await ann.asks("/stopall", /Stop 1 agent\?/);
    house.pass(121_000);
    assert.strictEqual(await afterTap(question, "Confirm"), Sentences.expired);
    assert.strictEqual(await statusOf(), "RUNNING");
  });
});
