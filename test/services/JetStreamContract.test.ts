import * as JetStreamBus from "@strom/adapters/jetstream/JetStreamBus.ts";
import { Effect, Layer } from "effect";
import * as EventBus from "../contracts/EventBus.ts";
import * as Nats from "../servers/Nats.ts";
import { requires } from "../servers/Needs.ts";

const layer = Layer.unwrap(
  Effect.map(Nats.scoped, (server) => JetStreamBus.layer({ url: server.url, epoch: "contract" })),
);

requires("nats", "the bus over a real nats-server", () => {
  EventBus.suite("JetStream", layer);
});
