import { assert, layer } from "@effect/vitest";
import * as EventStream from "@strom/apps/api/EventStream.ts";
import { Event, Id } from "@strom/core";
import { Database, EventBus, Journal } from "@strom/core/ports";
import { Effect, Fiber, Latch, Queue, Schema, Stream } from "effect";
import { SqlClient } from "effect/sql";
import type { Seen } from "./Listening.ts";
import { listen, listening, parse } from "./Listening.ts";
import * as TestApi from "./TestApi.ts";

const { ask, create } = TestApi;

const asAgentId = Schema.decodeUnknownSync(Id.AgentId);

/** One tick of an agent in the journal, and on the bus, as the scheduler would write it. */
const tick = (agentId: string, slot: number) =>
  Effect.gen(function* () {
    const journal = yield* Journal;
    const bus = yield* EventBus;
    const { partitions, transaction } = yield* Database;
    const event = Event.agentTick({
      agentId: asAgentId(agentId),
      at: Date.now(),
      slot,
      frequencySeconds: 1,
      missed: 0,
    });
    const rows = yield* transaction(
      journal.append([
        {
          topic: event._tag,
          partition: Event.partition(agentId, partitions),
          eventId: event.id,
          agentId,
          payload: Event.encode(event),
          at: event.at,
        },
      ]),
    );
    yield* bus.publish(rows);
  });

