import { Effect } from "effect";
import { afterAll, assert, beforeAll, it } from "vitest";
import * as Child from "../servers/Child.ts";
import { requires } from "../servers/Needs.ts";
import * as Postgres from "../servers/Postgres.ts";
import * as Strom from "../servers/Strom.ts";
import * as Fleet from "./Fleet.ts";

requires("postgres", "strom up over a Postgres of one's own", () => {
  let postgres: Postgres.Server;
  beforeAll(async () => {
    postgres = await Postgres.start({ fsync: false });
  });
  afterAll(() => postgres.destroy());

  it("a record that does not add up stops the start before anything is said or moved", async () => {
    const env = { DATABASE_URL: await postgres.createDatabase(), STROM_HTTP_PORT: "0" };
    assert.strictEqual((await Strom.run(["migrate"], env)).code, 0);
    await Effect.runPromise(Fleet.broken(env));
    const { code, out, err } = await Strom.run(["up"], env);
    assert.strictEqual(code, 1);
    assert.strictEqual(out, "");
    assert.match(err, /the record is broken/);
  });

  it("an address that names no user is refused by name", async () => {
    const { code, err } = await Strom.run(["up", "--port", "0"], {
      DATABASE_URL: "postgres://127.0.0.1:1/strom",
    });
    assert.strictEqual(code, 1);
    assert.match(err, /DATABASE_URL names no user/);
  });

  it("goes on without the broker, says so once, in one sentence a line, and counts from zero", async () => {
    const env = { DATABASE_URL: await postgres.createDatabase(), NATS_URL: "nats://127.0.0.1:1" };
    const strom = await Strom.start(["up"], env);
    try {
      await Child.until(() => strom.log().includes("does not answer"), 20_000, "the warning");
      const lines = strom.log().split("\n");
      assert.strictEqual(lines.filter((line) => line.includes("NATS_URL does not answer")).length, 1);
      assert.isTrue(lines.every((line) => line.split(" message=").length < 3));
      const metrics = await (await fetch(`${strom.url}/metrics`)).text();
      assert.match(metrics, /^strom_dead_letters_total\S* 0$/m);
    } finally {
      await strom.destroy();
    }
  });
});
