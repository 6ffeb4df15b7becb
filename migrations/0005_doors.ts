import { Effect } from "effect";
import { SqlClient } from "effect/sql";

/** What the doors remember: answers to retried requests, backtests as jobs, Telegram chats and their notices. */
const statements = [
  // status is null while the first request is still running.
  `create table api_idempotency (
    principal text not null,
    route text not null,
    key text not null,
    request_hash text not null,
    status int check (status between 100 and 599),
    body jsonb,
    created_at timestamptz not null default now(),
    completed_at timestamptz,
    primary key (principal, route, key)
  )`,
  `create index ix_api_idempotency_created on api_idempotency (created_at)`,

  `create table backtests (
    id uuid primary key,
    user_id uuid not null references users (id),
    state text not null default 'REQUESTED' check (state in ('REQUESTED', 'RUNNING', 'COMPLETED', 'FAILED')),
    request jsonb not null,
    result jsonb,
    progress numeric(5,4) not null default 0 check (progress between 0 and 1 and progress <> 'NaN'),
    error text,
    cancel_requested boolean not null default false,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    completed_at timestamptz,
    updated_at timestamptz not null default now()
  )`,
  `create index ix_backtests_user on backtests (user_id, created_at desc)`,
  `create index ix_backtests_open on backtests (created_at) where state in ('REQUESTED', 'RUNNING')`,

  // A code is kept as its hash, for ten minutes; once used, the row is the link.
  `create table telegram_links (
    id uuid primary key,
    user_id uuid not null references users (id),
    code_hash text unique,
    code_expires_at timestamptz,
    telegram_user_id bigint,
    chat_id bigint,
    preferences jsonb not null default '{}',
    created_at timestamptz not null default now(),
    linked_at timestamptz,
    unlinked_at timestamptz,
    constraint telegram_links_chat_check check ((linked_at is null) = (chat_id is null)
      and (linked_at is null) = (telegram_user_id is null))
  )`,
  `create unique index uq_telegram_links_chat on telegram_links (chat_id) where unlinked_at is null and chat_id is not null`,
  `create index ix_telegram_links_user on telegram_links (user_id)`,

  `create table telegram_updates (
    update_id bigint primary key,
    outcome jsonb,
    handled_at timestamptz not null default now()
  )`,

  `create table notifications (
    id uuid primary key,
    user_id uuid not null references users (id),
    chat_id bigint not null,
    kind text not null,
    event_id uuid not null,
    payload jsonb not null,
    state text not null default 'PENDING' check (state in ('PENDING', 'SENT', 'DROPPED')),
    attempts int not null default 0 check (attempts >= 0),
    created_at timestamptz not null default now(),
    sent_at timestamptz,
    constraint uq_notifications_once unique (chat_id, kind, event_id)
  )`,
  `create index ix_notifications_pending on notifications (created_at) where state = 'PENDING'`,
];

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  for (const statement of statements) yield* sql.unsafe(statement).unprepared;
});
