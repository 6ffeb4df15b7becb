import { assert, describe, it } from "@effect/vitest";
import { Event, Id, Ledger, Money, Risk } from "@strom/core";
import { Result } from "effect";
import fc from "fast-check";
import * as Worlds from "./Worlds.ts";

const AGENT = Id.derive("agent", 1) as Id.AgentId;

const tick = Event.agentTick({
  agentId: AGENT,
  at: 1_700_000_000_000,
  slot: 7,
  frequencySeconds: 60,
  missed: 2,
});
const changed = Event.agentChanged({
  agentId: AGENT,
  at: 5,
  sequence: 3,
  from: "RUNNING",
  to: "PAUSED",
  configVersion: 2,
  reason: "asked for",
});
const market = Event.marketTick({
  at: 1_700_000_000_123,
  symbol: "NSE:NIFTY50-INDEX",
  price: Money.price(7_424_910_000n),
  volume: 0.5,
  source: "sim",
});

/** Every event of an agent's life, in the order it is told. */
const events = Worlds.story(12).map(
  ({ spec, market: slots }): ReadonlyArray<Event.Event> => [
    tick,
    changed,
    market,
    ...Worlds.live(spec, slots)[1].flatMap(({ run, review, settlements }) => {
      const about = { agentId: run.agentId, slot: run.slot };
      return [
        Event.agentRun(run, 4),
        ...run.signals.map((signal) => Event.signalCreated(run.at, signal)),
        Event.pnlUpdated({ ...about, order: null }, review.snapshot),
        ...review.verdicts.map((verdict) =>
          verdict._tag === "Approved"
            ? Event.orderIntent(verdict.order)
            : Event.orderRejected(verdict.order, verdict.reason, Risk.records(verdict.evidence)),
        ),
        ...settlements.flatMap(({ order, fill, realized, account, snapshot }) => [
          Event.orderFilled(order, fill, realized, Ledger.position(account, order.symbol).qty),
          Event.pnlUpdated({ ...about, order: coordinates(order) }, snapshot),
        ]),
      ];
    }),
  ],
);

const coordinates = ({ agentId, slot, origin, symbol }: Event.OrderIntent["order"]) => ({
  agentId,
  slot,
  origin,
  symbol,
});

const refusal = (wire: unknown): string => {
  const decoded = Event.decode(wire);
  return Result.isFailure(decoded) ? decoded.failure.message : "accepted";
};

describe("Event", () => {
  it("reads back every event exactly as it was told", () => {
    fc.assert(
      fc.property(events, (told) => {
        for (const event of told) {
          assert.deepStrictEqual(Result.getOrThrow(Event.parse(Event.stringify(event))), event);
        }
      }),
    );
  });

  it("reads back books whose sums outgrew a single amount, up to the ledger's columns", () => {
    const top = Money.cash(Money.MAX_SUM);
    const snapshot = {
      at: 9,
      equity: top,
      realized: top,
      unrealized: Money.negate(Money.cash(0n)),
      fees: top,
    };
    const told = Event.pnlUpdated(
      { agentId: AGENT, slot: 7, order: null },
      { ...snapshot, drawdown: Money.ZERO_CASH },
    );
    assert.deepStrictEqual(Result.getOrThrow(Event.parse(Event.stringify(told))), told);

    const life = fc.sample(events, { numRuns: 20, seed: 1 }).flat();
    const intent = life.find((event) => event._tag === "order.intent");
    assert.isDefined(intent);
    const wire = JSON.parse(Event.stringify(intent ?? tick));
    wire.payload.peak_equity = "1000034743451.310739";
    assert.strictEqual(refusal(wire), "accepted");
  });

  it("gives every event of a life its own id, and the same one when told again", () => {
    fc.assert(
      fc.property(events, (told) => {
        const ids = told.map(({ id }) => id);
        assert.strictEqual(new Set(ids).size, ids.length);
      }),
    );
    assert.strictEqual(Event.agentTick({ ...tick, missed: 9 }).id, tick.id);
  });

  it("is told in snake_case, with decimal strings and instants a person can read", () => {
    assert.deepStrictEqual(Event.encode(market), {
      id: market.id,
      topic: "strom.market.tick",
      version: 1,
      at: "2023-11-14T22:13:20.123Z",
      payload: { symbol: "NSE:NIFTY50-INDEX", price: "7424.91", volume: 0.5, source: "sim" },
    });
    assert.deepStrictEqual(Event.encode(tick), {
      id: tick.id,
      topic: "strom.agent.tick",
      version: 1,
      agent_id: AGENT,
      at: "2023-11-14T22:13:20.000Z",
      payload: { slot: 7, frequency_seconds: 60, missed: 2 },
    });
  });

  it.each<[string, object, string]>([
    ["another version", { version: 0 }, "version: 0 is refused: this release reads version 1 only"],
    ["a newer version", { version: 2 }, "version 2 is of a newer release: this one reads version 1 only"],
    ["an unknown topic", { topic: "strom.agent.dreamt" }, "topic: "],
    ["a topic that is not ours", { topic: "agent.tick" }, "topic: "],
    ["an unknown property", { extra: 1 }, "extra: 1 is refused: no such property"],
    ["a missing agent", { agent_id: undefined }, "agent_id: "],
    ["a malformed id", { id: "7" }, "id: "],
    ["an instant without its zone", { at: "2023-11-14T22:13:20.000" }, "at: "],
    ["a day that does not exist", { at: "2023-02-30T00:00:00.000Z" }, "at: "],
    [
      "an unknown property of the payload",
      { payload: { slot: 7, frequency_seconds: 60, missed: 2, x: 1 } },
      "payload.x: 1 is refused: no such property, there is slot, frequency_seconds, missed",
    ],
    [
      "a payload without its slot",
      { payload: { frequency_seconds: 60, missed: 2 } },
      "payload.slot: a value is needed",
    ],
    [
      "a negative count",
      { payload: { slot: 7, frequency_seconds: 60, missed: -1 } },
      "payload.missed: -1 is refused",
    ],
  ])("refuses %s", (_, change, message) => {
    const wire = JSON.parse(JSON.stringify({ ...Event.encode(tick), ...change }));
    assert.isTrue(refusal(wire).startsWith(message), refusal(wire));
  });

  it.each([
    ["NaN", "NaN"],
    ["a seventh decimal", "1.0000001"],
    ["zero", "0"],
    ["an exponent", "1e3"],
  ])("lets no price of %s in", (_, price) => {
    const wire = { ...Event.encode(market), payload: { ...Event.encode(market).payload, price } };
    assert.include(refusal(wire), "payload.price");
  });

  it("refuses what is not JSON", () => {
    assert.strictEqual(Result.isFailure(Event.parse("{")), true);
    assert.strictEqual(refusal(null), "null is refused: an object is needed");
  });

  it("spreads agents over the partitions, each always to the same", () => {
    const partitions = 16;
    const counts = new Array<number>(partitions).fill(0);
    for (let n = 0; n < 1_600; n++) {
      const partition = Event.partition(Id.derive("agent", n), partitions);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    // Chi-square with 15 degrees of freedom: 37.7 is passed by one fair spread in a thousand.
    assert.isBelow(
      counts.reduce((sum, n) => sum + (n - 100) ** 2 / 100, 0),
      37.7,
    );
    assert.strictEqual(Event.partition("8c1f2f0e-6f0a-4c1c-9d57-6d2f3b1a9e10", partitions), PINNED);
  });
});

/** Never to change: it says which partition an agent's history is in. */
const PINNED = 0;
