import * as StromClient from "@strom/adapters/http/StromClient.ts";
import * as AgentNames from "@strom/apps/telegram/notices/AgentNames.ts";
import { Effect } from "effect";
import { FetchHttpClient } from "effect/http";
import { afterAll, assert, beforeAll, it } from "vitest";
import type { House } from "./House.ts";
import * as Houses from "./House.ts";
import { Relay } from "./Relay.ts";

const user = "ann@example.com";

let house: House;
let relay: Relay;
beforeAll(async () => {
  house = await Houses.open();
  relay = await Relay.start(house.stromUrl);
});
afterAll(async () => {
  await relay.close();
  await house.close();
});

it("a name that could not be had is asked for again a few seconds later", async () => {
  const { id } = await house.create(user, { name: "momentum" });
  const nameOf = await Effect.runPromise(
    StromClient.make({ baseUrl: relay.url, headers: { "x-strom-user": user } }).pipe(
      Effect.map(AgentNames.make),
      Effect.provide(FetchHttpClient.layer),
    ),
  );
  relay.cut();
  assert.strictEqual(await Effect.runPromise(nameOf(id)), id.slice(0, 8));
  relay.mend();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  assert.strictEqual(await Effect.runPromise(nameOf(id)), "momentum");
});
