import { readdirSync } from "node:fs";
import { assert } from "@effect/vitest";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as Nats from "./Nats.ts";
import { requires } from "./Needs.ts";

requires("nats", "a nats-server of our own", () => {
  let server: Nats.Server;
  beforeAll(async () => {
    server = await Nats.start();
  });
  afterAll(() => server.destroy());

  const streams = async (): Promise<ReadonlyArray<string>> => {
    const connection = await connect({ servers: server.url });
    try {
      const manager = await jetstreamManager(connection);
      const found: Array<string> = [];
      for await (const name of manager.streams.names()) found.push(name);
      return found;
    } finally {
      await connection.close();
    }
  };

  it("has JetStream with an empty store", async () => {
    assert.deepStrictEqual(await streams(), []);
    const connection = await connect({ servers: server.url });
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: "KEPT", subjects: ["kept.>"] });
    await connection.close();
  });

  it("keeps its streams over a kill -9", async () => {
    await server.kill();
    await server.restart();
    assert.deepStrictEqual(await streams(), ["KEPT"]);
  });

  it("answers nothing while it is frozen", async () => {
    server.pause();
    await expect(connect({ servers: server.url, timeout: 300, reconnect: false })).rejects.toThrow();
    server.resume();
    assert.deepStrictEqual(await streams(), ["KEPT"]);
  });

  it("forgets everything when its store is wiped, and only then", async () => {
    assert.throws(() => server.wipeStore(), "stop or kill");
    await server.stop();
    server.wipeStore();
    assert.deepStrictEqual(readdirSync(server.storeFolder), []);
    await server.restart();
    assert.deepStrictEqual(await streams(), []);
  });
});
