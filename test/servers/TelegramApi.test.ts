import { Api, GrammyError, InlineKeyboard, InputFile } from "grammy";
import type { ApiError } from "grammy/types";
import { PNG } from "pngjs";
import { afterEach, assert, beforeEach, describe, expect, it, vi } from "vitest";
import { TelegramApi } from "./TelegramApi.ts";

let telegram: TelegramApi;
let bot: Api;

beforeEach(async () => {
  telegram = await TelegramApi.start();
  bot = new Api(telegram.token, { apiRoot: telegram.url });
});
afterEach(() => telegram.close());

/** The error a call is refused with. */
const refusal = async (call: Promise<unknown>): Promise<ApiError> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof GrammyError) return error;
    throw error;
  }
  return assert.fail("the call was not refused");
};

const png = (width: number, height: number) => PNG.sync.write(new PNG({ width, height }));

describe("updates", () => {
  it("are given again until a later offset confirms them", async () => {
    const ann = telegram.person("Ann");
    const first = ann.says("/status");
    ann.says("/help");
    assert.lengthOf(await bot.getUpdates(), 2);
    assert.deepStrictEqual(
      (await bot.getUpdates({ offset: first + 1 })).map(({ message }) => message?.text),
      ["/help"],
    );
    assert.lengthOf(await bot.getUpdates(), 1);
  });

  it("come as soon as there is one while a poll waits", async () => {
    const poll = bot.getUpdates({ timeout: 10 });
    const ann = telegram.person("Ann");
    const id = ann.says("hello");
    assert.deepStrictEqual(
      (await poll).map(({ update_id }) => update_id),
      [id],
    );
  });

  it("end an empty poll after its timeout", async () => {
    assert.deepStrictEqual(await bot.getUpdates({ timeout: 0 }), []);
  });

  it("end the first of two polls with 409", async () => {
    const first = refusal(bot.getUpdates({ timeout: 10 }));
    // Whoever asks later has the line, so the first must have arrived.
    await vi.waitUntil(() => telegram.updates.isPolled, 10_000);
    const second = bot.getUpdates({ timeout: 10 });
    assert.include((await first).description, "Conflict: terminated by other getUpdates request");
    telegram.person("Ann").says("hi");
    assert.lengthOf(await second, 1);
  });

  it("that were confirmed can come again", async () => {
    const id = telegram.person("Ann").says("/status");
    await bot.getUpdates({ offset: id + 1 });
    telegram.updates.redeliver(id);
    assert.deepStrictEqual(
      (await bot.getUpdates()).map(({ update_id }) => update_id),
      [id],
    );
  });
});

