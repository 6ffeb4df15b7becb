import { assert, describe, layer } from "@effect/vitest";
import * as PgTelegramLinks from "@strom/adapters/postgres/PgTelegramLinks.ts";
import * as PgTelegramMemory from "@strom/adapters/postgres/PgTelegramMemory.ts";
import * as PgUsers from "@strom/adapters/postgres/PgUsers.ts";
import { Id } from "@strom/core";
import { TelegramLinks, TelegramMemory, Users } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { onBoth } from "./Databases.ts";

const minute = 60_000;
const at = Date.UTC(2026, 0, 31, 9);

let next = 0;
/** A user of their own and a chat nobody has, so that tests share a database. */
const someone = Effect.gen(function* () {
  const users = yield* Users;
  next += 1;
  const userId = yield* users.byEmail(`trader${next}@example.com`);
  return { userId, chatId: 5_000_000_000 + next, telegramUserId: 6_000_000_000 + next };
});

const issue = Effect.fnUntraced(function* (userId: Id.UserId, expiresAt = at + 10 * minute) {
  const links = yield* TelegramLinks;
  next += 1;
  const codeHash = `hash-${next}`;
  yield* links.issue({ userId, codeHash, expiresAt });
  return codeHash;
});

const redeem = Effect.fnUntraced(function* (
  codeHash: string,
  who: { readonly chatId: number; readonly telegramUserId: number },
  when = at,
) {
  const links = yield* TelegramLinks;
  return yield* links.redeem({ codeHash, ...who, at: when, position: "7-0" });
});

const linked = Effect.gen(function* () {
  const ann = yield* someone;
  yield* redeem(yield* issue(ann.userId), ann);
  return ann;
});

