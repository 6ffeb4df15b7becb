import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert, it, layer } from "@effect/vitest";
import { Effect } from "effect";
import { SqlClient } from "effect/sql";
import { requires, seeds } from "../../servers/Needs.ts";
import { onBoth } from "./Databases.ts";
import { parse, seedTables } from "./SeedTables.ts";

const document = join(seeds, "data-model.md");

const types: Readonly<Record<string, string>> = {
  "timestamp with time zone": "timestamptz",
  integer: "int",
};

interface ColumnRow {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly fallback: string | null;
  readonly pk: boolean;
  readonly unique: boolean;
  readonly target: string | null;
}

/** Constraints over this one column alone. */
const columns = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  return yield* sql<ColumnRow>`
    select c.relname::text as table, a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type,
      not a.attnotnull as optional, pg_get_expr(d.adbin, d.adrelid) as fallback,
      exists (select 1 from pg_constraint k where k.conrelid = c.oid and k.contype = 'p' and k.conkey = array[a.attnum]) as pk,
      exists (select 1 from pg_constraint k where k.conrelid = c.oid and k.contype = 'u' and k.conkey = array[a.attnum]
        and k.conname not like 'uq_%') as unique,
      (select t.relname || '.' || ta.attname from pg_constraint k
        join pg_class t on t.oid = k.confrelid
        join pg_attribute ta on ta.attrelid = t.oid and ta.attnum = k.confkey[1]
        where k.conrelid = c.oid and k.contype = 'f' and k.conkey = array[a.attnum]) as target
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
    order by c.relname, a.attnum`;
});

const describeColumn = (row: ColumnRow): string => {
  const isSerial = row.fallback?.startsWith("nextval(") === true;
  const type = isSerial ? row.type.replace("bigint", "bigserial") : (types[row.type] ?? row.type);
  const fallback = isSerial ? null : row.fallback;
  return [
    row.name,
    type,
    row.optional ? "null" : "",
    fallback === null ? "" : `default ${fallback.replace(/::text$/, "")}`,
    row.pk ? "pk" : "",
    row.unique ? "unique" : "",
    row.target === null ? "" : `references ${row.target}`,
  ]
    .filter((part) => part !== "")
    .join(" ");
};

requires("seeds", "the specification", () => {
  it("is what the frozen transcription says", () => {
    assert.deepStrictEqual(parse(readFileSync(document, "utf8")), { ...seedTables });
  });
});

onBoth("the schema", (record) =>
  layer(record, { excludeTestServices: true })("after migration", (it) => {
    it.effect("has every column of the specification, and beside them only optional ones", () =>
      Effect.gen(function* () {
        const found = yield* columns;
        for (const [table, { columns: wanted }] of Object.entries(seedTables)) {
          const mine = found.filter((row) => row.table === table);
          assert.deepStrictEqual(mine.slice(0, wanted.length).map(describeColumn), wanted, table);
          for (const extension of mine.slice(wanted.length))
            assert.isTrue(extension.optional || extension.fallback !== null, `${table}.${extension.name}`);
        }
      }),
    );

    it.effect("has every unique and index of the specification, under its name and in its order", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const found = yield* sql<{
          readonly name: string;
          readonly table: string;
          readonly definition: string;
        }>`
          select indexname::text as name, tablename::text as table, indexdef as definition from pg_indexes
          where schemaname = current_schema()`;
        const describeIndex = (name: string): string => {
          const definition = found.find((index) => index.name === name)?.definition ?? "";
          return `${name} (${/USING btree \((.*)\)/.exec(definition)?.[1]?.replaceAll("DESC", "desc")})`;
        };
        for (const [table, { uniques, indexes }] of Object.entries(seedTables)) {
          for (const wanted of [...uniques, ...indexes]) {
            const name = wanted.split(" ")[0] ?? "";
            const index = found.find((index) => index.name === name);
            assert.strictEqual(index?.table, table, name);
            assert.strictEqual(describeIndex(name), wanted);
            assert.strictEqual(index?.definition.startsWith("CREATE UNIQUE"), uniques.includes(wanted), name);
          }
          const seedNames = found.filter((index) => index.table === table && index.name.startsWith("idx_"));
          assert.strictEqual(
            seedNames.length,
            indexes.length,
            `${table} has an index the specification has not`,
          );
        }
      }),
    );

    it.effect("keeps NaN out of every numeric column", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const unguarded = yield* sql`
          select c.relname || '.' || a.attname as column from pg_class c
          join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace and a.atttypid = 'numeric'::regtype
            and not exists (
              select 1 from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and a.attnum = any(k.conkey)
                and pg_get_constraintdef(k.oid) like '%''NaN''::numeric%')`;
        assert.deepStrictEqual(unguarded, []);
      }),
    );

    it.effect("has no foreign key that a delete would cascade along", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient;
        const cascading = yield* sql`
          select conname::text from pg_constraint where contype = 'f' and confdeltype <> 'a'`;
        assert.deepStrictEqual(cascading, []);
      }),
    );
  }),
);
