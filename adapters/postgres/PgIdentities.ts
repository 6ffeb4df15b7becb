/**
 * The identities of the record that the database can check by itself. Each query answers with sentences about what
 * breaks it, and with nothing on a sound record.
 */
export interface Identity {
  readonly name: string;
  /** Checked at every start: it reads books and cursors, not the whole history. */
  readonly isQuick?: true;
  readonly sql: string;
}

/** Orders that were approved and could not be executed: refused by the stage, see Execution. */
const UNFILLABLE = "not_executable";

export const identities: ReadonlyArray<Identity> = [
  {
    name: "cursors",
    isQuick: true,
    sql: `
      select format('the cursor of %s over %s/%s is at %s, beyond the head %s',
        c.stage, c.topic, c.partition, c.position, coalesce(h.head, 0)) as message
      from cursors c left join journal_heads h using (topic, partition)
      where c.position > coalesce(h.head, 0)
      union all
      select format('the publish cursor of %s/%s is at %s, beyond the head %s',
        p.topic, p.partition, p.position, coalesce(h.head, 0))
      from publish_cursors p left join journal_heads h using (topic, partition)
      where p.position > coalesce(h.head, 0)`,
  },
  {
    name: "cursors and effects",
    isQuick: true,
    sql: `
      with ahead as (
        select c.stage, j.* from cursors c
        join journal j on j.topic = c.topic and j.partition = c.partition and j."offset" >= c.position
        where (c.stage, c.topic) in (('runtime', 'agent.tick'), ('risk', 'agent.run'), ('execution', 'order.intent'))
      )
      select format('%s has yet to read %s/%s/%s, and has already done what it asks', stage, topic, partition, "offset") as message
      from ahead a
      where case stage
        when 'runtime' then exists (select 1 from agent_runs r
          where r.agent_id = a.agent_id and r.slot = (a.payload -> 'payload' ->> 'slot')::bigint)
        when 'risk' then exists (select 1 from pnl_snapshots s
          where s.agent_id = a.agent_id and s.kind = 'RUN' and s.slot = (a.payload -> 'payload' ->> 'slot')::bigint
            and s.ts = a.at)
        else exists (select 1 from orders o
          where o.id = (a.payload -> 'payload' ->> 'order_id')::uuid and o.status <> 'INTENT')
      end`,
  },
  {
    name: "offsets",
    sql: `
      with held as (
        select topic, partition, count(*) as rows, min("offset") as first, max("offset") as last
        from journal group by topic, partition
      )
      select format('%s/%s should hold the offsets %s to %s and holds %s rows from %s to %s',
        coalesce(h.topic, j.topic), coalesce(h.partition, j.partition), h.tail, h.head - 1,
        coalesce(j.rows, 0), j.first, j.last) as message
      from journal_heads h full join held j on j.topic = h.topic and j.partition = h.partition
      where h.topic is null
        or coalesce(j.rows, 0) <> h.head - h.tail
        or (j.rows > 0 and (j.first <> h.tail or j.last <> h.head - 1))`,
  },
  {
    name: "events",
    sql: `
      select format('event %s at %s/%s/%s says it is %s of %s', event_id, topic, partition, "offset",
        payload ->> 'id', payload ->> 'topic') as message
      from journal
      where payload ->> 'id' is distinct from event_id::text
        or payload ->> 'topic' is distinct from 'strom.' || topic
        or payload ->> 'agent_id' is distinct from agent_id::text`,
  },
  {
    name: "runs",
    sql: `
      select format('run %s of agent %s lacks its slot, its tick, its configuration or its inputs', id, agent_id) as message
      from agent_runs
      where slot is null or tick_event_id is null
        or (status = 'COMPLETED' and (config_version is null or inputs is null or completed_at is null))
        or status = 'STARTED'`,
  },
  {
    name: "chain",
    sql: `
      select format('signal %s is of agent %s and slot %s, its run %s of agent %s and slot %s',
        s.id, s.agent_id, s.slot, r.id, r.agent_id, r.slot) as message
      from signals s join agent_runs r on r.id = s.agent_run_id
      where s.agent_id <> r.agent_id or s.slot is distinct from r.slot or r.status <> 'COMPLETED'
      union all
      select format('order %s does not agree with its signal %s on agent, run, slot, symbol or side', o.id, o.signal_id)
      from orders o left join signals s on s.id = o.signal_id
      where s.id is null or s.agent_id <> o.agent_id or s.agent_run_id <> o.agent_run_id
        or s.slot is distinct from o.slot or s.symbol <> o.symbol or s.side <> o.side
      union all
      select format('order %s has no decision', o.id)
      from orders o left join risk_decisions d on d.order_id = o.id where d.order_id is null
      union all
      select format('the decision on order %s does not agree with it on signal, agent, run, slot or key', d.order_id)
      from risk_decisions d join orders o on o.id = d.order_id
      where d.signal_id is distinct from o.signal_id or d.agent_id <> o.agent_id or d.agent_run_id <> o.agent_run_id
        or d.slot is distinct from o.slot or d.intent_idempotency_key <> o.intent_idempotency_key
      union all
      select format('trade %s of %s does not agree with its order %s on agent, symbol, side or time', t.id, t.symbol, o.id)
      from trades t join orders o on o.id = t.order_id
      where t.agent_id <> o.agent_id or t.symbol <> o.symbol or t.side <> o.side
        or t.ts is distinct from o.filled_at`,
  },
  {
    name: "order states",
    isQuick: true,
    sql: `
      select format('order %s is %s%s, but its decision is %s%s', o.id, o.status,
        coalesce(' (' || o.reject_reason || ')', ''), d.verdict, coalesce(' (' || d.code || ')', '')) as message
      from orders o join risk_decisions d on d.order_id = o.id
      where (d.verdict = 'REJECTED' and (o.status <> 'REJECTED' or o.reject_reason is distinct from d.code))
        or (d.verdict = 'APPROVED' and o.status = 'REJECTED' and o.reject_reason is distinct from '${UNFILLABLE}')
        or (d.verdict = 'APPROVED') <> (o.intent is not null)
      union all
      select format('order %s is INTENT, but execution is past its intent', o.id)
      from orders o
      where o.status = 'INTENT' and not exists (
        select 1 from journal j
        left join cursors c on c.stage = 'execution' and c.topic = j.topic and c.partition = j.partition
        where j.topic = 'order.intent' and j."offset" >= coalesce(c.position, 0)
          and j.payload -> 'payload' ->> 'order_id' = o.id::text)`,
  },
  {
    name: "fills",
    sql: `
      with filled as (
        select o.id, o.status, o.qty, o.filled_qty, o.filled_price, o.fees,
          coalesce(sum(t.qty), 0) as traded, count(t.id) as trades, min(t.price) as price,
          coalesce(sum(t.fee), 0) as fee
        from orders o left join trades t on t.order_id = o.id group by o.id
      )
      select format('order %s is %s over %s, its %s trades come to %s at %s with a fee of %s; it says %s at %s, %s',
        id, status, qty, trades, traded, price, fee, filled_qty, filled_price, fees) as message
      from filled
      where traded > qty or (status = 'FILLED') <> (traded = qty and trades > 0)
        or (status = 'FILLED' and (traded <> filled_qty or price <> filled_price or fee <> fees))
        or (status <> 'FILLED' and trades > 0)`,
  },
  {
    name: "ledger entries",
    isQuick: true,
    sql: `
      select format('the entries of trade %s sum to %s over %s legs, not to zero over four', t.id,
        coalesce(sum(e.amount), 0), count(e.id)) as message
      from trades t left join ledger_entries e on e.trade_id = t.id
      group by t.id having count(e.id) <> 4 or coalesce(sum(e.amount), 0) <> 0
      union all
      select format('entry %s of trade %s is in the books of agent %s, the trade in those of %s', e.id, t.id, e.agent_id, t.agent_id)
      from ledger_entries e join trades t on t.id = e.trade_id where e.agent_id <> t.agent_id`,
  },
  {
    name: "accounts",
    isQuick: true,
    sql: `
      with booked as (
        select agent_id,
          coalesce(sum(amount) filter (where account = 'cash'), 0) as cash,
          coalesce(-sum(amount) filter (where account = 'realized_pnl'), 0) as realized,
          coalesce(sum(amount) filter (where account = 'fees'), 0) as fees
        from ledger_entries group by agent_id
      ), traded as (
        select agent_id, sum(fee) as fees from trades group by agent_id
      )
      select format('the account of agent %s holds cash %s, realized %s, fees %s; its capital and entries make %s, %s, %s',
        a.agent_id, a.cash, a.realized_pnl, a.fees,
        g.capital + coalesce(b.cash, 0), coalesce(b.realized, 0), coalesce(b.fees, 0)) as message
      from accounts a join agents g on g.id = a.agent_id
      left join booked b on b.agent_id = a.agent_id left join traded t on t.agent_id = a.agent_id
      where a.cash <> g.capital + coalesce(b.cash, 0) or a.realized_pnl <> coalesce(b.realized, 0)
        or a.fees <> coalesce(b.fees, 0) or a.fees <> coalesce(t.fees, 0)
      union all
      select format('agent %s has no account', g.id) from agents g
      where not exists (select 1 from accounts a where a.agent_id = g.id)`,
  },
  {
    name: "agents",
    sql: `
      select format('agent %s has another configuration than its version %s', a.id, a.config_version) as message
      from agents a left join agent_versions v on v.agent_id = a.id and v.version = a.config_version
      left join lateral (
        select jsonb_agg(s -> 'strategy_id' order by place) as ids
        from jsonb_array_elements(v.configuration -> 'strategies') with ordinality as e (s, place)) chosen on true
      where v.version is null
        or v.version <> (select max(version) from agent_versions where agent_id = a.id)
        or (v.configuration ->> 'seed')::bigint <> a.seed
        or (v.configuration ->> 'frequency_seconds')::int <> a.frequency_seconds
        or (v.configuration ->> 'capital')::numeric <> a.capital
        or v.configuration -> 'universe' <> a.universe
        or v.configuration -> 'risk_profile' <> a.risk_profile
        or coalesce(chosen.ids, '[]') <> a.strategy_ids
        or exists (
          select 1 from jsonb_array_elements(v.configuration -> 'strategies') s
          where not exists (
            select 1 from agent_strategy_params p
            where p.agent_id = a.id and p.strategy_id = (s ->> 'strategy_id')::uuid and p.params = s -> 'params'))
      union all
      select format('agent %s is %s (enabled: %s), its last transition led to %s', a.id, a.status, a.is_enabled, t."to")
      from agents a cross join lateral (
        select coalesce(
          (select "to" from agent_transitions where agent_id = a.id order by id desc limit 1), 'CREATED') as "to") t
      where a.status <> t."to" or a.is_enabled <> (a.status = 'RUNNING')`,
  },
  {
    name: "positions",
    isQuick: true,
    sql: `
      with traded as (
        select agent_id, symbol, sum(case side when 'BUY' then qty else -qty end) as qty, max(ts) as last
        from trades group by agent_id, symbol
      ), booked as (
        select agent_id, substr(account, 10) as symbol, sum(amount) as cost
        from ledger_entries where account like 'position:%' group by agent_id, account
      )
      select format('agent %s holds %s %s at a cost of %s; its trades make %s, its entries %s',
        coalesce(p.agent_id, t.agent_id), p.net_qty, coalesce(p.symbol, t.symbol), p.cost_basis,
        coalesce(t.qty, 0), coalesce(b.cost, 0)) as message
      from positions p full join traded t on t.agent_id = p.agent_id and t.symbol = p.symbol
      left join booked b on b.agent_id = p.agent_id and b.symbol = p.symbol
      where p.id is null or p.net_qty <> coalesce(t.qty, 0) or p.cost_basis <> coalesce(b.cost, 0)
        or p.last_fill_at is distinct from t.last`,
  },
  {
    name: "snapshots",
    sql: `
      select format('agent %s has %s trades and %s snapshots of fills', a.agent_id, t.count, s.count) as message
      from accounts a
      cross join lateral (select count(*) as count from trades where agent_id = a.agent_id) t
      cross join lateral (select count(*) as count from pnl_snapshots where agent_id = a.agent_id and kind = 'FILL') s
      where t.count <> s.count
      union all
      select format('run %s has %s snapshots, not one', r.id, count(s.id))
      from agent_runs r join pnl_snapshots s on s.agent_id = r.agent_id and s.kind = 'RUN' and s.slot = r.slot
      group by r.id having count(s.id) > 1
      union all
      select format('snapshot %s of agent %s and slot %s belongs to no run', s.id, s.agent_id, s.slot)
      from pnl_snapshots s
      where not exists (select 1 from agent_runs r where r.agent_id = s.agent_id and r.slot = s.slot)
      union all
      select format('run %s was not reviewed, but risk is past it', r.id)
      from agent_runs r
      where r.status = 'COMPLETED'
        and not exists (
          select 1 from pnl_snapshots s where s.agent_id = r.agent_id and s.kind = 'RUN' and s.slot = r.slot)
        and not exists (
          select 1 from dead_letters d
          where d.stage = 'risk' and d.agent_id = r.agent_id
            and d.payload -> 'payload' ->> 'slot' = r.slot::text)
        and not exists (
          select 1 from journal j
          left join cursors c on c.stage = 'risk' and c.topic = j.topic and c.partition = j.partition
          where j.topic = 'agent.run' and j."offset" >= coalesce(c.position, 0) and j.agent_id = r.agent_id
            and j.payload -> 'payload' ->> 'slot' = r.slot::text)`,
  },
  {
    name: "counts",
    sql: `
      with traded as (
        select agent_id, count(*) as fills from trades group by agent_id
      ), realized as (
        select agent_id, count(*) as closing, count(*) filter (where amount < 0) as winning
        from ledger_entries where account = 'realized_pnl' and amount <> 0 group by agent_id
      ), refused as (
        select agent_id, code, count(*) as count from risk_decisions where verdict = 'REJECTED' group by agent_id, code
      )
      select format('agent %s is counted %s fills, %s closing, %s winning; its trades and entries are %s, %s, %s', a.id,
        coalesce(c.fills, 0), coalesce(c.closing, 0), coalesce(c.winning, 0),
        coalesce(t.fills, 0), coalesce(r.closing, 0), coalesce(r.winning, 0)) as message
      from agents a left join fill_counts c on c.agent_id = a.id
      left join traded t on t.agent_id = a.id left join realized r on r.agent_id = a.id
      where (coalesce(c.fills, 0), coalesce(c.closing, 0), coalesce(c.winning, 0))
        <> (coalesce(t.fills, 0), coalesce(r.closing, 0), coalesce(r.winning, 0))
      union all
      select format('agent %s is counted %s rejections by %s, its decisions are %s', agent_id, coalesce(c.count, 0), code,
        coalesce(d.count, 0))
      from rejection_counts c full join refused d using (agent_id, code)
      where c.count is distinct from d.count`,
  },
];
