import { afterAll, assert, beforeAll, describe, it } from "vitest";
import type { Message, Person } from "../../servers/TelegramApi.ts";
import type { House } from "./House.ts";
import * as Houses from "./House.ts";
import * as Life from "./Life.ts";

let house: House;
let ann: Person;
let momentum: { readonly id: string };

const user = "ann@example.com";
const labels = (message: Message) => message.buttons.flat().map(({ text }) => text);

beforeAll(async () => {
  house = await Houses.open();
  house.startBot();
  ann = house.telegram.person("Ann");
  await house.link(ann, user);
});
afterAll(() => house.close());

describe("without agents", () => {
  it("every question about them says so", async () => {
    for (const command of [
      "/agents",
      "/status",
      "/positions",
      "/trades",
      "/pnl",
      "/daily",
      "/stats",
      "/pause",
    ]) {
      assert.match((await ann.asks(command)).text, /You have no agents yet/, command);
    }
    assert.match((await ann.asks("/stopall")).text, /No agent is running or paused/);
  });
});

describe("with one agent", () => {
  beforeAll(async () => {
    momentum = await house.create(user, { name: "momentum" });
    await Life.live(house, momentum.id, 30, Date.now());
  });

  it("/agents lists it, with a button that leads to its status", async () => {
    const list = await ann.asks("/agents");
    assert.include(list.text, "momentum · CONFIGURED · NSE:NIFTY50-INDEX");
    assert.deepStrictEqual(labels(list), ["momentum · CONFIGURED"]);
    ann.taps("momentum");
    await ann.asks("/version");
    assert.match(list.text, /^momentum · CONFIGURED\nequity/m);
  });

  it("/status tells where it stands, and can be refreshed in place", async () => {
    const status = await ann.asks("/status");
    assert.match(status.text, /^momentum · CONFIGURED/);
    assert.match(status.text, /^equity +100,247\.00$/m);
    assert.match(status.text, /^pnl +\+247\.00 \(\+0\.25 %\)$/m);
    assert.match(status.text, /^every 1 s on NSE:NIFTY50-INDEX, NSE:BANKNIFTY-INDEX$/m);
    assert.deepStrictEqual(labels(status), ["Positions", "Trades", "PnL", "Refresh", "Start", "Stop"]);
    const before = ann.chat.messages.length;
    ann.taps("Refresh");
    await ann.asks("/version");
    assert.strictEqual(ann.chat.messages.length, before + 2, "a refresh adds no message");
  });

  it("/positions lists what is held, not what was", async () => {
    const { text } = await ann.asks("/positions momentum");
    assert.match(text, /BTC-USD +2 +64,000 +64,123\.5 +\+247\.00/);
    assert.notInclude(text, "ETH-USD");
  });

  it("/trades lists the last ten, or as many as asked, and pages on", async () => {
    const ten = await ann.asks("/trades");
    assert.lengthOf(ten.text.match(/BUY/g) ?? [], 10);
    assert.match(ten.text, /64,029$/m);
    assert.deepStrictEqual(labels(ten), ["Older"]);
    ann.taps("Older");
    const older = await ann.hears(/64,014/);
    assert.notInclude(older.text, "64,029");
    assert.lengthOf((await ann.asks("/trades 3")).text.match(/BUY/g) ?? [], 3);
    assert.lengthOf((await ann.asks("/trades momentum 50")).text.match(/BUY/g) ?? [], 20);
  });

  it("/trades refuses a number that is no count", async () => {
    assert.match((await ann.asks("/trades momentum 0")).text, /It should be 1 to 50/);
    assert.match((await ann.asks("/trades 999999")).text, /It should be 1 to 50/);
    assert.match((await ann.asks("/trades momentum -1")).text, /No agent is called momentum -1/);
    assert.match((await ann.asks("/trades momentum 1e3")).text, /No agent is called momentum 1e3/);
  });

  it("/pnl sends a picture of the equity", async () => {
    const answer = await ann.asks("/pnl");
    assert.deepInclude(answer.photo, { width: 800, height: 420 });
    assert.match(answer.text, /equity 100,247\.00, pnl \+247\.00/);
  });

  it("/daily tells what today brought", async () => {
    const { text } = await ann.asks("/daily");
    assert.include(text, new Date().toISOString().slice(0, 10));
    assert.match(text, /momentum +100,1\d\d\.00|momentum +100,2\d\d\.00/);
  });

  it("/stats tells all that is counted", async () => {
    const { text } = await ann.asks("/stats");
    for (const what of ["capital", "win rate", "Sharpe", "max drawdown", "missed ticks", "fees"]) {
      assert.include(text, what);
    }
    assert.match(text, /^rejected +10$/m);
  });

  it("/risk tells why orders were rejected", async () => {
    const { text } = await ann.asks("/risk");
    assert.match(text, /cooldown_active +10/);
    assert.match(text, /BUY BTC-USD: cooldown_active/);
  });

  it("/strategies lists the catalog", async () => {
    const first = await ann.asks("/strategies");
    assert.match(first.text, /ema_crossover/);
    if (labels(first).includes("More")) {
      ann.taps("More");
      await ann.hears();
    }
  });

  it("/health tells each dependency with its latency, and how the bot is", async () => {
    const { text } = await ann.asks("/health");
    assert.match(text, /^STROM is (not )?ready/);
    assert.match(text, /\d ms/);
    assert.match(text, /bot up .*messages in, .*out, 0 notices waiting/);
  });

  it("/version, /help and /start tell what they are asked for", async () => {
    assert.match((await ann.asks("/version")).text, /^STROM \d+\.\d+\.\d+ on Node v/);
    assert.match((await ann.asks("/start")).text, /linked to ann@example.com/);
    const help = await ann.asks("/help");
    for (const { command } of house.telegram.commands as ReadonlyArray<{ readonly command: string }>) {
      assert.include(help.text, `/${command}`);
    }
  });

  it("/notify shows and sets what the chat is told of", async () => {
    assert.match((await ann.asks("/notify")).text, /^fills +on .*\nrejects +silent/);
    assert.strictEqual((await ann.asks("/notify fills silent")).text, "fills: silent");
    assert.strictEqual((await ann.asks("/notify REJECTS Off")).text, "rejects: off");
    assert.match((await ann.asks("/notify")).text, /^fills +silent .*\nrejects +off/);
    await ann.asks("/notify fills on");
  });

  it("/notify names what is wrong and what would be right", async () => {
    const right = /It should be \/notify fills\|rejects\|errors\|daily on\|silent\|off/;
    for (const [wrong, about] of [
      ["/notify everything on", /no notices called everything/],
      ["/notify fills", /fills cannot be nothing/],
      ["/notify fills loud", /fills cannot be loud/],
      ["/notify fills on please", /fills cannot be on please/],
      ["/notify __proto__ on", /no notices called __proto__/],
    ] as const) {
      const { text } = await ann.asks(wrong);
      assert.match(text, about);
      assert.match(text, right);
    }
    assert.match((await ann.asks("/notify")).text, /^fills +on /);
  });
});

