import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, assert, beforeAll, describe, it } from "vitest";
import * as Child from "../servers/Child.ts";
import * as Folder from "../servers/Folder.ts";
import * as Strom from "../servers/Strom.ts";
import type { Person } from "../servers/TelegramApi.ts";
import { TelegramApi } from "../servers/TelegramApi.ts";
import * as TelegramBot from "../servers/TelegramBot.ts";

/** How long Telegram is away. The long run has 300; what is asked of it is the same. */
const OUTAGE_SECONDS = Number(process.env["STROM_OUTAGE_SECONDS"] ?? 30);

const folder = Folder.make("telegram");
afterAll(() => Folder.remove(folder));

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where it is not so
type Json = any;

const get = async (url: string): Promise<Json> => (await fetch(url)).json();
const newCode = async (strom: Strom.Process): Promise<Json> =>
  (await fetch(`${strom.url}/v1/telegram/link-codes`, { method: "POST" })).json();

const link = async (strom: Strom.Process, person: Person): Promise<void> => {
  await person.asks((await newCode(strom)).command, /linked to dev@strom\.local/);
};

/** How many fills the messages of the bot tell of, merged ones included. */
const fillsTold = (person: Person): number =>
  person.chat.messages
    .filter(({ isFromBot }) => isFromBot)
    .reduce((sum, { text }) => {
      const counted = [...text.matchAll(/^(\d+) × .*: (?:BUY|SELL) /gm)];
      const listed = text.match(/(?:BUY|SELL) \S+ \S+ at \S+, fee/g)?.length ?? 0;
      return sum + (counted.length > 0 ? counted.reduce((all, [, count]) => all + Number(count), 0) : listed);
    }, 0);

/** Fills of an agent since an instant, as the API has them. */
const fillsSince = async (strom: Strom.Process, agentId: string, from: string): Promise<number> => {
  let fills = 0;
  let cursor: string | null = "";
  while (cursor !== null) {
    const after: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const page: Json = await get(`${strom.url}/v1/agents/${agentId}/trades?limit=200&from=${from}${after}`);
    fills += page.items.length;
    cursor = page.next_cursor;
  }
  return fills;
};

const rssMb = (pid: number): number => {
  const [, kb = "0"] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kb) / 1024;
};

describe("strom up with a Telegram token", () => {
  let telegram: TelegramApi;
  let strom: Strom.Process;
  let agentId: string;
  let ann: Person;

  beforeAll(async () => {
    telegram = await TelegramApi.start();
    strom = await Strom.start(["up", "--demo"], {
      STROM_DATA_DIR: join(folder, "up"),
      TELEGRAM_BOT_TOKEN: telegram.token,
      TELEGRAM_API_ROOT: telegram.url,
    });
    agentId = (await get(`${strom.url}/v1/agents`)).items[0].id;
    ann = telegram.person("Ann");
    await link(strom, ann);
  }, 120_000);
  afterAll(async () => {
    await strom.destroy();
    await telegram.close();
  });

  it("tells of real fills as they happen", async () => {
    const fill = await ann.hears(/demo: (BUY|SELL) [\d.,]+ \S+ at [\d.,]+, fee [\d.]+/, 60_000);
    assert.isAtMost(fill.text.length, 4096);
  });

  it("answers from the real books", async () => {
    // Fills are told meanwhile.
    await ann.asks("/status", /^demo · RUNNING\nequity +[\d,.]+/);
    assert.isDefined((await ann.asks("/pnl", /^demo · RUNNING\nequity [\d,.]+, pnl/)).photo);
    assert.match((await ann.asks("/health", /STROM is/)).text, /STROM is ready/);
  });

  it(
    `delays no tick and keeps its memory while Telegram is away for ${OUTAGE_SECONDS} s, and tells the backlog merged`,
    async () => {
      // From a quiet moment on, everything can be counted.
      await ann.asks("/notify fills off");
      await pause(3_000);
      const from = new Date().toISOString();
      await ann.asks("/notify fills on");
      const toldBefore = fillsTold(ann);
      const missedBefore = (await get(`${strom.url}/v1/agents/${agentId}/stats`)).missed_ticks;
      /** Slots that were run, from one instant to another. */
      const runs = async (from: number, to: number) => {
        const span = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
        return (await get(`${strom.url}/v1/agents/${agentId}/runs?limit=200&${span}`)).items.length;
      };

      telegram.fails({ kind: "hang" });
      const rss: Array<number> = [];
      for (let second = 0; second < OUTAGE_SECONDS; second++) {
        await pause(1_000);
        rss.push(rssMb(strom.pid));
      }
      const until = Date.now();
      // Once a later slot was run, those before it have been.
      await Child.until(
        async () => (await runs(until, until + 60_000)) > 0,
        10_000,
        "a run after the last second",
      );
      const inTenSeconds = await runs(until - 10_000, until);
      const stats = await get(`${strom.url}/v1/agents/${agentId}/stats`);
      const messagesBefore = ann.chat.messages.length;
      telegram.recovers();

      assert.strictEqual(stats.missed_ticks, missedBefore, "a tick was missed");
      assert.isAtLeast(inTenSeconds, 9, "a run each second");
      const growth = (rss.at(-1) ?? 0) - (rss[Math.floor(rss.length / 3)] ?? 0);
      assert.isBelow(growth, 80, `memory grew by ${growth.toFixed(0)} MB`);

      const caughtUp = async () => fillsTold(ann) - toldBefore >= (await fillsSince(strom, agentId, from));
      const deadline = performance.now() + 60_000;
      while (!(await caughtUp()) && performance.now() < deadline) await pause(200);
      const fills = await fillsSince(strom, agentId, from);
      assert.isAtMost(Math.abs(fillsTold(ann) - toldBefore - fills), 2, "told and filled differ");
      console.info(
        `Telegram away for ${OUTAGE_SECONDS} s: ${fills} fills, told in ${ann.chat.messages.length - messagesBefore} messages; no tick missed, memory ${growth.toFixed(0)} MB`,
      );
    },
    OUTAGE_SECONDS * 1_000 + 120_000,
  );

  it("stops the agent by the kill switch", async () => {
    // A poll that was never answered is given up after 25 s.
    ann.says("/stopall");
    await ann.hears(/Stop 1 agent\?/, 50_000);
    ann.taps("Confirm");
    await Child.until(
      async () => (await get(`${strom.url}/v1/agents/${agentId}`)).status === "STOPPED",
      30_000,
      "the agent to be stopped",
    );
  });

  it("goes on when the bot cannot", async () => {
    telegram.person("Eve");
    await telegram.close();
    await pause(1_000);
    assert.strictEqual((await fetch(`${strom.url}/health/live`)).status, 200);
    const stopped = await strom.stop();
    assert.strictEqual(stopped.code, 0);
    assert.isBelow(stopped.tookMs, 20_000);
    assert.notInclude(strom.log(), telegram.token);
  });
});

