/**
 * Ten ways to break STROM, each a few lines of text, and the smallest suite that must notice. A text that is no
 * longer there fails loudly: a mutant that cannot be applied proves nothing.
 */
export interface Change {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface Mutant {
  readonly name: string;
  readonly changes: ReadonlyArray<Change>;
  /** Vitest with these arguments, or `strom simulate` over some seeds. */
  readonly suite:
    | { readonly kind: "tests"; readonly path: string; readonly named: string }
    | { readonly kind: "simulation"; readonly seeds: number; readonly ticks: number };
  /** What the suite says when it has caught this one, and nothing else. */
  readonly says: RegExp;
}

const worlds = { kind: "simulation", seeds: 40, ticks: 120 } as const;

export const mutants: ReadonlyArray<Mutant> = [
  {
    name: "no unique on trades",
    changes: [
      {
        file: "migrations/0002_books.ts",
        from: "    add constraint uq_trades_fill unique (order_id, fill_number),\n",
        to: "",
      },
    ],
    suite: {
      kind: "tests",
      path: "test/adapters/postgres/Guards.test.ts",
      named: "refuse a trade that was not approved, and a second trade of the same fill",
    },
    says: /× .*second trade of the same fill/,
  },
  {
    name: "ack before commit",
    changes: [
      {
        file: "apps/pipeline/Stage.ts",
        from: "      yield* settle(batch);\n      yield* acknowledge;\n",
        to: `      for (const { lane, rows } of batch) {
        for (const ack of lane.inbox.settled(lane.position + rows.length)) yield* ack;
      }
      yield* settle(batch);
`,
      },
    ],
    suite: worlds,
    says: /was acknowledged with the cursor at/,
  },
  {
    name: "cursor without compare-and-set",
    changes: [
      {
        file: "adapters/postgres/PgJournal.ts",
        from: `and c.position = r."from" and (`,
        to: "and (",
      },
    ],
    suite: {
      kind: "tests",
      path: "test/contracts/Journal.test.ts",
      named: "lets one of two workers through who believe they own the same partition",
    },
    says: /× .*lets one of two workers through/,
  },
  {
    name: "random ids",
    changes: [
      {
        file: "core/src/Id.ts",
        from: "const text = encodeParts([namespace, ...parts]);",
        to: "const text = encodeParts([namespace, ...parts, Math.random()]);",
      },
    ],
    suite: {
      kind: "tests",
      path: "test/core/Id.test.ts",
      named: "never changes: these ids are in people's databases",
    },
    says: /× .*never changes/,
  },
  {
    name: "floats for money",
    changes: [
      {
        file: "core/src/Money.ts",
        from: "cash(mulDiv(quantity, at, ONE));",
        to: "cash(BigInt(Math.round((Number(quantity) * Number(at)) / Number(ONE))));",
      },
    ],
    suite: {
      kind: "tests",
      path: "test/core/Money.test.ts",
      named: "values a quantity at a price with one rounding",
    },
    says: /× .*values a quantity at a price with one rounding/,
  },
  {
    name: "review without pending intents",
    changes: [
      {
        file: "core/src/Engine.ts",
        from: "const posted = books.pending.reduce(",
        to: "const posted = books.pending.slice(0, 0).reduce(",
      },
    ],
    suite: worlds,
    says: /was filled otherwise|is missing|other books at the end|another guard/,
  },
  {
    name: "cursor outside the transaction",
    changes: [
      {
        file: "apps/pipeline/Settle.ts",
        from: `    database.transaction(
      Effect.gen(function* () {
        yield* advance(batch);
        const told`,
        to: `    Effect.andThen(advance(batch), database.transaction(
      Effect.gen(function* () {
        const told`,
      },
      {
        file: "apps/pipeline/Settle.ts",
        from: `        return { told, rows };
      }),
    );`,
        to: `        return { told, rows };
      }),
    ));`,
      },
    ],
    suite: worlds,
    says: /the books differ|was not run|the world did not come further|was never ended/,
  },
  {
    name: "offsets from a sequence",
    changes: [
      {
        file: "migrations/0009_journal_columns.ts",
        from: '  "alter table journal alter column payload type json",\n',
        to: '  "alter table journal alter column payload type json",\n  "create sequence journal_offsets minvalue 0",\n',
      },
      {
        file: "migrations/0009_journal_columns.ts",
        from: "select e.topic, e.partition, h.head + e.place, e.event_id",
        to: "select e.topic, e.partition, nextval('journal_offsets'), e.event_id",
      },
    ],
    suite: {
      kind: "tests",
      path: "test/contracts/Journal.test.ts",
      named: "leaves no gap when a transaction is rolled back",
    },
    says: /× .*leaves no gap when a transaction is rolled back/,
  },
  {
    name: "stale price accepted",
    changes: [
      {
        file: "core/src/risk/PriceFresh.ts",
        from: "holds: ({ priceAgeMs, maxPriceAgeMs }) => priceAgeMs <= maxPriceAgeMs,",
        to: "holds: () => true,",
      },
    ],
    suite: { kind: "tests", path: "test/core/Risk.test.ts", named: "names the first rule broken" },
    says: /× .*names the first rule broken/,
  },
  {
    name: 'fill price from "latest"',
    changes: [
      {
        file: "apps/pipeline/Execution.ts",
        from: "      const settlement = Engine.settle(account, order);",
        to: `      const [seen] = yield* book.look([{ symbol: order.symbol, from: 0, to: Number.MAX_SAFE_INTEGER }]);
      const latest = seen === null || seen === undefined ? order.price : Money.price(BigInt(Math.round(seen.bar.close * 1e6)));
      const settlement = Engine.settle(account, { ...order, price: latest });`,
      },
      {
        file: "apps/pipeline/Execution.ts",
        from: "  const store = yield* ExecutionStore;",
        to: "  const store = yield* ExecutionStore;\n  const book = yield* PriceBook;",
      },
      {
        file: "apps/pipeline/Execution.ts",
        from: 'import { ExecutionStore } from "@strom/core/ports";',
        to: 'import { ExecutionStore, PriceBook } from "@strom/core/ports";\nimport { Money } from "@strom/core";',
      },
    ],
    suite: worlds,
    says: /was filled otherwise/,
  },
];
