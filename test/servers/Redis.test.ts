import { assert } from "@effect/vitest";
import { createClient } from "redis";
import { afterAll, beforeAll, it } from "vitest";
import { requires } from "./Needs.ts";
import * as Redis from "./Redis.ts";

requires("redis", "a Redis of our own", () => {
  let server: Redis.Server;
  beforeAll(async () => {
    server = await Redis.start();
  });
  afterAll(() => server.destroy());

  it("answers, and comes back empty after a kill -9", async () => {
    const before = await createClient({ url: server.url, socket: { reconnectStrategy: false } })
      .on("error", () => {})
      .connect();
    await before.set("kept", "no");
    assert.strictEqual(await before.get("kept"), "no");
    await server.kill();
    before.destroy();

    await server.restart();
    const after = await createClient({ url: server.url }).connect();
    assert.isNull(await after.get("kept"));
    after.destroy();
  });
});