layer(TestApi.layer, { excludeTestServices: true })("The event stream", (it) => {
  it.effect("cut and resumed 20 times shows every event once, in order per agent", () =>
    Effect.gen(function* () {
      const user = "cut@x.org";
      const agents = [yield* create(user), yield* create(user), yield* create(user)];
      const stranger = yield* create("stranger@x.org");
      const now = yield* Effect.flatMap(Journal, (journal) => journal.feedNow);
      const { epoch } = yield* Database;
      const slots = 120;
      let cuts = 0;
      const writer = yield* Effect.gen(function* () {
        for (let slot = 0; slot < slots; slot++) {
          // A twentieth of it for each cut, so that there is something left to cut, however slow a reader comes back.
          while (slot >= (cuts + 1) * (slots / 20)) yield* Effect.sleep(5);
          for (const { id } of [...agents, stranger]) yield* tick(id, slot);
          yield* Effect.sleep(5);
        }
      }).pipe(Effect.forkChild);

      const seen: Array<Seen> = [];
      let lastEventId = `${epoch}.${now}`;
      while (seen.length < slots * agents.length && cuts < 200) {
        const enough = cuts < 20 ? 1 + ((cuts * 7) % 13) : Number.POSITIVE_INFINITY;
        const events = yield* listen("/v1/events", { user, lastEventId, enough, ms: 1_500 });
        seen.push(...events);
        lastEventId = events.at(-1)?.id ?? lastEventId;
        cuts += 1;
      }
      yield* Fiber.join(writer);

      assert.isAtLeast(cuts, 20);
      assert.strictEqual(seen.length, slots * agents.length);
      assert.strictEqual(new Set(seen.map(({ data }) => data.id)).size, seen.length);
      for (const { id } of agents) {
        const own = seen.filter(({ data }) => data.agent_id === id).map(({ data }) => data.payload.slot);
        assert.deepStrictEqual(
          own,
          Array.from({ length: slots }, (_, slot) => slot),
        );
      }
    }),
  );

  it.effect("tells the topic by its name on the wire, and an agent's changes in order", () =>
    Effect.gen(function* () {
      const user = "topic@x.org";
      const { id } = yield* create(user);
      const reader = yield* listening(`/v1/agents/${id}/events`, { user, enough: 3, ms: 20_000 });
      for (const event of ["start", "pause", "stop"])
        yield* ask("POST", `/v1/agents/${id}/${event}`, { user });
      const events = yield* Fiber.join(reader);
      assert.deepStrictEqual(
        events.map(({ topic, data }) => [topic, (data.payload as { to?: string }).to]),
        [
          ["strom.agent.changed", "RUNNING"],
          ["strom.agent.changed", "PAUSED"],
          ["strom.agent.changed", "STOPPED"],
        ],
      );
    }),
  );

  it.effect("an agent made while the stream is open is heard from its first event on", () =>
    Effect.gen(function* () {
      const user = "later@x.org";
      const reader = yield* listening("/v1/events", { user, enough: 2, ms: 20_000 });
      const { id } = yield* create(user);
      yield* ask("POST", `/v1/agents/${id}/start`, { user });
      const events = yield* Fiber.join(reader);
      assert.deepStrictEqual(
        events.map(({ data }) => (data.payload as { to?: string }).to),
        ["CONFIGURED", "RUNNING"],
      );
    }),
  );

  it.effect("the id may be given in the query, for clients that set no headers", () =>
    Effect.gen(function* () {
      const user = "query@x.org";
      const { id } = yield* create(user);
      const { epoch } = yield* Database;
      const now = yield* Effect.flatMap(Journal, (journal) => journal.feedNow);
      yield* tick(id, 1);
      yield* tick(id, 2);
      const all = yield* listen(`/v1/events?last_event_id=${epoch}.${now}`, { user, enough: 2, ms: 20_000 });
      const rest = yield* listen(`/v1/events?last_event_id=${all[0]?.id}`, { user, enough: 1, ms: 20_000 });
      assert.deepStrictEqual(
        rest.map(({ data }) => data.payload.slot),
        [2],
      );
    }),
  );

  it.effect("an id of another journal begins anew, and says so", () =>
    Effect.gen(function* () {
      const url = yield* TestApi.baseUrl;
      const first = yield* Effect.promise(async () => {
        const abort = new AbortController();
        const response = await fetch(`${url}/v1/events`, {
          headers: { "last-event-id": "00000000-0000-0000-0000-000000000000.5-5" },
          signal: abort.signal,
        });
        const chunk = await response.body?.getReader().read();
        abort.abort();
        return new TextDecoder().decode(chunk?.value);
      });
      assert.match(first, /^id: \S+\nevent: strom\.stream\.reset\n/);
    }),
  );

  it.effect(
    "an id ahead of all that was told begins anew and says so, instead of being silent for ever",
    () =>
      Effect.gen(function* () {
        const user = "ahead@x.org";
        const { id } = yield* create(user);
        const { epoch } = yield* Database;
        const lastEventId = `${epoch}.99999999-1`;
        yield* tick(id, 0).pipe(Effect.delay("1 second"), Effect.forkScoped);
        const [reset, next] = yield* listen("/v1/events", { user, lastEventId, enough: 2, ms: 6_000 });
        assert.strictEqual(reset?.topic, "strom.stream.reset");
        assert.strictEqual(next?.data.payload.slot, 0);
      }),
  );

  it.effect("an id older than what is kept says that something is missing, then tells what is left", () =>
    Effect.gen(function* () {
      const user = "late@x.org";
      const { id } = yield* create(user);
      const journal = yield* Journal;
      const { epoch } = yield* Database;
      const seen = `${epoch}.${yield* journal.feedNow}`;
      yield* tick(id, 1);
      const missed = yield* listen("/v1/events", { user, lastEventId: seen, enough: 1, ms: 20_000 });
      assert.deepStrictEqual(
        missed.map(({ data }) => data.payload.slot),
        [1],
      );
      // Retention, as if days had passed; then life goes on.
      const sql = yield* SqlClient.SqlClient;
      yield* sql`
        insert into publish_cursors (topic, partition, position) select topic, partition, head from journal_heads
        on conflict (topic, partition) do update set position = excluded.position`;
      yield* sql`
        insert into cursors (stage, topic, partition, position)
        select 'runtime', topic, partition, head from journal_heads where topic = 'agent.tick'`;
      assert.isAbove(yield* journal.prune(Date.now() + 86_400_000), 0);
      yield* tick(id, 2);
      const after = (lastEventId: string, enough: number) =>
        listen("/v1/events", { user, lastEventId, enough, ms: 20_000 });
      const [reset, left] = yield* after(seen, 2);
      assert.strictEqual(reset?.topic, "strom.stream.reset");
      assert.strictEqual(left?.data.payload.slot, 2);
      // Whoever comes back with the reset's own id has missed nothing since.
      const [next] = yield* after(reset?.id ?? "", 1);
      assert.deepStrictEqual(next, left);
    }),
  );

  it.effect("an id that is none is refused", () =>
    Effect.gen(function* () {
      const { epoch } = yield* Database;
      for (const id of ["7", "x.y", "1-1", "' or 1=1 --.1-1", `${epoch}.nonsense`, `${epoch}.`]) {
        const { status, body } = yield* ask("GET", `/v1/events?last_event_id=${encodeURIComponent(id)}`);
        assert.strictEqual(status, 400, id);
        assert.strictEqual(body.code, "invalid_event_id");
      }
    }),
  );

  it.effect("a user has five streams at most, and a closed one makes room", () =>
    Effect.gen(function* () {
      const url = yield* TestApi.baseUrl;
      const headers = { "x-strom-user": "six@x.org" };
      const open = () =>
        Effect.promise(async () => {
          const abort = new AbortController();
          const response = await fetch(`${url}/v1/events`, { headers, signal: abort.signal });
          // The response is kept, since a stream nobody holds is closed by the garbage collector.
          return { response, status: response.status, abort };
        });
      const five = yield* Effect.forEach(Array.from({ length: 5 }), open);
      assert.deepStrictEqual(
        five.map(({ status }) => status),
        [200, 200, 200, 200, 200],
      );
      const sixth = yield* open();
      assert.strictEqual(sixth.status, 429);
      assert.isNotNull(sixth.response.headers.get("retry-after"));
      const other = yield* ask("GET", "/v1/me", { user: "other@x.org" });
      assert.strictEqual(other.status, 200);
      five[0]?.abort.abort();
      const next = yield* open().pipe(
        Effect.delay(20),
        Effect.repeat({ until: ({ status }) => status !== 429 }),
        Effect.timeout("20 seconds"),
      );
      assert.strictEqual(next.status, 200);
      for (const { abort } of [...five, next]) abort.abort();
    }),
  );

  it.effect("a HEAD of the stream leaves nothing open", () =>
    Effect.gen(function* () {
      const url = yield* TestApi.baseUrl;
      const headers = { "x-strom-user": "head@x.org" };
      for (let n = 0; n < 7; n++) {
        const response = yield* Effect.promise(() => fetch(`${url}/v1/events`, { method: "HEAD", headers }));
        assert.strictEqual(response.status, 200);
      }
    }),
  );

  it.effect(
    "a reader that falls 256 behind is closed with a hint to come back, and nothing it read is lost",
    () =>
      Effect.gen(function* () {
        const { id } = yield* create("slow@x.org");
        const { epoch } = yield* Database;
        const position = yield* Effect.flatMap(Journal, (journal) => journal.feedNow);
        for (let slot = 0; slot < 700; slot++) yield* tick(id, slot);
        let text = "";
        yield* EventStream.make({
          start: { position, resetTo: null },
          agentIds: Effect.succeed([id]),
          wait: () => Effect.sleep(50),
        }).pipe(
          Stream.rechunk(1),
          Stream.runForEach((part) =>
            Effect.gen(function* () {
              const isFirst = text === "";
              text += part;
              // Stops reading once, for longer than the buffer may stay full.
              if (isFirst) yield* Effect.sleep("7 seconds");
            }),
          ),
        );
        assert.match(text, /retry: \d+\n\n$/);
        const seen = parse(text);
        assert.isBelow(seen.length, 700);
        assert.deepStrictEqual(
          seen.map(({ data }) => data.payload.slot),
          Array.from({ length: seen.length }, (_, slot) => slot),
        );
        const lastEventId = seen.at(-1)?.id ?? "";
        assert.isTrue(lastEventId.startsWith(epoch));
        const rest = yield* listen("/v1/events", {
          user: "slow@x.org",
          lastEventId,
          enough: 700 - seen.length,
          ms: 30_000,
        });
        assert.strictEqual(seen.length + rest.length, 700);
      }),
    120_000,
  );

  it.effect("a reader that retention overtakes between two reads is told", () =>
    Effect.gen(function* () {
      const { id } = yield* create("overtaken@x.org");
      const journal = yield* Journal;
      const { epoch, partitions } = yield* Database;
      const isWaiting = yield* Latch.make(false);
      const goesOn = yield* Latch.make(false);
      const texts = yield* Queue.unbounded<string>();
      yield* EventStream.make({
        start: { position: yield* journal.feedNow, resetTo: null },
        agentIds: Effect.succeed([id]),
        wait: () => Effect.andThen(isWaiting.open, goesOn.await),
      }).pipe(
        Stream.runForEach((text) => Queue.offer(texts, text)),
        Effect.forkScoped,
      );
      yield* isWaiting.await;
      yield* tick(id, 1);
      // Every row there is, as if all of it were old and read.
      const partition = Event.partition(id as Id.AgentId, partitions);
      const head = yield* journal.head("agent.tick", partition);
      const cursor = { stage: "runtime", topic: "agent.tick", partition };
      yield* journal.advance([{ ...cursor, from: yield* journal.position(cursor), to: head }]);
      yield* journal.markAllPublished;
      assert.isAbove(yield* journal.prune(Date.now() + 86_400_000), 0);
      yield* goesOn.open;
      assert.strictEqual(yield* Queue.take(texts), ": strom\n\n");
      const text = yield* Effect.timeout(Queue.take(texts), "10 seconds");
      assert.match(text, /^id: (\S+)\nevent: strom\.stream\.reset\n/);
      assert.isTrue(text.startsWith(`id: ${epoch}.`));
    }).pipe(Effect.scoped),
  );
});
