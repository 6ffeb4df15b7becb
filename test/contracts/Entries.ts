import type { Entry } from "@strom/core/ports";

export const AGENT = "00000000-0000-4000-8000-00000000000a";
export const OTHER = "00000000-0000-4000-8000-00000000000b";
export const STRANGER = "00000000-0000-4000-8000-00000000000c";

/** A topic of its own for each case, so that cases share a database and nothing else. */
let topics = 0;
export const topic = (): string => `case.${++topics}`;

export const entry = (of: { readonly topic: string } & Partial<Entry>): Entry => ({
  partition: 0,
  eventId: crypto.randomUUID(),
  agentId: AGENT,
  payload: { price: "1.5", list: [1, null, "ü"] },
  at: 1_700_000_000_123,
  ...of,
});

export const several = (
  count: number,
  of: { readonly topic: string } & Partial<Entry>,
): ReadonlyArray<Entry> => Array.from({ length: count }, () => entry(of));

export const offsets = (rows: ReadonlyArray<{ readonly offset: number }>): ReadonlyArray<number> =>
  rows.map((row) => row.offset);

export const upTo = (count: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, index) => index);