describe("with several agents", () => {
  beforeAll(async () => {
    await house.create(user, { name: "momentum 20" });
    await house.create(user, { name: "<b>Öl & Gas</b>" });
    await house.create(user, { name: "زخم" });
    await house.create(user, { name: "動量 🚀" });
  });

  it("/status shows all of them, each with a button", async () => {
    const overview = await ann.asks("/status");
    assert.match(overview.text, /^agent +status +equity +pnl$/m);
    assert.lengthOf(labels(overview), 5);
    assert.include(overview.text, "<b>Öl & Gas</b>");
  });

  it("a question about one asks back which, and a button answers it", async () => {
    const question = await ann.asks("/positions");
    assert.match(question.text, /Which agent\? You can also write \/positions NAME/);
    assert.lengthOf(labels(question), 5);
    ann.taps("動量");
    assert.match((await ann.hears()).text, /^動量 🚀 · CONFIGURED\nNo open positions/);
  });

  it("an agent is found by name in any script, by case, by a beginning and by its id", async () => {
    for (const [asked, found] of [
      ["زخم", "زخم"],
      ["動量 🚀", "動量"],
      ["<B>ÖL", "<b>Öl & Gas</b>"],
      ["MOMENTUM", "momentum"],
      [momentum.id, "momentum"],
      [momentum.id.slice(0, 8), "momentum"],
    ] as const) {
      assert.include((await ann.asks(`/positions ${asked}`)).text.split("\n")[0], found, asked);
    }
  });

  it("an agent whose name ends in a number is not taken for a count", async () => {
    assert.match((await ann.asks("/trades momentum 20")).text, /^momentum 20 · CONFIGURED\nNo trades yet/);
  });

  it("an unknown agent is named, and the others are offered", async () => {
    const answer = await ann.asks("/pnl nobody<script>");
    assert.match(answer.text, /No agent is called nobody<script>\. Which one\?/);
    assert.lengthOf(labels(answer), 5);
  });

  it("/agents pages when there are more than ten", async () => {
    for (let index = 0; index < 8; index++) await house.create(user, { name: `extra ${index}` });
    const first = await ann.asks("/agents");
    assert.lengthOf(labels(first), 11);
    ann.taps("More");
    const second = await ann.hears(/momentum/);
    assert.notInclude(labels(second).join(), "More");
  });

  it("names of a hundred characters fit every table and every button", async () => {
    await house.create(user, { name: "👩‍👩‍👧‍👦".repeat(9) });
    await house.create(user, { name: "x".repeat(100) });
    await ann.asks("/status");
    const list = await ann.asks("/agents");
    assert.include(list.text, "x".repeat(59));
  });
});

