import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as Sentences from "@strom/apps/telegram/Sentences.ts";
import { afterAll, assert, beforeAll, describe, it } from "vitest";
import * as Port from "../../servers/Port.ts";
import { strom } from "../cli/Strom.ts";
import type { House } from "./House.ts";
import * as Houses from "./House.ts";

let house: House;
beforeAll(async () => {
  house = await Houses.open();
  house.startBot();
  await house.codeFor("first@example.com");
});
afterAll(() => house.close());

/** `strom telegram link` as a person would type it, of the API at `url`. */
const link = (args: ReadonlyArray<string> = [], url = house.stromUrl) =>
  strom(["telegram", "link", ...args], { STROM_API_URL: url });

describe("strom telegram link", () => {
  it("is what a stranger is told of, and prints what to send to the bot", async () => {
    const ann = house.telegram.person("Ann");
    assert.include((await ann.asks("/status")).text, "strom telegram link");
    assert.include(Sentences.stranger, "/start CODE");
    const { code, out, err } = await link();
    assert.strictEqual(code, 0, err);
    const [command = "", , sentence = ""] = out.split("\n");
    assert.match(
      sentence,
      /private chat\. It links that chat to dev@strom\.local, once, until \d\d:\d\d:\d\d UTC/,
    );
    await ann.asks(command, /linked to dev@strom\.local/);
  });

  it("asks for another user, and answers programs", async () => {
    const bob = house.telegram.person("Bob");
    const { out } = await link(["--user", "Bob@example.com", "--json"], `${house.stromUrl}/`);
    await bob.asks(JSON.parse(out).command, /linked to bob@example\.com/);
  });

  it.each(["", "bob@", "bób@example.com"])("refuses %j, which is nobody", async (user) => {
    const { code, out, err } = await link(["--user", user]);
    assert.strictEqual(code, 1);
    assert.include(err, "flag --user");
    assert.include(err, "Expected: an e-mail address such as someone@example.com");
    assert.notInclude(out, "/start");
  });

  it("says what is in its way: nobody there, somebody else there, the API's own refusal", async () => {
    const gone = await link([], `http://127.0.0.1:${await Port.free()}`);
    assert.strictEqual(gone.code, 2);
    assert.match(
      gone.err,
      /^strom: STROM_API_URL http:\/\/127\.0\.0\.1:\d+: STROM does not answer: .*; start STROM/,
    );
    const other = createServer((_, response) => response.end("<h1>It works!</h1>"));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const strange = await link([], `http://127.0.0.1:${port}`);
    other.close();
    assert.strictEqual(strange.code, 2);
    assert.match(strange.err, /^strom: STROM_API_URL .* name where its API is\n$/);
    for (let n = 0; n < 3; n++) await house.link(house.telegram.person(`Phone ${n}`), "many@example.com");
    const full = await link(["--user", "many@example.com"]);
    assert.strictEqual(full.code, 2);
    assert.match(full.err, /^strom: 3 chats are linked, which is as many as one may have/);
  });

  it("mistyped starts no bot", async () => {
    const { code, err } = await strom(["telegram", "lnk"]);
    assert.strictEqual(code, 1);
    assert.include(err, 'Unknown subcommand "lnk" for "strom telegram"');
  });
});
