import { Duration, Effect, FiberMap, Ref, Stream } from "effect";
import { Gate } from "../Gate.ts";
import type { Link } from "../Links.ts";
import { Links } from "../Links.ts";
import { Standing } from "../Standing.ts";
import * as Chat from "./Chat.ts";
import * as Outbox from "./Outbox.ts";
import * as Reading from "./Reading.ts";
import * as Telling from "./Telling.ts";

/** Tells one chat what happens to its user's agents, until interrupted: each event once, in order, merged when many. */
const chat = (link: Link, pace: Outbox.Pace) =>
  Effect.gen(function* () {
    const standing = yield* Standing;
    const chat = yield* Chat.make(link, pace);
    // What was told is not told again after a restart; with nothing left to tell, what was seen neither is read again.
    yield* Effect.addFinalizer(() =>
      Effect.all([Ref.get(chat.box), Ref.get(chat.told)]).pipe(
        Effect.flatMap(([box, told]) => chat.note(Outbox.isEmpty(box) ? box.seen : told)),
        Effect.timeoutOption(Duration.seconds(3)),
        Effect.andThen(standing.waiting(link.chat_id, 0)),
        Effect.andThen(standing.refused(link.chat_id, null)),
      ),
    );
    yield* Effect.raceFirst(Reading.forever(chat), Telling.forever(chat));
  }).pipe(
    Effect.scoped,
    Effect.annotateLogs({ chat_id: link.chat_id }),
    Effect.catchCause((cause) => Effect.logError("a chat is told nothing any more", cause)),
  );

/** A chat that was linked anew, perhaps by somebody else, is another one. */
const keyOf = (link: Link): string => `${link.chat_id}/${link.telegram_user_id}/${link.linked_at}`;

/** Tells every linked chat of somebody the bot may talk to, following links as they come and go. */
export const run = Effect.fnUntraced(function* (pace: Outbox.Pace) {
  const links = yield* Links;
  const gate = yield* Gate;
  const chats = yield* FiberMap.make<string>();
  yield* Stream.runForEach(links.changes, () =>
    Effect.gen(function* () {
      const told = links.all().filter((link) => gate.isAllowed(link.telegram_user_id));
      const wanted = new Map(told.map((link) => [keyOf(link), link]));
      for (const [key] of chats) if (!wanted.has(key)) yield* FiberMap.remove(chats, key);
      for (const [key, link] of wanted) {
        if (!(yield* FiberMap.has(chats, key))) yield* FiberMap.run(chats, key, chat(link, pace));
      }
    }),
  );
}, Effect.scoped);
