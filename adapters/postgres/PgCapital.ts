import type { Id } from "@strom/core";
import { Event, Money } from "@strom/core";
import type { Agent } from "@strom/core/ports";
import { CapitalCommitted, Database, Journal, StillSettling } from "@strom/core/ports";
import { Effect } from "effect";
import type { SqlClient } from "effect/sql/SqlClient";
import * as Row from "./PgRow.ts";

const RUNTIME = { stage: "runtime", topic: "agent.tick" } as const;

/** Moves an agent's capital, in the transaction of whoever changes the agent and holds its account. */
export const make = Effect.fnUntraced(function* (sql: SqlClient) {
  const database = yield* Database;
  const journal = yield* Journal;

  /**
   * Waits until the runtime has committed the batch it has in hand, and lets it begin no other of the partition before
   * this transaction ends. The runtime takes no lock on agents, so a run it decides meanwhile would cite the capital
   * of before and be reviewed on that of now. Its cursor is the one row it locks anyway, and before it reads agents:
   * who changes capital waits for it, and no tick pays for that.
   *
   * Only where the runtime puts aside an event of this very agent does it lock an account after its cursor. Should the
   * two meet, Postgres ends one of them, and that one is run again.
   */
  const holdRuntime = Effect.fnUntraced(function* (partition: number) {
    // Makes the cursor of a partition that nobody has read yet: what is not there cannot be locked.
    yield* journal.position({ ...RUNTIME, partition });
    yield* sql`
      select 1 from cursors
      where stage = ${RUNTIME.stage} and topic = ${RUNTIME.topic} and partition = ${partition} for update`;
  });

  /** Whether a run waits for its review, or an order for its fill. */
  const isSettling = Effect.fnUntraced(function* (id: Id.AgentId, partition: number) {
    const rows = yield* sql`
      select 1 from (values ('risk', 'agent.run'), ('execution', 'order.intent')) as s (stage, topic)
      left join cursors c on c.stage = s.stage and c.topic = s.topic and c.partition = ${partition}
      join journal j on j.topic = s.topic and j.partition = ${partition}
        and j."offset" >= coalesce(c.position, 0)
      where j.agent_id = ${id}::uuid limit 1`;
    return rows.length > 0;
  });

  /** More or less capital is money paid in or taken out: nothing gained, nothing lost. */
  const move = Effect.fnUntraced(function* (agent: Agent, capital: Money.Cash) {
    const delta = capital - agent.capital;
    if (delta === 0n) return;
    const partition = Event.partition(agent.id, database.partitions);
    yield* holdRuntime(partition);
    if (yield* isSettling(agent.id, partition)) return yield* new StillSettling({ id: agent.id });
    const rows = yield* sql<Row.Row>`select cash from accounts where agent_id = ${agent.id}::uuid`;
    const cash = rows[0] === undefined ? agent.capital : Row.cash(rows[0], "cash");
    if (delta < 0n && cash + delta < 0n) {
      return yield* new CapitalCommitted({ capital, least: Money.cash(agent.capital - cash) });
    }
    const by = Money.format(delta);
    yield* sql`
      update accounts set cash = cash + ${by}::numeric, peak_equity = peak_equity + ${by}::numeric,
        day_start_equity = day_start_equity + ${by}::numeric, version = version + 1, updated_at = now()
      where agent_id = ${agent.id}::uuid`;
  });

  return { move };
});
