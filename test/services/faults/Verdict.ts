import { execFile } from "node:child_process";
import { join } from "node:path";
import { Effect } from "effect";
import { SqlClient } from "effect/sql";
import * as Books from "../Books.ts";
import type * as Fleet from "../Fleet.ts";
import { patiently } from "./Patience.ts";
import type * as Witness from "./Witness.ts";

/** What a record is found to be when all is over. A sound one has nothing in any list. */
export interface Verdict {
  /** Acknowledged to the witness, and gone or changed. */
  readonly lost: ReadonlyArray<string>;
  /** Done twice: two runs of one slot, two trades of one fill. */
  readonly doubled: ReadonlyArray<string>;
  /** Rows a life without faults has and this one has not; and the other way round. */
  readonly missing: ReadonlyArray<string>;
  readonly extra: ReadonlyArray<string>;
  /** Identities that do not hold, in the words of `strom verify`. */
  readonly broken: ReadonlyArray<string>;
  /** What `strom verify` said when all is well. */
  readonly verified: string;
  readonly deadLetters: number;
}

/** Every finding as one sentence; none when the record is sound. */
export const findings = ({ lost, doubled, missing, extra, broken }: Verdict): ReadonlyArray<string> => [
  ...lost.map((what) => `acknowledged and lost: ${what}`),
  ...doubled.map((what) => `done twice: ${what}`),
  ...missing.map((what) => `missing: ${what}`),
  ...extra.map((what) => `too much: ${what}`),
  ...broken.map((what) => `an identity does not hold: ${what}`),
];

const program = join(import.meta.dirname, "../../../apps/strom.ts");

/** `strom verify` on the record of these variables: how it ended, and what it said. */
const verify = (env: Fleet.Env): Promise<{ readonly code: number; readonly text: string }> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [program, "verify"],
      { env: { PATH: process.env["PATH"] ?? "", NO_COLOR: "1", ...env }, maxBuffer: 1 << 26 },
      (_, out, err) => resolve({ code: child.exitCode ?? 1, text: `${out}${err}`.trim() }),
    );
  });

/** The books of a record, and how many dead letters lie beside them: those of the harness are not of the agents. */
export const readBooks = Effect.map(patiently(Books.read), ({ dead_letters, ...books }) => ({
  books,
  deadLetters: dead_letters?.length ?? 0,
}));

const doubles = patiently(
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient;
    const rows = yield* sql<{ readonly what: string }>`
      select concat('run of ', agent_id, ' in slot ', slot) as what
      from agent_runs group by agent_id, slot having count(*) > 1
      union all
      select concat('fill of order ', order_id) from trades group by order_id having count(*) > 1`;
    return rows.map(({ what }) => what);
  }),
);

const compare = (calm: Books.Books, tried: Books.Books) => {
  const missing: Array<string> = [];
  const extra: Array<string> = [];
  for (const [table, rows] of Object.entries(calm)) {
    const known = new Set(rows);
    const found = new Set(tried[table] ?? []);
    for (const row of known) if (!found.has(row)) missing.push(`${table}: ${row}`);
    for (const row of found) if (!known.has(row)) extra.push(`${table}: ${row}`);
  }
  // The rows alone would not show one that stands there twice.
  if (missing.length + extra.length === 0 && Books.digest(calm) !== Books.digest(tried)) {
    extra.push("the digests differ: a row stands there twice");
  }
  return { missing, extra };
};

/**
 * Looks at the record of these variables. `calm` are the books of a life without faults; null where there is none to
 * compare with, because the agents lived by the machine's clock.
 */
export const of = (env: Fleet.Env, witness: Witness.Witness, calm: Books.Books | null) =>
  Effect.gen(function* () {
    const { books, deadLetters } = yield* readBooks;
    const { code, text } = yield* Effect.promise(() => verify(env));
    const verdict: Verdict = {
      lost: yield* witness.lost,
      doubled: yield* doubles,
      ...(calm === null ? { missing: [], extra: [] } : compare(calm, books)),
      broken: code === 0 ? [] : [text],
      verified: code === 0 ? text : "",
      deadLetters,
    };
    return verdict;
  });
