import { Context, Effect, Layer, Metric } from "effect";
import * as Metrics from "../Metrics.ts";

/** How the bot itself is doing, for `/health`. */
export interface State {
  readonly startedAt: number;
  readonly updates: number;
  readonly sent: number;
  readonly failures: number;
  /** Notices that wait to be sent. */
  readonly waiting: number;
  /** Chats whose events STROM refuses to tell, and why. */
  readonly refused: ReadonlyMap<number, string>;
}

/** Counts what the bot does, for people and for Prometheus. */
export class Standing extends Context.Service<
  Standing,
  {
    readonly state: () => State;
    readonly handledUpdate: Effect.Effect<void>;
    readonly sent: Effect.Effect<void>;
    readonly failed: Effect.Effect<void>;
    /** How many notices wait for a chat now. */
    readonly waiting: (chatId: number, notices: number) => Effect.Effect<void>;
    /** Why the events of a chat are refused, null when they are not. Answers whether that is news. */
    readonly refused: (chatId: number, why: string | null) => Effect.Effect<boolean>;
  }
>()("strom/telegram/Standing") {}

export const layer = (startedAt: number): Layer.Layer<Standing> =>
  Layer.sync(Standing, () => {
    let [updates, sent, failures] = [0, 0, 0];
    const waiting = new Map<number, number>();
    const refused = new Map<number, string>();
    const sum = () => [...waiting.values()].reduce((all, each) => all + each, 0);

    return Standing.of({
      state: () => ({ startedAt, updates, sent, failures, waiting: sum(), refused }),
      handledUpdate: Effect.suspend(() => {
        updates += 1;
        return Metric.update(Metrics.telegramUpdates, 1);
      }),
      sent: Effect.suspend(() => {
        sent += 1;
        return Metric.update(Metrics.telegramMessages, 1);
      }),
      failed: Effect.suspend(() => {
        failures += 1;
        return Metric.update(Metrics.telegramFailures, 1);
      }),
      waiting: (chatId, notices) =>
        Effect.suspend(() => {
          if (notices === 0) waiting.delete(chatId);
          else waiting.set(chatId, notices);
          return Metric.update(Metrics.telegramWaiting, sum());
        }),
      refused: (chatId, why) =>
        Effect.sync(() => {
          const before = refused.get(chatId) ?? null;
          if (why === null) refused.delete(chatId);
          else refused.set(chatId, why);
          return why !== before;
        }),
    });
  });