describe("what is no command", () => {
  it("is answered, not guessed at", async () => {
    assert.match((await ann.asks("/buy BTC")).text, /There is no command \/buy\. \/help lists them/);
    assert.match((await ann.asks("buy some BTC")).text, /I understand commands only/);
    assert.match((await ann.asks("/ status")).text, /I understand commands only/);
    assert.match((await ann.asks("/статус")).text, /I understand commands only/);
    ann.sendsSticker();
    assert.match((await ann.hears()).text, /I understand commands only/);
    assert.match((await ann.asks("/STATUS@strom_test_bot momentum")).text, /^momentum · /);
  });

  it("of four thousand characters is answered too", async () => {
    assert.match((await ann.asks(`/status ${"z".repeat(4080)}`)).text, /No agent is called z+…/);
    assert.match((await ann.asks(`/${"z".repeat(4000)}`)).text, /I understand commands only/);
  });

  it("an edited message is not acted on", async () => {
    ann.reads();
    ann.edits("/stopall");
    await ann.asks("/version", /^STROM/);
    assert.lengthOf(ann.reads(), 0);
  });
});

it("one user's agents are nobody else's", async () => {
  const bob = house.telegram.person("Bob");
  await house.link(bob, "bob@example.com");
  assert.match((await bob.asks("/agents")).text, /You have no agents yet/);
  assert.match((await bob.asks(`/status ${momentum.id}`)).text, /You have no agents yet/);
  await house.create("bob@example.com", { name: "bobs" });
  assert.match((await bob.asks(`/positions ${momentum.id}`)).text, /No agent is called/);
  const [message] = bob.chat.messages.filter(({ buttons }) => buttons.length > 0);
  const annsButton = ann.chat.messages
    .flatMap(({ buttons }) => buttons.flat())
    .find(({ text }) => text === "Trades");
  bob.presses(message!, annsButton?.callback_data ?? "");
  assert.match((await bob.hears()).text, /No agent is called/);
});

describe("with an agent that gets no prices", () => {
  it("/status says for which symbols, while it runs", async () => {
    const symbols = Array.from({ length: 7 }, (_, n) => `NONE-${n}`);
    const { id } = await house.create(user, { name: "hungry", universe: { symbols } });
    assert.notInclude((await ann.asks("/status hungry")).text, "no price");
    await house.ask("POST", `/v1/agents/${id}/start`, { user });
    const { text } = await ann.asks("/status hungry");
    assert.match(text, /^no price for NONE-0 yet$/m);
    assert.match(text, /^no price for NONE-4 yet$/m);
    assert.notInclude(text, "no price for NONE-5");
    assert.match(text, /^… nor for 2 more$/m);
  });
});

it("/daily takes money that was taken out for no loss", async () => {
  const email = "withdraws@example.com";
  const cas = house.telegram.person("Cas");
  await house.link(cas, email);
  const { id } = await house.create(email, { name: "withdraws" });
  const marked = (at: number, equity: number) =>
    house.sql(
      (sql) => sql`
        insert into pnl_snapshots (id, agent_id, ts, equity, realized_pnl, unrealized_pnl)
        values (gen_random_uuid(), ${id}::uuid, ${new Date(at).toISOString()}::timestamptz, ${equity}, 0, 0)`,
    );
  await marked(Date.now() + 1, 100_010);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const changed = await house.ask("PATCH", `/v1/agents/${id}`, {
    user: email,
    body: { capital: "50000.00" },
  });
  assert.strictEqual(changed.status, 200);
  // The next day.
  await marked(Date.now() + 86_400_000, 50_013);
  house.pass(86_400_000 + 1_000);
  assert.match((await cas.asks("/daily")).text, /withdraws +50,013\.00 +\+3\.00/);
});
