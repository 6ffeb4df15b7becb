import type { Id } from "@strom/core";
import { Money } from "@strom/core";

/**
 * Readers of a row's columns: cheap, explicit, and loud. A column that is not what the schema says is a defect
 * of ours, so it dies with its name instead of becoming an error somebody might handle.
 */
export type Row = { readonly [column: string]: unknown };

/** The record holds what its own schema forbids, or code and schema disagree. */
export class RowInvalid extends Error {
  constructor(column: string, value: unknown, wanted: string) {
    super(`column ${column} holds ${JSON.stringify(value) ?? String(value)}, not ${wanted}`);
    this.name = "RowInvalid";
  }
}

export const text = (row: Row, column: string): string => {
  const value = row[column];
  if (typeof value === "string") return value;
  throw new RowInvalid(column, value, "text");
};

export const boolean = (row: Row, column: string): boolean => {
  const value = row[column];
  if (typeof value === "boolean") return value;
  throw new RowInvalid(column, value, "a boolean");
};

/** int, float8, or an instant in ms since the epoch. */
export const number = (row: Row, column: string): number => {
  const value = row[column];
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  throw new RowInvalid(column, value, "a number");
};

export const numberOrNull = (row: Row, column: string): number | null =>
  row[column] === null ? null : number(row, column);

export const textOrNull = (row: Row, column: string): string | null =>
  row[column] === null ? null : text(row, column);

export const bigint = (row: Row, column: string): bigint => {
  const value = row[column];
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  throw new RowInvalid(column, value, "a whole number");
};

/** text[] */
export const texts = (row: Row, column: string): ReadonlyArray<string> => {
  const value = row[column];
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw new RowInvalid(column, value, "an array of text");
};

/** json and jsonb: already parsed. */
export const json = (row: Row, column: string): unknown => row[column];

/** A `numeric` of at most 6 decimals, in millionths. The books are wider than a single amount, so `Money.parse` is not asked. */
export const amount = (row: Row, column: string): bigint => {
  const value = text(row, column);
  const match = NUMERIC.exec(value);
  if (match === null) throw new RowInvalid(column, value, "a decimal of at most 6 decimals");
  const micro = BigInt(`${match[2]}${(match[3] ?? "").padEnd(6, "0")}`);
  return match[1] === "-" ? -micro : micro;
};

const NUMERIC = /^(-?)(\d+)(?:\.(\d{1,6}))?$/;

export const cash = (row: Row, column: string): Money.Cash => amount(row, column) as Money.Cash;
export const qty = (row: Row, column: string): Money.Qty => Money.qty(amount(row, column));
export const price = (row: Row, column: string): Money.Price => Money.price(amount(row, column));

// Ids of the record were checked by its column type; here they get their brand back.
export const agentId = (row: Row, column = "agent_id"): Id.AgentId => text(row, column) as Id.AgentId;
export const orderId = (row: Row, column = "order_id"): Id.OrderId => text(row, column) as Id.OrderId;
export const strategyId = (row: Row, column = "strategy_id"): Id.StrategyId =>
  text(row, column) as Id.StrategyId;

const MS_PER_DAY = 86_400_000;

/** A `date` as days since the epoch. */
export const day = (row: Row, column: string): number => {
  const at = Date.parse(`${text(row, column)}T00:00:00Z`);
  if (Number.isNaN(at)) throw new RowInvalid(column, row[column], "a date");
  return at / MS_PER_DAY;
};

/** Days since the epoch as a `date`. */
export const date = (days: number): string => new Date(days * MS_PER_DAY).toISOString().slice(0, 10);

/** An instant as a parameter inside JSON. */
export const iso = (at: number): string => new Date(at).toISOString();
