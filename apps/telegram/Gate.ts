import { Clock, Context, Effect, Layer } from "effect";

/** Wrong codes one person may send within ten minutes: with 128 bits a handful is as good as none. */
const MOST_WRONG_CODES = 5;
const WINDOW_MS = 600_000;
/** Strangers are answered this often, so that they cannot make the bot busy. */
const STRANGER_EVERY_MS = 60_000;
const MOST_REMEMBERED = 10_000;

export interface Options {
  /** Telegram users the bot talks to, and tells of anything; null is whoever has a code. */
  readonly allowedUsers: ReadonlyArray<number> | null;
}

const remember = <V>(map: Map<number, V>, key: number, value: V): void => {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > MOST_REMEMBERED && oldest.done !== true) map.delete(oldest.value);
};

/** Who is let in, and how often those who are not are answered. */
const make = ({ allowedUsers }: Options, clock: () => number) => {
  const wrongAt = new Map<number, ReadonlyArray<number>>();
  const answeredAt = new Map<number, number>();
  const recent = (userId: number, now: number) =>
    (wrongAt.get(userId) ?? []).filter((at) => now - at < WINDOW_MS);

  return {
    isAllowed: (userId: number): boolean => allowedUsers === null || allowedUsers.includes(userId),
    mayTryCode: (userId: number, now: number): boolean => recent(userId, now).length < MOST_WRONG_CODES,
    wrongCode: (userId: number, now: number): void =>
      remember(wrongAt, userId, [...recent(userId, now), now]),
    /** Whether a stranger, or a group, gets its one sentence now. */
    mayAnswer: (chatId: number): boolean => {
      const now = clock();
      if (now - (answeredAt.get(chatId) ?? Number.NEGATIVE_INFINITY) < STRANGER_EVERY_MS) return false;
      remember(answeredAt, chatId, now);
      return true;
    },
  };
};

export class Gate extends Context.Service<Gate, ReturnType<typeof make>>()("strom/telegram/Gate") {}

export const layer = (options: Options): Layer.Layer<Gate> =>
  Layer.effect(
    Gate,
    Effect.map(Clock.Clock, (clock) => Gate.of(make(options, () => clock.currentTimeMillisUnsafe()))),
  );
