import { Effect } from "effect";
import { SqlClient } from "effect/sql";

/**
 * What no caller may do, whatever its code says: move an order along an edge
 * that is not in its graph, rewrite history, or leave a trade's entries unbalanced.
 */
const statements = [
  `create function refuse_rewrite() returns trigger language plpgsql as $$
  begin
    raise exception '% is append-only: % refused', tg_table_name, lower(tg_op)
      using errcode = 'restrict_violation', constraint = tg_table_name || '_append_only';
  end $$`,
  ...["ledger_entries", "trades", "risk_decisions", "agent_versions", "agent_transitions"].flatMap(
    (table) => [
      `create trigger ${table}_append_only before update or delete on ${table}
      for each row execute function refuse_rewrite()`,
      `create trigger ${table}_no_truncate before truncate on ${table}
      for each statement execute function refuse_rewrite()`,
    ],
  ),
  // The role's own rights too; a superuser has none to lose and meets the trigger.
  `revoke update, delete, truncate on ledger_entries from public, current_user`,

  `create function guard_order() returns trigger language plpgsql as $$
  begin
    if tg_op = 'INSERT' then
      if new.status in ('INTENT', 'REJECTED') then return new; end if;
      raise exception 'order %: a new order is INTENT or REJECTED, not %', new.id, new.status
        using errcode = 'restrict_violation', constraint = 'orders_state_graph';
    elsif tg_op = 'UPDATE' and old.status = 'INTENT' and new.status in ('FILLED', 'REJECTED') then
      if (new.id, new.agent_id, new.agent_run_id, new.symbol, new.side, new.qty, new.order_type,
          new.intent_idempotency_key, new.requested_price, new.created_at, new.signal_id, new.slot, new.ordinal, new.intent)
         is distinct from
         (old.id, old.agent_id, old.agent_run_id, old.symbol, old.side, old.qty, old.order_type,
          old.intent_idempotency_key, old.requested_price, old.created_at, old.signal_id, old.slot, old.ordinal, old.intent)
      then
        raise exception 'order %: what was intended cannot change', old.id
          using errcode = 'restrict_violation', constraint = 'orders_state_graph';
      end if;
      return new;
    elsif tg_op = 'UPDATE' then
      raise exception 'order %: % to % is not a move', old.id, old.status, new.status
        using errcode = 'restrict_violation', constraint = 'orders_state_graph';
    end if;
    raise exception 'order %: orders are never deleted', old.id
      using errcode = 'restrict_violation', constraint = 'orders_state_graph';
  end $$`,
  `create trigger orders_state_graph before insert or update or delete on orders
    for each row execute function guard_order()`,
  `create trigger orders_no_truncate before truncate on orders
    for each statement execute function refuse_rewrite()`,

  // Deferred to the commit: the legs of a trade may be written one by one.
  `create function guard_balance() returns trigger language plpgsql as $$
  declare total numeric;
  begin
    select sum(amount) into total from ledger_entries where trade_id = new.trade_id;
    if total <> 0 then
      raise exception 'trade %: its ledger entries sum to %, not to zero', new.trade_id, total
        using errcode = 'check_violation', constraint = 'ledger_entries_balanced';
    end if;
    return null;
  end $$`,
  `create constraint trigger ledger_entries_balanced after insert on ledger_entries
    deferrable initially deferred for each row execute function guard_balance()`,
];

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  for (const statement of statements) yield* sql.unsafe(statement).unprepared;
});
