import { PgTypes } from "@effect/sql-pg";
import { Effect, Schema } from "effect";
import type { SqlClient } from "effect/sql/SqlClient";
import * as Row from "./PgRow.ts";

/** A table whose rows follow from something else, and can therefore be expected. */
export interface Expected {
  readonly table: string;
  /** What names a row, in the columns' terms. */
  readonly key: string;
  /** The columns compared, each with its type. */
  readonly columns: { readonly [column: string]: string };
  /** What of a column is compared, where that is not all of it. */
  readonly compared?: { readonly [column: string]: string };
  /** Which of the table's rows are looked at; `$2` is what `scope` is given. */
  readonly scope: string;
}

const selected = ({ columns, compared = {} }: Expected): string =>
  Object.keys(columns)
    .map((name) => `${compared[name] ?? `"${name}"`} as "${name}"`)
    .join(", ");

const shown = (value: unknown): string => (value === null ? "nothing" : JSON.stringify(value));

const isRecord = Schema.is(Schema.Record(Schema.String, Schema.Unknown));

/** The columns that differ, as `qty is "2", should be "1"`. */
const differences = (found: unknown, expected: unknown): string => {
  const left = isRecord(found) ? found : {};
  const right = isRecord(expected) ? expected : {};
  return Object.keys(right)
    .filter((column) => JSON.stringify(left[column]) !== JSON.stringify(right[column]))
    .map((column) => `${column} is ${shown(left[column])}, should be ${shown(right[column])}`)
    .join("; ");
};

/** The first row that is not as expected, missing, or too many, in a sentence; null when all are as they should be. */
export const differs = Effect.fnUntraced(function* (
  sql: SqlClient,
  expectation: Expected,
  rows: ReadonlyArray<object>,
  scoped: unknown,
) {
  const { table, key, columns, scope } = expectation;
  const typed = Object.entries(columns)
    .map(([name, type]) => `"${name}" ${type}`)
    .join(", ");
  const found = yield* sql.unsafe<Row.Row>(
    `with expected as (select ${selected(expectation)} from json_to_recordset($1::json) as r (${typed})),
      found as (select ${selected(expectation)} from ${table} where ${scope})
    select coalesce(${key.replaceAll("%", "e")}, ${key.replaceAll("%", "f")}) as name,
      case when ${key.replaceAll("%", "e")} is null then null else to_jsonb(e) end as expected,
      case when ${key.replaceAll("%", "f")} is null then null else to_jsonb(f) end as found
    from expected e full join found f on ${key.replaceAll("%", "f")} = ${key.replaceAll("%", "e")}
    where to_jsonb(e) is distinct from to_jsonb(f)
    order by 1 limit 1`,
    [PgTypes.json(rows), PgTypes.json(scoped)],
  );
  const row = found[0];
  if (row === undefined) return null;
  const name = `${table} ${Row.text(row, "name")}`;
  const expected = Row.json(row, "expected");
  const actual = Row.json(row, "found");
  if (actual === null) return `${name} is missing`;
  if (expected === null) return `${name} follows from nothing on record`;
  return `${name}: ${differences(actual, expected)}`;
});

/** How many rows of an agent there are beyond or short of so many, in a sentence; null when it is so many. */
export const miscounted = Effect.fnUntraced(function* (
  sql: SqlClient,
  { table }: Expected,
  agent: string,
  wanted: number,
) {
  const rows = yield* sql.unsafe<Row.Row>(
    `select count(*)::int as count from ${table} where agent_id = $1::uuid`,
    [agent],
  );
  const count = rows[0] === undefined ? 0 : Row.number(rows[0], "count");
  return count === wanted ? null : `${table} holds ${count} rows of agent ${agent}, should be ${wanted}`;
});
