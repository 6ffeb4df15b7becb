/** A table as the specification tells it; columns read `name type [null] [default x] [pk] [unique] [references t.c]`. */
export interface Table {
  readonly columns: ReadonlyArray<string>;
  /** `name (columns)` */
  readonly uniques: ReadonlyArray<string>;
  /** `name (columns)`, with `desc` where the order falls */
  readonly indexes: ReadonlyArray<string>;
}

/** The specification, frozen: a clone need not have the document beside it. */
export const seedTables: Readonly<Record<string, Table>> = {
  users: {
    columns: ["id uuid pk", "email text unique", "created_at timestamptz default now()"],
    uniques: [],
    indexes: [],
  },
  agents: {
    columns: [
      "id uuid pk",
      "user_id uuid references users.id",
      "name text",
      "mode text",
      "frequency_seconds int",
      "universe jsonb",
      "strategy_ids jsonb",
      "risk_profile jsonb",
      "capital numeric(18,2)",
      "is_enabled boolean default false",
      "status text default 'CREATED'",
      "created_at timestamptz default now()",
      "updated_at timestamptz default now()",
    ],
    uniques: [],
    indexes: ["idx_agents_user_id (user_id)", "idx_agents_enabled (is_enabled)"],
  },
  agent_runs: {
    columns: [
      "id uuid pk",
      "agent_id uuid references agents.id",
      "tick_time timestamptz",
      "started_at timestamptz",
      "completed_at timestamptz null",
      "status text",
      "error_message text null",
      "created_at timestamptz default now()",
    ],
    uniques: [],
    indexes: ["idx_agent_runs_agent_time (agent_id, tick_time desc)"],
  },
  market_prices: {
    columns: [
      "id bigserial pk",
      "symbol text",
      "ts timestamptz",
      "price numeric(18,6)",
      "source text default 'sim'",
    ],
    uniques: [],
    indexes: ["idx_market_prices_symbol_ts (symbol, ts desc)"],
  },
  strategies: {
    columns: [
      "id uuid pk",
      "key text unique",
      "name text",
      "description text",
      "params_schema jsonb",
      "created_at timestamptz default now()",
    ],
    uniques: [],
    indexes: [],
  },
  agent_strategy_params: {
    columns: [
      "id uuid pk",
      "agent_id uuid references agents.id",
      "strategy_id uuid references strategies.id",
      "params jsonb",
    ],
    uniques: ["uq_agent_strategy (agent_id, strategy_id)"],
    indexes: [],
  },
  signals: {
    columns: [
      "id uuid pk",
      "agent_run_id uuid references agent_runs.id",
      "agent_id uuid references agents.id",
      "symbol text",
      "side text",
      "confidence numeric(5,4)",
      "rationale jsonb",
      "created_at timestamptz default now()",
    ],
    uniques: [],
    indexes: ["idx_signals_agent_created (agent_id, created_at desc)"],
  },
  orders: {
    columns: [
      "id uuid pk",
      "agent_id uuid references agents.id",
      "agent_run_id uuid references agent_runs.id",
      "symbol text",
      "side text",
      "qty numeric(18,6)",
      "order_type text",
      "intent_idempotency_key text",
      "status text",
      "requested_price numeric(18,6) null",
      "filled_price numeric(18,6) null",
      "filled_qty numeric(18,6) null",
      "fees numeric(18,6) default 0",
      "reject_reason text null",
      "created_at timestamptz default now()",
    ],
    uniques: ["uq_orders_idempotency (intent_idempotency_key)"],
    indexes: ["idx_orders_agent_created (agent_id, created_at desc)"],
  },
  trades: {
    columns: [
      "id uuid pk",
      "order_id uuid references orders.id",
      "agent_id uuid references agents.id",
      "symbol text",
      "side text",
      "qty numeric(18,6)",
      "price numeric(18,6)",
      "ts timestamptz",
      "created_at timestamptz default now()",
    ],
    uniques: [],
    indexes: ["idx_trades_agent_ts (agent_id, ts desc)"],
  },
  positions: {
    columns: [
      "id uuid pk",
      "agent_id uuid references agents.id",
      "symbol text",
      "net_qty numeric(18,6)",
      "avg_price numeric(18,6)",
      "updated_at timestamptz default now()",
    ],
    uniques: ["uq_positions_agent_symbol (agent_id, symbol)"],
    indexes: [],
  },
  pnl_snapshots: {
    columns: [
      "id uuid pk",
      "agent_id uuid references agents.id",
      "ts timestamptz",
      "equity numeric(18,2)",
      "realized_pnl numeric(18,2)",
      "unrealized_pnl numeric(18,2)",
      "drawdown numeric(18,4) default 0",
      "created_at timestamptz default now()",
    ],
    uniques: [],
    indexes: ["idx_pnl_agent_ts (agent_id, ts desc)"],
  },
};

/** One line of the document, `- capital (numeric(18,2), not null, default 0) -- why`, in the form above. */
const column = (name: string, inside: string): string => {
  const type = /^(numeric\(\d+,\d+\)|\w+)/.exec(inside)?.[0] ?? "";
  const words = inside
    .slice(type.length)
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  const has = (word: string): boolean => words.includes(word);
  const after = (start: string): string | undefined =>
    words.find((word) => word.startsWith(`${start} `))?.slice(start.length + 1);
  const fallback = after("default");
  const target = after("fk");
  return [
    name,
    type,
    has("null") ? "null" : "",
    fallback === undefined ? "" : `default ${fallback}`,
    has("pk") ? "pk" : "",
    has("unique") ? "unique" : "",
    target === undefined ? "" : `references ${target}`,
  ]
    .filter((part) => part !== "")
    .join(" ");
};

/** Reads the tables out of the document itself. */
export const parse = (document: string): Record<string, Table> => {
  const tables: Record<string, { columns: Array<string>; uniques: Array<string>; indexes: Array<string> }> =
    {};
  let current = "";
  let isUnique = false;
  for (const line of (document.split("\n## 2)")[0] ?? "").split("\n")) {
    const text = line.split(" --")[0]?.trim() ?? "";
    const heading = /^### (\w+)/.exec(text)?.[1];
    if (heading !== undefined) {
      current = heading;
      tables[current] = { columns: [], uniques: [], indexes: [] };
    }
    const table = tables[current];
    if (table === undefined) continue;
    if (/^(Unique|Index|Indexes):$/.test(text)) isUnique = text === "Unique:";
    const named = /^- (\w+) \((.*)\)$/.exec(text);
    if (named === null) continue;
    const [, name = "", inside = ""] = named;
    if (name.startsWith("uq_") || name.startsWith("idx_"))
      (isUnique ? table.uniques : table.indexes).push(`${name} (${inside})`);
    else table.columns.push(column(name, inside));
  }
  return tables;
};
