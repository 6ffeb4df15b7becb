import * as Bot from "@strom/apps/telegram/Bot.ts";
import { Event, FillModel, Id, Money } from "@strom/core";
import { Database, EventBus, Journal } from "@strom/core/ports";
import { Clock, Effect, Fiber, Layer, Logger, ManagedRuntime, Redacted, Result, Schema } from "effect";
import { FetchHttpClient } from "effect/http";
import { SqlClient } from "effect/sql";
import type { Message, Person } from "../../servers/TelegramApi.ts";
import { TelegramApi } from "../../servers/TelegramApi.ts";
import * as TestApi from "../api/TestApi.ts";

/** The bot, the real API over an embedded database, a Bot API to talk to, and people with phones. */

/** What bot and API share. */
export const sharedToken = "the-token-that-bot-and-api-share-in-tests";
const botToken = Redacted.make(sharedToken);
const decodeAgentId = Schema.decodeUnknownSync(Id.AgentId);

/** The machine's clock, moved ahead. What sleeps still sleeps as long as it said. */
const shifted = (clock: Clock.Clock, aheadMs: () => number): Clock.Clock => ({
  currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + aheadMs(),
  currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + aheadMs()),
  currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe() + BigInt(aheadMs()) * 1_000_000n,
  currentTimeNanos: Effect.map(clock.currentTimeNanos, (now) => now + BigInt(aheadMs()) * 1_000_000n),
  monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
  monotonicTimeNanos: clock.monotonicTimeNanos,
  sleep: (duration) => clock.sleep(duration),
});

export interface RunningBot {
  /** Ends it as SIGTERM would. */
  readonly stop: () => Promise<void>;
  /** How it ended by itself: its error, or null. */
  readonly ended: Promise<unknown>;
}

export const open = async () => {
  const telegram = await TelegramApi.start();
  const runtime = ManagedRuntime.make(TestApi.layerOver(TestApi.ports, botToken));
  const stromUrl = await runtime.runPromise(TestApi.baseUrl);
  const log: Array<string> = [];
  let aheadMs = 0;
  const bots = new Set<RunningBot>();

  const logger = Logger.layer([
    Logger.make(({ message, cause }) => {
      log.push(
        `${[message]
          .flat()
          .map((part) => JSON.stringify(part))
          .join(" ")} ${String(cause)}`,
      );
    }),
  ]);

  const ask = (method: string, path: string, asking: TestApi.Ask = {}) =>
    runtime.runPromise(TestApi.ask(method, path, asking));

  const startBot = (options: Partial<Bot.Options> = {}): RunningBot => {
    const program = Effect.gen(function* () {
      const clock = shifted(yield* Clock.Clock, () => aheadMs);
      return yield* Effect.provideService(
        Bot.run({
          token: Redacted.make(telegram.token),
          apiRoot: telegram.url,
          stromUrl,
          botToken,
          allowedUsers: null,
          webhook: null,
          whenNobody: "wait",
          ...options,
        }),
        Clock.Clock,
        clock,
      );
    });
    const fiber = Effect.runFork(program.pipe(Effect.provide(Layer.merge(FetchHttpClient.layer, logger))));
    const bot: RunningBot = {
      stop: async () => {
        bots.delete(bot);
        await Effect.runPromise(Fiber.interrupt(fiber));
      },
      ended: Effect.runPromise(Effect.flip(Fiber.join(fiber))).catch((error: unknown) => error),
    };
    bots.add(bot);
    return bot;
  };

  const stopBots = async () => {
    for (const bot of bots) await bot.stop();
  };

  /** A new code for a user. */
  const codeFor = async (email: string): Promise<string> => {
    const { body } = await ask("POST", "/v1/telegram/link-codes", { user: email });
    return body.code;
  };

  /** Links a person's chat to a user. */
  const link = async (person: Person, email: string): Promise<Message> => {
    const code = await codeFor(email);
    return person.asks(`/start ${code}`, /linked to/);
  };

  const create = (user: string, change: Readonly<Record<string, unknown>> = {}) =>
    runtime.runPromise(TestApi.create(user, change));

  /** Appends events to the journal and wakes who listens, as the pipeline does. */
  const tell = (events: ReadonlyArray<Event.Event>) =>
    runtime.runPromise(
      Effect.gen(function* () {
        const journal = yield* Journal;
        const bus = yield* EventBus;
        const { partitions, transaction } = yield* Database;
        const rows = yield* transaction(
          journal.append(
            events.map((event) => {
              const agentId = event._tag === "market.tick" ? null : event.agentId;
              return {
                topic: event._tag,
                partition: Event.partition(agentId ?? "", partitions),
                eventId: event.id,
                agentId,
                payload: Event.encode(event),
                at: event.at,
              };
            }),
          ),
        );
        yield* bus.publish(rows);
      }),
    );

  const sql = <A>(use: (sql: SqlClient.SqlClient) => Effect.Effect<A, unknown>) =>
    runtime.runPromise(Effect.flatMap(SqlClient.SqlClient, use));

  return {
    telegram,
    stromUrl,
    log,
    ask,
    startBot,
    codeFor,
    link,
    create,
    tell,
    sql,
    /** Moves the bot's clock ahead. */
    pass: (ms: number) => {
      aheadMs += ms;
    },
    now: () => Date.now() + aheadMs,
    stopBots,
    close: async () => {
      await stopBots();
      await runtime.dispose();
      await telegram.close();
    },
  };
};

export type House = Awaited<ReturnType<typeof open>>;

const price = (text: string) => Result.getOrThrow(Money.parsePrice(text));
const qty = (text: string) => Result.getOrThrow(Money.parseQty(text));
const cash = (text: string) => Result.getOrThrow(Money.parseCash(text));

const symbol = "BTC-USD";

/** A fill of an agent, told apart from others by its slot and its price. */
export const filled = (agentId: string, slot: number, at: number, priceText = "64123.5"): Event.Event =>
  Event.orderFilled(
    { agentId: decodeAgentId(agentId), slot, origin: "exit", symbol },
    {
      symbol,
      side: slot % 2 === 0 ? "BUY" : "SELL",
      qty: qty("0.5"),
      price: price(priceText),
      notional: Money.notional(qty("0.5"), price(priceText)),
      fee: cash("0.32"),
      at,
    },
    cash("0"),
    qty("0.5"),
  );

/** An order of an agent that risk did not let pass. */
export const rejected = (agentId: string, slot: number, at: number): Event.Event =>
  Event.orderRejected(
    {
      agentId: decodeAgentId(agentId),
      slot,
      at,
      origin: "exit",
      symbol,
      side: "BUY",
      qty: qty("1.5"),
      price: price("64000"),
      volume: 0,
      marks: { [symbol]: price("64000") },
      peakEquity: cash("100000"),
      fill: FillModel.standard,
      seed: 7n,
    },
    "cooldown_active",
    [
      {
        code: "cooldown_active",
        ok: false,
        limit: "30",
        base: null,
        value: "12",
        text: "12 s after the last fill",
      },
    ],
  );

/** An agent that the pipeline gave up on. */
export const failed = (agentId: string, at: number, reason: string): Event.Event =>
  Event.agentChanged({
    agentId: decodeAgentId(agentId),
    at,
    sequence: 99,
    from: "RUNNING",
    to: "ERROR",
    configVersion: 1,
    reason,
  });