onBoth("Telegram's links", (database) => {
  const ports = Layer.mergeAll(PgTelegramLinks.layer, PgTelegramMemory.layer, PgUsers.layer).pipe(
    Layer.provideMerge(database),
  );

  layer(ports, { timeout: "60 seconds" })((it) => {
    describe("a code", () => {
      it.effect("makes a chat speak for the user it was given to", () =>
        Effect.gen(function* () {
          const ann = yield* someone;
          const link = yield* redeem(yield* issue(ann.userId), ann);
          assert.deepInclude(link, { userId: ann.userId, chatId: ann.chatId, position: "7-0", linkedAt: at });
          assert.deepStrictEqual(link.preferences, {
            fills: "on",
            rejects: "silent",
            errors: "on",
            daily: "on",
          });
          assert.deepStrictEqual(yield* (yield* TelegramLinks).find(ann.chatId), link);
        }),
      );

      it.effect("is good once", () =>
        Effect.gen(function* () {
          const ann = yield* someone;
          const other = yield* someone;
          const code = yield* issue(ann.userId);
          yield* redeem(code, ann);
          assert.strictEqual((yield* Effect.flip(redeem(code, other)))._tag, "CodeUnknown");
        }),
      );

      it.effect("that was burnt is good for nobody; one that is used or too old cannot be burnt", () =>
        Effect.gen(function* () {
          const links = yield* TelegramLinks;
          const ann = yield* someone;
          const seen = yield* issue(ann.userId);
          assert.isTrue(yield* links.burn(seen, at));
          assert.isFalse(yield* links.burn(seen, at));
          assert.strictEqual((yield* Effect.flip(redeem(seen, ann)))._tag, "CodeUnknown");
          const old = yield* issue(ann.userId);
          assert.isFalse(yield* links.burn(old, at + 10 * minute));
          const used = yield* issue(ann.userId);
          yield* redeem(used, ann);
          assert.isFalse(yield* links.burn(used, at));
          assert.isNotNull(yield* links.find(ann.chatId));
        }),
      );

      it.effect("is good until it expires, not a millisecond longer", () =>
        Effect.gen(function* () {
          const ann = yield* someone;
          const code = yield* issue(ann.userId, at + 10 * minute);
          assert.strictEqual((yield* Effect.flip(redeem(code, ann, at + 10 * minute)))._tag, "CodeUnknown");
          yield* redeem(code, ann, at + 10 * minute - 1);
        }),
      );

      it.effect("ends the user's code before it", () =>
        Effect.gen(function* () {
          const ann = yield* someone;
          const before = yield* issue(ann.userId);
          const after = yield* issue(ann.userId);
          assert.strictEqual((yield* Effect.flip(redeem(before, ann)))._tag, "CodeUnknown");
          yield* redeem(after, ann);
        }),
      );

      it.effect("does not take a chat from somebody else", () =>
        Effect.gen(function* () {
          const ann = yield* linked;
          const bob = yield* someone;
          const code = yield* issue(bob.userId);
          assert.strictEqual((yield* Effect.flip(redeem(code, ann)))._tag, "ChatTaken");
          const link = yield* (yield* TelegramLinks).find(ann.chatId);
          assert.strictEqual(link?.userId, ann.userId);
        }),
      );

      it.effect("used twice by one user in one chat leaves the link as it was", () =>
        Effect.gen(function* () {
          const ann = yield* linked;
          const before = yield* (yield* TelegramLinks).find(ann.chatId);
          assert.deepStrictEqual(yield* redeem(yield* issue(ann.userId), ann), before);
        }),
      );

      it.effect("is refused to a user with three chats", () =>
        Effect.gen(function* () {
          const ann = yield* someone;
          for (const chat of [1, 2, 3]) {
            yield* redeem(yield* issue(ann.userId), { ...ann, chatId: ann.chatId * 10 + chat });
          }
          assert.strictEqual((yield* Effect.flip(issue(ann.userId)))._tag, "TooManyChats");
        }),
      );

      it.effect("counts as open until it is used or too old", () =>
        Effect.gen(function* () {
          const links = yield* TelegramLinks;
          const ann = yield* someone;
          const later = at + 1000 * minute;
          const code = yield* issue(ann.userId, later + minute);
          assert.strictEqual(yield* links.openCodes(later), 1);
          assert.strictEqual(yield* links.openCodes(later + minute), 0);
          yield* redeem(code, ann, later);
          assert.strictEqual(yield* links.openCodes(later), 0);
        }),
      );
    });

    describe("a link", () => {
      it.effect("keeps what the chat wants to hear, and how far it has been told", () =>
        Effect.gen(function* () {
          const links = yield* TelegramLinks;
          const { chatId } = yield* linked;
          const preferences = { fills: "off", rejects: "on", errors: "silent", daily: "off" } as const;
          yield* links.change(chatId, { preferences });
          yield* links.change(chatId, { position: "9-4" });
          assert.deepInclude(yield* links.find(chatId), { preferences, position: "9-4" });
        }),
      );

      it.effect("that ended is found no more, and the chat can be linked again", () =>
        Effect.gen(function* () {
          const links = yield* TelegramLinks;
          const ann = yield* linked;
          assert.isTrue(yield* links.end(ann.chatId, at));
          assert.isFalse(yield* links.end(ann.chatId, at));
          assert.isNull(yield* links.find(ann.chatId));
          assert.isNull(yield* links.change(ann.chatId, { position: "1-1" }));
          const bob = yield* someone;
          const link = yield* redeem(yield* issue(bob.userId), {
            ...ann,
            telegramUserId: bob.telegramUserId,
          });
          assert.strictEqual(link.userId, bob.userId);
        }),
      );

      it.effect("is listed once over all pages", () =>
        Effect.gen(function* () {
          const links = yield* TelegramLinks;
          const chats = [(yield* linked).chatId, (yield* linked).chatId, (yield* linked).chatId];
          const listed: Array<number> = [];
          let slice: Parameters<typeof links.list>[0] | null = { limit: 2, after: null };
          while (slice !== null) {
            const page: Effect.Success<ReturnType<typeof links.list>> = yield* links.list(slice);
            listed.push(...page.items.map(({ chatId }) => chatId));
            slice = page.next === null ? null : { limit: 2, after: page.next };
          }
          assert.includeMembers(listed, chats);
          assert.strictEqual(new Set(listed).size, listed.length);
        }),
      );
    });

    describe("what was done", () => {
      it.effect("is an update handled, until two days later", () =>
        Effect.gen(function* () {
          const memory = yield* TelegramMemory;
          assert.isFalse(yield* memory.isHandled(100));
          yield* memory.handled(100, { ok: true }, at);
          yield* memory.handled(100, { ok: true }, at);
          assert.isTrue(yield* memory.isHandled(100));
          yield* memory.handled(512, null, at + 3 * 86_400_000);
          assert.isFalse(yield* memory.isHandled(100));
        }),
      );

      it.effect("is a notice told, which then is not begun again", () =>
        Effect.gen(function* () {
          const memory = yield* TelegramMemory;
          const ann = yield* someone;
          const eventId = Id.EventId.make(Id.derive("daily", "2026-01-31"));
          const notice = { ...ann, kind: "daily", eventId, payload: { text: "…" } };
          assert.isTrue(yield* memory.begin(notice));
          assert.isTrue(yield* memory.begin(notice), "an attempt of unknown outcome is made again");
          yield* memory.told(notice, at);
          assert.isFalse(yield* memory.begin(notice));
        }),
      );
    });
  });
});
