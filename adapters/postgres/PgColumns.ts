import { PgTypes } from "@effect/sql-pg";
import { Result } from "effect";
import type { SqlClient } from "effect/sql/SqlClient";

/**
 * Many rows in one statement, handed over as one array a column: the database reads each value once, in its binary
 * form, where `json_to_recordset` reads a document of documents. For the statements that run on every slot.
 */
const OIDS = {
  uuid: PgTypes.OID.uuid,
  text: PgTypes.OID.text,
  int: PgTypes.OID.int4,
  bigint: PgTypes.OID.int8,
  numeric: PgTypes.OID.numeric,
  date: PgTypes.OID.date,
  timestamptz: PgTypes.OID.timestamptz,
  json: PgTypes.OID.json,
  jsonb: PgTypes.OID.jsonb,
} as const;
export type Type = keyof typeof OIDS;

/** Columns by name, each with its type. */
export type Columns = { readonly [column: string]: Type };

export type Row = { readonly [column: string]: unknown };

const encode = (type: Type, value: unknown): unknown => {
  if (value === null || value === undefined) return null;
  if (type === "bigint") return typeof value === "bigint" ? value : BigInt(Number(value));
  if (type === "timestamptz") return new Date(String(value));
  return value;
};

/** One array parameter a column, in the columns' order. */
export const parameters = (columns: Columns, rows: ReadonlyArray<Row>): ReadonlyArray<PgTypes.Parameter> =>
  Object.entries(columns).map(([column, type]) =>
    Result.getOrThrow(
      PgTypes.array(
        rows.map((row) => encode(type, row[column])),
        OIDS[type],
      ),
    ),
  );

/** The rows as a source named `r`, from the parameters `$first` on. */
export const source = (columns: Columns, first = 1): string => {
  const names = Object.keys(columns).map((column) => `"${column}"`);
  const arrays = Object.values(columns).map((type, index) => `$${first + index}::${type}[]`);
  return `unnest(${arrays.join(", ")}) as r (${names.join(", ")})`;
};

/** A statement over rows: `write` gets the source and answers the SQL, which is made once. */
export const statement = <C extends Columns>(columns: C, write: (source: string) => string) => {
  const text = write(source(columns));
  return <A extends object = Row>(
    sql: SqlClient,
    rows: ReadonlyArray<{ readonly [K in keyof C]: unknown }>,
  ) => sql.unsafe<A>(text, parameters(columns, rows));
};
