import { existsSync } from "node:fs";
import { assert, layer } from "@effect/vitest";
import * as Effect from "effect/Effect";
import { afterAll, beforeAll, expect, it } from "vitest";
import { requires } from "./Needs.ts";
import * as Postgres from "./Postgres.ts";

requires("postgres", "a Postgres of our own", () => {
  let server: Postgres.Server;
  beforeAll(async () => {
    server = await Postgres.start({ settings: { work_mem: "7777kB" } });
  });
  afterAll(() => server.destroy());

  it("makes databases that are apart from each other", async () => {
    const one = await server.createDatabase("one");
    const two = await server.createDatabase();
    assert.notStrictEqual(one, two);
    await server.execute("CREATE TABLE only_here (n int)", "one");
    await expect(server.execute("SELECT * FROM only_here")).rejects.toThrow("does not exist");
    await expect(server.createDatabase('x"; DROP')).rejects.toThrow("not a plain lower-case identifier");
  });

  it("keeps what was committed over a kill -9", async () => {
    await server.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");
    await server.kill();
    assert.isFalse(server.isRunning());
    await expect(server.execute("SELECT 1")).rejects.toThrow();
    await server.restart();
    await server.execute("ALTER TABLE kept ADD CONSTRAINT has_it CHECK (n = 1)");
  });

  it("answers nothing while it is frozen, and goes on afterwards", async () => {
    server.pause();
    const frozen = server.execute("SELECT 1").then(() => "answered");
    const first = await Promise.race([frozen, new Promise((resolve) => setTimeout(resolve, 300, "silent"))]);
    assert.strictEqual(first, "silent");
    server.resume();
    assert.strictEqual(await frozen, "answered");
  });

  it("stops when asked, even while frozen, and starts again on the same port", async () => {
    const { port } = server;
    server.pause();
    await server.stop();
    assert.isFalse(server.isRunning());
    await server.restart();
    assert.strictEqual(server.port, port);
    await server.execute("SELECT n FROM kept");
  });

  it("takes the settings it is given", async () => {
    const isSet = (value: string): string =>
      `do $$ begin assert current_setting('work_mem') = '${value}', 'it is another'; end $$`;
    await server.execute(isSet("7777kB"));
    await expect(server.execute(isSet("4MB"))).rejects.toThrow("it is another");
  });
});

requires("postgres", "a Postgres as a layer", () => {
  let folder = "";
  layer(Postgres.layer({ fsync: false }))((test) => {
    test.effect("lives as long as the suite", () =>
      Effect.gen(function* () {
        const server = yield* Postgres.Postgres;
        folder = server.folder;
        yield* Effect.promise(() => server.execute("SELECT 1"));
        assert.isTrue(existsSync(folder));
      }),
    );
  });
  it("and leaves no data behind", () => assert.isFalse(existsSync(folder)));
});
