import { randomUUID } from "node:crypto";
import { PgTypes } from "@effect/sql-pg";
import { Id } from "@strom/core";
import type { Redemption, TelegramLink } from "@strom/core/ports";
import {
  ChatTaken,
  CodeUnknown,
  Database,
  TelegramLinks,
  TelegramPreferences,
  TooManyChats,
} from "@strom/core/ports";
import { Effect, Layer, Schema } from "effect";
import { SqlClient } from "effect/sql";
import { orUnavailable } from "./Failure.ts";
import * as PgPage from "./PgPage.ts";
import * as Row from "./PgRow.ts";

/** Each chat keeps an event stream open. */
const MOST_CHATS = 3;

const order = { time: "l.linked_at", id: "l.id" };

/** A row as selected by `columns`. */
const Link = Schema.Struct({
  id: Id.Uuid,
  userId: Id.UserId,
  email: Schema.String,
  chatId: Schema.Number,
  telegramUserId: Schema.Number,
  preferences: TelegramPreferences.Preferences,
  position: Schema.String,
  linkedAt: Schema.Number,
});
const decode = Schema.decodeUnknownEffect(Schema.Array(Link));

/** Telegram's ids have at most 52 bits, so a double holds them exactly. */
const columns = `l.id, l.user_id as "userId", u.email, l.chat_id::float8 as "chatId",
  l.telegram_user_id::float8 as "telegramUserId", l.preferences, l.position, l.linked_at as "linkedAt"`;

export const layer: Layer.Layer<TelegramLinks, never, SqlClient.SqlClient | Database> = Layer.effect(
  TelegramLinks,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const database = yield* Database;

    const read = Effect.fnUntraced(function* (rows: ReadonlyArray<Row.Row>) {
      return yield* Effect.orDie(decode(rows));
    });

    const find = Effect.fn("TelegramLinks.find")(function* (chatId: number) {
      const rows = yield* sql<Row.Row>`
        select ${sql.literal(columns)} from telegram_links l join users u on u.id = l.user_id
        where l.chat_id = ${BigInt(chatId)} and l.unlinked_at is null`;
      return (yield* read(rows))[0] ?? null;
    }, orUnavailable);

    const ofUser = Effect.fn("TelegramLinks.ofUser")(function* (userId: Id.UserId) {
      const rows = yield* sql<Row.Row>`
        select ${sql.literal(columns)} from telegram_links l join users u on u.id = l.user_id
        where l.user_id = ${userId} and l.linked_at is not null and l.unlinked_at is null
        order by l.linked_at desc, l.id desc`;
      return yield* read(rows);
    }, orUnavailable);

    const refuseMore = Effect.fnUntraced(function* (userId: Id.UserId) {
      if ((yield* ofUser(userId)).length >= MOST_CHATS) return yield* new TooManyChats({ most: MOST_CHATS });
    });

    const issue: TelegramLinks["Service"]["issue"] = Effect.fn("TelegramLinks.issue")(function* (code) {
      yield* database.transaction(
        Effect.gen(function* () {
          yield* sql`select 1 from users where id = ${code.userId} for update`;
          yield* refuseMore(code.userId);
          yield* sql`delete from telegram_links where user_id = ${code.userId} and linked_at is null`;
          yield* sql`
            insert into telegram_links (id, user_id, code_hash, code_expires_at)
            values (${randomUUID()}::uuid, ${code.userId}, ${code.codeHash}, ${new Date(code.expiresAt)})`;
        }).pipe(orUnavailable),
      );
    });

    /** The user a code is for, its row locked until the commit. */
    const ownerOf = Effect.fnUntraced(function* (redemption: Redemption) {
      const rows = yield* sql<Row.Row>`
        select id, user_id from telegram_links
        where code_hash = ${redemption.codeHash} and linked_at is null
          and code_expires_at > ${new Date(redemption.at)} for update`;
      const row = rows[0];
      return row === undefined
        ? yield* new CodeUnknown()
        : { id: row["id"], userId: Row.text(row, "user_id") };
    });

    const link = Effect.fnUntraced(function* (redemption: Redemption) {
      const code = yield* ownerOf(redemption);
      const existing = yield* find(redemption.chatId);
      if (existing !== null && existing.userId !== code.userId) return yield* new ChatTaken();
      if (existing !== null) {
        yield* sql`delete from telegram_links where id = ${code.id}`;
        return existing;
      }
      yield* refuseMore(yield* Effect.orDie(Schema.decodeEffect(Id.UserId)(code.userId)));
      yield* sql`
        update telegram_links set code_hash = null, chat_id = ${BigInt(redemption.chatId)},
          telegram_user_id = ${BigInt(redemption.telegramUserId)}, position = ${redemption.position},
          preferences = ${PgTypes.jsonb(TelegramPreferences.usual)}, linked_at = ${new Date(redemption.at)}
        where id = ${code.id}`;
      const linked: TelegramLink | null = yield* find(redemption.chatId);
      return linked ?? (yield* Effect.die(new Error("a link vanished in its own transaction")));
    }, orUnavailable);

    return TelegramLinks.of({
      issue,
      find,
      ofUser,
      redeem: Effect.fn("TelegramLinks.redeem")((redemption) => database.transaction(link(redemption))),
      burn: Effect.fn("TelegramLinks.burn")(function* (codeHash, at) {
        const rows = yield* sql`
          delete from telegram_links where code_hash = ${codeHash} and linked_at is null
            and code_expires_at > ${new Date(at)} returning 1 as burnt`;
        return rows.length === 1;
      }, orUnavailable),
      list: Effect.fn("TelegramLinks.list")(
        (slice) =>
          PgPage.read(
            sql,
            order,
            slice,
            Link,
            ({ place, isAfter, end }) => sql<Row.Row>`
              select ${sql.literal(columns)}, ${place} from telegram_links l join users u on u.id = l.user_id
              where l.linked_at is not null and l.unlinked_at is null and ${isAfter} ${end}`,
          ),
        orUnavailable,
      ),
      openCodes: Effect.fn("TelegramLinks.openCodes")(function* (at) {
        const rows = yield* sql<Row.Row>`
          select count(*)::int as open from telegram_links
          where linked_at is null and code_expires_at > ${new Date(at)}`;
        return Row.number(rows[0] ?? {}, "open");
      }, orUnavailable),
      change: Effect.fn("TelegramLinks.change")(function* (chatId, { preferences, position }) {
        const wanted = preferences === undefined ? null : PgTypes.jsonb(preferences);
        yield* sql`
          update telegram_links set preferences = coalesce(${wanted}, preferences),
            position = coalesce(${position ?? null}, position)
          where chat_id = ${BigInt(chatId)} and unlinked_at is null`;
        return yield* find(chatId);
      }, orUnavailable),
      end: Effect.fn("TelegramLinks.end")(function* (chatId, at) {
        const rows = yield* sql`
          update telegram_links set unlinked_at = ${new Date(at)}
          where chat_id = ${BigInt(chatId)} and unlinked_at is null returning 1 as ended`;
        return rows.length === 1;
      }, orUnavailable),
    });
  }),
);
