import { Schema } from "effect";

/** The database cannot be used as it is, and was left so; the message says why and what to do. */
export class DatabaseRefused extends Schema.TaggedError<DatabaseRefused>()("DatabaseRefused", {
  reason: Schema.Literals(["Login", "Foreign", "Newer", "PartitionsFixed"]),
  message: Schema.String,
}) {}