describe("messages", () => {
  it("reach only those who wrote first, and did not block the bot", async () => {
    const ann = telegram.person("Ann");
    assert.strictEqual((await refusal(bot.sendMessage(ann.id, "hi"))).error_code, 403);
    assert.include((await refusal(bot.sendMessage(99, "hi"))).description, "chat not found");
    ann.says("/start");
    await bot.sendMessage(ann.id, "hi");
    ann.blocks();
    assert.strictEqual(
      (await refusal(bot.sendMessage(ann.id, "hi"))).description,
      "Forbidden: bot was blocked by the user",
    );
  });

  it("hold 4096 characters after the markup is taken out", async () => {
    const ann = telegram.person("Ann");
    ann.says("/start");
    await bot.sendMessage(ann.id, `<b>${"x".repeat(4096)}</b>`, { parse_mode: "HTML" });
    assert.include((await refusal(bot.sendMessage(ann.id, "x".repeat(4097)))).description, "too long");
    assert.include((await refusal(bot.sendMessage(ann.id, " "))).description, "text is empty");
  });

  it("must have HTML that parses", async () => {
    const ann = telegram.person("Ann");
    ann.says("/start");
    const send = (text: string) => bot.sendMessage(ann.id, text, { parse_mode: "HTML" });
    await send("<b>a &lt; b</b> <pre>1 &amp; 2</pre>");
    assert.strictEqual(ann.reads().at(-1)?.text, "a < b 1 & 2");
    assert.include((await refusal(send("a < b"))).description, "Unsupported start tag");
    assert.include((await refusal(send("<b>a"))).description, "Can't find end tag");
    assert.include((await refusal(send("<b><i>a</b></i>"))).description, "Unmatched end tag");
    assert.include((await refusal(send("<table>"))).description, "Unsupported start tag");
  });

  it("must have MarkdownV2 that is escaped", async () => {
    const ann = telegram.person("Ann");
    ann.says("/start");
    const send = (text: string) => bot.sendMessage(ann.id, text, { parse_mode: "MarkdownV2" });
    await send("*bold* 1\\.5");
    assert.strictEqual(ann.reads().at(-1)?.text, "bold 1.5");
    assert.include((await refusal(send("1.5"))).description, "must be escaped");
  });

  it("can be edited, unless nothing changes", async () => {
    const ann = telegram.person("Ann");
    ann.says("/start");
    const { message_id } = await bot.sendMessage(ann.id, "one");
    await bot.editMessageText(ann.id, message_id, "two");
    assert.strictEqual(ann.chat.messages.at(-1)?.text, "two");
    assert.include(
      (await refusal(bot.editMessageText(ann.id, message_id, "two"))).description,
      "not modified",
    );
    assert.include((await refusal(bot.editMessageText(ann.id, 999, "x"))).description, "not found");
  });

  it("carry photos that are pictures", async () => {
    const ann = telegram.person("Ann");
    ann.says("/start");
    await bot.sendPhoto(ann.id, new InputFile(png(320, 200), "a.png"), { caption: "equity" });
    assert.deepInclude(ann.reads().at(-1)?.photo, { width: 320, height: 200 });
    const broken = bot.sendPhoto(ann.id, new InputFile(Buffer.from("no picture"), "a.png"));
    assert.include((await refusal(broken)).description, "IMAGE_PROCESS_FAILED");
  });
});

describe("buttons", () => {
  it("are tapped by their label, and answered once", async () => {
    const ann = telegram.person("Ann");
    ann.says("/start");
    await bot.sendMessage(ann.id, "Sure?", { reply_markup: new InlineKeyboard().text("Confirm", "yes:1") });
    ann.taps("Confirm");
    const [, tap] = await bot.getUpdates();
    assert.strictEqual(tap?.callback_query?.data, "yes:1");
    const id = tap?.callback_query?.id ?? "";
    await bot.answerCallbackQuery(id, { text: "Done" });
    assert.deepStrictEqual(telegram.toasts, ["Done"]);
    assert.include((await refusal(bot.answerCallbackQuery(id))).description, "query is too old");
  });

  it("carry 1 to 64 bytes", async () => {
    const ann = telegram.person("Ann");
    ann.says("/start");
    const long = new InlineKeyboard().text("x", "é".repeat(33));
    const sent = bot.sendMessage(ann.id, "x", { reply_markup: long });
    assert.include((await refusal(sent)).description, "BUTTON_DATA_INVALID");
  });
});

describe("faults", () => {
  it("are those of the real one: floods, a gateway, silence, a wrong token", async () => {
    telegram.fails({ kind: "flood", retryAfterSeconds: 7 }, { times: 1 });
    assert.strictEqual((await refusal(bot.getMe())).parameters?.retry_after, 7);
    telegram.fails({ kind: "gateway" }, { times: 1 });
    await expect(bot.getMe()).rejects.toThrow();
    telegram.fails({ kind: "refuse" });
    await expect(bot.getMe()).rejects.toThrow();
    telegram.recovers();
    const other = new Api(`1:${"x".repeat(35)}`, { apiRoot: telegram.url });
    assert.strictEqual((await refusal(other.getMe())).error_code, 401);
    assert.strictEqual((await bot.getMe()).id, 4242);
  });
});
