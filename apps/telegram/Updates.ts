import * as Incoming from "@strom/adapters/telegram/Incoming.ts";
import { Cause, Duration, Effect } from "effect";
import * as Dialogue from "./Dialogue.ts";
import { Standing } from "./Standing.ts";
import { callOnce, Strom } from "./Strom.ts";

const WITHIN = Duration.seconds(60);
const MOST_REMEMBERED = 2_000;

/**
 * Handles an update once: what was handled before, here or by a process before this one, is passed over. It is noted
 * after it was answered, so a crash in between repeats an answer, never an act: acts carry a key of their own.
 */
export const make = Effect.gen(function* () {
  const { bot } = yield* Strom;
  const standing = yield* Standing;
  const remembered = new Set<number>();

  const wasHandled = Effect.fnUntraced(function* (updateId: number) {
    if (remembered.has(updateId)) return true;
    const asked = callOnce(bot.telegramBot.update({ params: { update_id: updateId } }));
    return yield* asked.pipe(
      Effect.map(({ is_handled }) => is_handled),
      // Without STROM nothing can be acted on anyway, and saying so twice does no harm.
      Effect.catch(() => Effect.succeed(false)),
    );
  });

  const note = Effect.fnUntraced(function* (updateId: number, outcome: string) {
    remembered.add(updateId);
    const [oldest] = remembered;
    if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    yield* standing.handledUpdate;
    const noted = callOnce(
      bot.telegramBot.handled({ params: { update_id: updateId }, payload: { outcome } }),
    );
    yield* Effect.ignore(noted);
  });

  const answer = (incoming: Incoming.Incoming) =>
    Dialogue.handle(incoming).pipe(
      Effect.timeout(WITHIN),
      Effect.catchTag("TimeoutError", () => Effect.succeed("too slow")),
      Effect.catchCause((cause) =>
        Cause.hasInterruptsOnly(cause)
          ? Effect.failCause(cause)
          : Effect.as(Effect.logError("an update could not be handled", cause), "fault"),
      ),
    );

  return Effect.fn("Updates.handle")(function* (update: unknown) {
    const updateId = Incoming.idOf(update);
    if (updateId === null) return yield* Effect.logWarning("Telegram sent something that is no update");
    if (yield* wasHandled(updateId)) return;
    const incoming = Incoming.decode(update);
    yield* note(updateId, incoming === null ? "nothing to do" : yield* answer(incoming));
  });
});
