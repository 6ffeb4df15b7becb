import { readFileSync, writeFileSync } from "node:fs";
import { PNG } from "pngjs";
import { afterAll, assert, beforeAll, it } from "vitest";
import type { House } from "./House.ts";
import * as Houses from "./House.ts";
import * as Life from "./Life.ts";
import { Transcript } from "./Transcript.ts";

/** The session in docs/TELEGRAM.md is this one. STROM_WRITE_DOCS=1 writes it there instead of comparing. */
const page = new URL("../../../docs/TELEGRAM.md", import.meta.url);
const picture = new URL("../../../docs/pictures/telegram-equity.png", import.meta.url);
const isWriting = process.env["STROM_WRITE_DOCS"] === "1";

const user = "ann@example.com";
const now = Date.UTC(2026, 0, 30, 15, 30);

let house: House;
beforeAll(async () => {
  house = await Houses.open();
  house.pass(now - Date.now());
});
afterAll(() => house.close());

/** An agent that has traded for some slots, and was made the longer ago the more they are. */
const agentOf = async (name: string, slots: number): Promise<string> => {
  const { id } = await house.create(user, { name, universe: { symbols: ["BTC-USD"] } });
  await house.sql(
    (sql) => sql`update agents set created_at = ${new Date(now - 86_400_000 - slots)} where id = ${id}::uuid`,
  );
  await Life.live(house, id, slots, now);
  return id;
};

it("a session reads as docs/TELEGRAM.md shows it", async () => {
  // Without anybody who could be talked to the bot would wait.
  await house.codeFor("somebody@example.com");
  house.startBot();
  const ann = house.telegram.person("Ann");
  const session = new Transcript(ann);

  await session.says("/status", /not linked/);
  await session.says(`/start ${await house.codeFor(user)}`, /linked to/, "/start zYQ3m2FvQ1uKJc0yq1XvSg");
  const momentum = await agentOf("momentum", 45);
  await agentOf("زخم", 20);
  await session.says("/status");
  const question = await session.says("/startagent mom");
  await session.taps("Confirm start", question);
  await house.tell([Houses.filled(momentum, 2, now + 5_000)]);
  await session.hears(/BUY 0\.5/);
  await house.tell([Houses.rejected(momentum, 3, now + 6_000)]);
  await session.hears(/rejected/);
  await session.says("/trades momentum 3");
  await session.says("/positions momentum");
  const chart = await session.says("/pnl momentum");
  await session.says("/risk momentum", /cooldown/);
  await session.says("/daily");
  await session.says("/notify rejects off");
  await session.says("/status nobody");
  await session.says("/health", /STROM is/);
  await session.says("/buy BTC");
  const kill = await session.says("/stopall", /Stop 1 agent\?/);
  await session.taps("Confirm stop", kill);

  const png = chart.photo?.png ?? assert.fail("no picture");
  const block = `<!-- session -->\n\n\`\`\`text\n${session.text.trimEnd()}\n\`\`\`\n\n<!-- /session -->`;
  const text = readFileSync(page, "utf8");
  const between = /<!-- session -->[\s\S]*<!-- \/session -->/;
  assert.match(text, between);
  if (isWriting) {
    writeFileSync(
      page,
      text.replace(between, () => block),
    );
    writeFileSync(picture, png);
    return;
  }
  assert.strictEqual(between.exec(text)?.[0], block, "run this test once with STROM_WRITE_DOCS=1");
  const [drawn, shown] = [PNG.sync.read(png), PNG.sync.read(readFileSync(picture))];
  assert.isTrue(drawn.data.equals(shown.data), "the picture in docs/ is another one");
});
