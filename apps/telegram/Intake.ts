import * as Incoming from "@strom/adapters/telegram/Incoming.ts";
import type { Duration } from "effect";
import { Cause, Effect, Exit, Latch, Semaphore } from "effect";

/** Chats answered at once; those of others wait for their turn. */
const AT_ONCE = 16;

/**
 * Updates that were taken from Telegram and may not be confirmed to it yet. Those of a chat are handled one after the
 * other, chats side by side. Telegram forgets all before the offset it is asked from, so that moves only past what was
 * handled: whatever was in hand when the process ended comes again.
 *
 * How much that can be is Telegram's to bound: it answers with a hundred updates from the offset on.
 */
export const make = Effect.fnUntraced(function* <R>(
  handle: (update: unknown) => Effect.Effect<void, never, R>,
) {
  /** By id, in the order of ids: what is in hand, and what was handled behind something that still is. */
  const unconfirmed = new Map<number, "in hand" | "handled">();
  const chats = new Map<number, Array<unknown>>();
  const turns = yield* Semaphore.make(AT_ONCE);
  const idle = yield* Latch.make(true);
  let offset = 0;

  const handled = (id: number): void => {
    unconfirmed.set(id, "handled");
    for (const [first, state] of unconfirmed) {
      if (state === "in hand") return;
      unconfirmed.delete(first);
      offset = first + 1;
    }
    idle.openUnsafe();
  };

  const workThrough = Effect.fnUntraced(function* (chatId: number, waiting: Array<unknown>) {
    while (true) {
      const update = waiting.shift();
      if (update === undefined) break;
      const exit = yield* Effect.exit(turns.withPermits(1)(handle(update)));
      // Interrupted it was not handled.
      if (Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)) return;
      if (Exit.isFailure(exit)) yield* Effect.logError("an update could not be handled", exit.cause);
      handled(Incoming.idOf(update) ?? 0);
    }
    chats.delete(chatId);
  });

  const accept = Effect.fnUntraced(function* (update: unknown) {
    const id = Incoming.idOf(update);
    if (id === null) return yield* handle(update);
    // Telegram tells it again until it is confirmed.
    if (id < offset || unconfirmed.has(id)) return;
    unconfirmed.set(id, "in hand");
    idle.closeUnsafe();
    const chatId = Incoming.decode(update)?.chatId ?? 0;
    const waiting = chats.get(chatId);
    if (waiting !== undefined) return void waiting.push(update);
    const queue = [update];
    chats.set(chatId, queue);
    yield* Effect.forkChild(workThrough(chatId, queue));
  });

  return {
    /** From where Telegram is to be asked: everything before it was handled. */
    offset: (): number => offset,
    isBusy: (): boolean => unconfirmed.size > 0,
    /** Takes in what is new of these, and waits for none of it. */
    take: (updates: ReadonlyArray<unknown>) => Effect.forEach(updates, accept, { discard: true }),
    /** Waits until all is handled, at most so long. */
    rest: (most: Duration.Duration) => Effect.asVoid(Effect.timeoutOption(idle.await, most)),
  };
});