describe("strom telegram beside an API", () => {
  const botToken = "a-secret-for-the-bot-and-the-api-in-this-test";
  let telegram: TelegramApi;
  let strom: Strom.Process;

  beforeAll(async () => {
    telegram = await TelegramApi.start();
    strom = await Strom.start(["up", "--demo"], {
      STROM_DATA_DIR: join(folder, "beside"),
      STROM_BOT_TOKEN: botToken,
    });
  }, 120_000);
  afterAll(async () => {
    await strom.destroy();
    await telegram.close();
  });

  it("refuses to start with nobody to talk to, and says what to do", async () => {
    const bot = await TelegramBot.start(telegram, { url: strom.url, botToken });
    await Child.until(() => !bot.isRunning(), 30_000, "the bot to end");
    assert.match(
      bot.log(),
      /strom: no Telegram chat is linked, and no link code waits.*TELEGRAM_ALLOWED_USERS/,
    );
  });

  it("serves its chats, and a second one ends with a clear message", async () => {
    const { command } = await newCode(strom);
    const bot = await TelegramBot.start(telegram, { url: strom.url, botToken });
    await bot.ready();
    const ann = telegram.person("Ann");
    await ann.asks(command, /linked to dev@strom\.local/);
    await ann.hears(/demo: (BUY|SELL)/, 60_000);
    const ready = await get(`${bot.url()}/health/ready`);
    assert.deepStrictEqual(
      ready.dependencies.map(({ name, status }: Json) => `${name} ${status}`),
      ["strom ready", "telegram ready"],
    );
    const metrics = await (await fetch(`${bot.url()}/metrics`)).text();
    assert.match(metrics, /^strom_telegram_messages_total [1-9]/m);
    // Settled is who has polled undisturbed for ten seconds.
    await pause(10_500);
    await ann.asks("/version", /^STROM/);
    await ann.asks("/version", /^STROM/);
    const second = await TelegramBot.start(telegram, { url: strom.url, botToken });
    await Child.until(() => !second.isRunning(), 40_000, "the second bot to end");
    assert.match(second.log(), /strom: another process takes this bot's updates/);
    await ann.asks("/version", /^STROM/);
    assert.isTrue(bot.isRunning());
    await bot.stop();
    assert.notInclude(bot.log(), telegram.token);
    assert.notInclude(bot.log(), botToken);
  });
});
