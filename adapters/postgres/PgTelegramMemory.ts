import { PgTypes } from "@effect/sql-pg";
import { Id } from "@strom/core";
import type { Notice } from "@strom/core/ports";
import { TelegramMemory } from "@strom/core/ports";
import { Effect, Layer } from "effect";
import { SqlClient } from "effect/sql";
import { orUnavailable } from "./Failure.ts";

/** Telegram gives up on an update after a day. */
const REMEMBERED_MS = 2 * 86_400_000;
/** How often old updates are looked for, counted in updates. */
const SWEEP_EVERY = 256;

export const layer: Layer.Layer<TelegramMemory, never, SqlClient.SqlClient> = Layer.effect(
  TelegramMemory,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const idOf = (notice: Notice) => Id.derive("notice", notice.chatId, notice.kind, notice.eventId);

    return TelegramMemory.of({
      isHandled: Effect.fn("TelegramMemory.isHandled")(function* (updateId) {
        const rows =
          yield* sql`select 1 as handled from telegram_updates where update_id = ${BigInt(updateId)}`;
        return rows.length > 0;
      }, orUnavailable),
      handled: Effect.fn("TelegramMemory.handled")(function* (updateId, outcome, at) {
        yield* sql`
          insert into telegram_updates (update_id, outcome, handled_at)
          values (${BigInt(updateId)}, ${PgTypes.jsonb(outcome)}, ${new Date(at)}) on conflict do nothing`;
        if (updateId % SWEEP_EVERY === 0) {
          yield* sql`delete from telegram_updates where handled_at < ${new Date(at - REMEMBERED_MS)}`;
        }
      }, orUnavailable),
      begin: Effect.fn("TelegramMemory.begin")(function* (notice) {
        const rows = yield* sql`
          insert into notifications as n (id, user_id, chat_id, kind, event_id, payload, attempts)
          values (${idOf(notice)}::uuid, ${notice.userId}::uuid, ${BigInt(notice.chatId)}, ${notice.kind},
            ${notice.eventId}::uuid, ${PgTypes.jsonb(notice.payload)}, 1)
          on conflict (chat_id, kind, event_id) do update set attempts = n.attempts + 1 where n.state = 'PENDING'
          returning 1 as begun`;
        return rows.length === 1;
      }, orUnavailable),
      told: Effect.fn("TelegramMemory.told")(function* (notice, at) {
        yield* sql`
          update notifications set state = 'SENT', sent_at = ${new Date(at)}
          where chat_id = ${BigInt(notice.chatId)} and kind = ${notice.kind} and event_id = ${notice.eventId}::uuid`;
      }, orUnavailable),
    });
  }),
);
