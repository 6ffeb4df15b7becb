import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { Effect, Schema } from "effect";
import { afterAll, assert, beforeAll, describe, it } from "vitest";
import * as Child from "../servers/Child.ts";
import * as Folder from "../servers/Folder.ts";
import * as Strom from "../servers/Strom.ts";
import * as Fleet from "./Fleet.ts";

const Items = Schema.Struct({ items: Schema.Array(Schema.Struct({ id: Schema.String })) });

/** The ids of a list of the API. */
const idsOf = async (url: string): Promise<ReadonlyArray<string>> => {
  const response = await fetch(url);
  return Schema.decodeUnknownSync(Items)(await response.json()).items.map(({ id }) => id);
};

const folder = Folder.make("up");
afterAll(() => Folder.remove(folder));

describe("strom up --demo", () => {
  const dataDir = join(folder, "data");
  let strom: Strom.Process;
  beforeAll(async () => {
    strom = await Strom.start(["up", "--demo"], { STROM_DATA_DIR: dataDir });
  }, 90_000);
  afterAll(() => strom.destroy());

  it("says where it is before anything else, once it is ready, and tells the first fill within ten seconds", async () => {
    assert.match(strom.log(), /^STROM is at http:\/\/127\.0\.0\.1:\d+\n/);
    assert.strictEqual((await fetch(`${strom.url}/health/ready`)).status, 200);
    await Child.until(() => / fill {4}(BUY|SELL) /.test(strom.log()), 15_000, "the demo's first fill");
    assert.notInclude(strom.log(), "\u001b[");
  });

  it("is ready, and its agent's books answer", async () => {
    const ready = await fetch(`${strom.url}/health/ready`);
    assert.strictEqual(ready.status, 200);
    const agents = await idsOf(`${strom.url}/v1/agents`);
    assert.strictEqual(agents.length, 1);
    const trades = () => idsOf(`${strom.url}/v1/agents/${agents[0]}/trades`);
    await Child.until(async () => (await trades()).length > 0, 30_000, "the first trade in the books");
  });

  it("refuses a second start on its data directory, and on its port", async () => {
    const second = await Strom.run(["up", "--port", "0"], { STROM_DATA_DIR: dataDir });
    assert.strictEqual(second.code, 1);
    assert.include(second.err, `STROM_DATA_DIR ${dataDir}`);
    const port = new URL(strom.url).port;
    const third = await Strom.run(["up", "--port", port], { STROM_DATA_DIR: join(folder, "other") });
    assert.strictEqual(third.code, 1);
    assert.match(third.err, new RegExp(`STROM_HTTP_PORT ${port} is already in use.*choose another`));
  });

  it("stops in order within five seconds when told to, with a reader still listening", async () => {
    const abort = new AbortController();
    await fetch(`${strom.url}/v1/events`, { signal: abort.signal });
    const { tookMs, code } = await strom.stop();
    abort.abort();
    assert.strictEqual(code, 0);
    assert.isBelow(tookMs, 5_000);
  });

  it("finds its one agent again at the next start", async () => {
    const again = await Strom.start(["up", "--demo"], { STROM_DATA_DIR: dataDir });
    try {
      assert.strictEqual((await idsOf(`${again.url}/v1/agents`)).length, 1);
    } finally {
      await again.destroy();
    }
  });
});

describe("The commands", () => {
  it.each([[[]], [["up"]], [["migrate"]], [["config"]]])(
    "%j --help explains itself with an example",
    async (args) => {
      const { code, out } = await Strom.run([...args, "--help"]);
      assert.strictEqual(code, 0);
      assert.match(out, /EXAMPLES/);
    },
  );

  it("config prints every variable, and ends with 1 when one is wrong", async () => {
    const fine = await Strom.run(["config"], { DATABASE_URL: "postgres://u:hunter2@localhost/d" });
    assert.strictEqual(fine.code, 0);
    for (const name of ["DATABASE_URL", "STROM_HTTP_PORT", "STROM_MARKET", "TELEGRAM_BOT_TOKEN"]) {
      assert.include(fine.out, name);
    }
    assert.notInclude(fine.out, "hunter2");
    const wrong = await Strom.run(["config"], { STROM_HTTP_PORT: "99999" });
    assert.strictEqual(wrong.code, 1);
    assert.match(wrong.out, /STROM_HTTP_PORT is "99999"/);
  });

  it("migrate is quick the second time", async () => {
    const env = { STROM_DATA_DIR: join(folder, "migrated") };
    const first = await Strom.run(["migrate"], env);
    assert.match(first.out, /applied 0001_seed_tables/);
    const second = await Strom.run(["migrate"], env);
    assert.match(second.out, /nothing to do/);
  });

  it("a wrong variable stops the start in one sentence, without a stack", async () => {
    const { code, err } = await Strom.run(["up"], { STROM_SEED: "abc" });
    assert.strictEqual(code, 1);
    assert.match(err, /^strom: STROM_SEED is "abc"; it should be a whole number/);
    assert.notMatch(err, /\n\s+at /);
  });

  it("a recording that cannot be played stops the start before anything is said", async () => {
    const file = join(folder, "BAD-1m.csv");
    writeFileSync(file, "ts,open,high,low,close,volume\n2026-01-01T00:00:00Z,1,2,0.5,many,3\n");
    for (const [name, reason] of [
      [file, /BAD-1m\.csv/],
      [join(folder, "none.csv"), /none\.csv, which cannot be read/],
    ] as const) {
      const env = {
        STROM_DATA_DIR: join(folder, "replayed"),
        STROM_MARKET: `replay:${name}`,
        STROM_HTTP_PORT: "0",
      };
      const { code, out, err } = await Strom.run(["up", "--demo"], env);
      assert.strictEqual(code, 1);
      assert.strictEqual(out, "");
      assert.match(err, reason);
    }
  });

  it("a record that does not add up stops the start before anything is said or moved", async () => {
    const env = { STROM_DATA_DIR: join(folder, "broken"), STROM_HTTP_PORT: "0" };
    assert.strictEqual((await Strom.run(["migrate"], env)).code, 0);
    await Effect.runPromise(Fleet.broken(env));
    const { code, out, err } = await Strom.run(["up", "--demo"], env);
    assert.strictEqual(code, 1);
    assert.strictEqual(out, "");
    assert.match(err, /the record is broken/);
  });

  it("a port somebody else has stops the start before the data directory is touched", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) =>
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      }),
    );
    const { code, err } = await Strom.run(["up"], {
      STROM_HTTP_PORT: String(port),
      STROM_DATA_DIR: join(folder, "no"),
    });
    server.close();
    assert.strictEqual(code, 1);
    assert.include(err, "STROM_HTTP_PORT");
  });
});
