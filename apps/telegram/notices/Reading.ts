import { Duration, Effect, Ref, Stream } from "effect";
import { Links } from "../Links.ts";
import { Standing } from "../Standing.ts";
import type { StromRefused } from "../Strom.ts";
import * as AgentNames from "./AgentNames.ts";
import type { Chat } from "./Chat.ts";
import type { Told } from "./Feed.ts";
import * as Feed from "./Feed.ts";
import * as Notice from "./Notice.ts";
import * as Outbox from "./Outbox.ts";

const BREATH = Duration.millis(500);
/** What STROM refuses it would refuse again at once. */
const AFTER_REFUSAL = Duration.seconds(5);
/** Refusals that asking otherwise, or not at all, puts right. */
const mended: ReadonlySet<string> = new Set(["invalid_event_id", "chat_not_linked"]);

/** Puts the events of a chat's user into its box for ever: when the stream ends, on from the last event seen. */
export const forever = Effect.fnUntraced(function* (chat: Chat) {
  const links = yield* Links;
  const standing = yield* Standing;
  const nameOf = AgentNames.make(chat.client);

  const put = Effect.fnUntraced(function* ({ position, event }: Told) {
    const name = event === null || event._tag === "market.tick" ? "" : yield* nameOf(event.agentId);
    const notice = event === null ? null : Notice.of(event, name);
    const box = yield* Ref.updateAndGet(chat.box, (before) =>
      Outbox.add(before, position, notice, chat.preferences(), chat.pace),
    );
    yield* standing.waiting(chat.asker.chatId, Outbox.waiting(box));
    yield* chat.news.open;
  });

  const opened = Effect.gen(function* () {
    if (yield* standing.refused(chat.asker.chatId, null)) {
      yield* Effect.logInfo("the events of a chat are to be had again");
    }
  });

  const refused = Effect.fnUntraced(function* ({ code, message }: StromRefused) {
    if (yield* standing.refused(chat.asker.chatId, message)) {
      yield* Effect.logWarning("the events of a chat are not to be had", { code, detail: message });
    }
    // Not a place in this journal, as after a restore: begin where it is now.
    if (code === "invalid_event_id") yield* Ref.update(chat.box, (box) => ({ ...box, seen: "" }));
    // Unlinked elsewhere: the refreshed links end this.
    if (code === "chat_not_linked") yield* Effect.ignore(links.refresh);
    if (!mended.has(code)) yield* Effect.sleep(AFTER_REFUSAL);
  });

  const read = Effect.flatMap(Ref.get(chat.box), ({ seen }) =>
    Stream.runForEach(Feed.after(chat.client, seen, opened), put),
  ).pipe(
    Effect.catchTag("StromRefused", refused),
    Effect.catch((failure) => Effect.logDebug("an event stream ended", { detail: String(failure) })),
    Effect.andThen(Effect.sleep(BREATH)),
  );
  return yield* Effect.forever(read);
});
