import { difference } from "./Plain.ts";

/** Something with a digest, such as the result of a backtest. */
export interface Digested {
  readonly digest: string;
}

const digestOf = (value: Digested | string): string => (typeof value === "string" ? value : value.digest);

/** Big numbers as text, so that two results can be walked side by side. */
const plain = (value: unknown): unknown => {
  if (typeof value === "bigint") return `${value}`;
  if (ArrayBuffer.isView(value)) return Object.values(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
};

/** Throws when two runs differ, naming the first place where they do. Takes results, or digests alone. */
export const assertSameDigest = (one: Digested | string, other: Digested | string): void => {
  const first = digestOf(one);
  const second = digestOf(other);
  if (first === second) return;
  const where =
    typeof one === "string" || typeof other === "string" ? undefined : differenceBeyondDigest(one, other);
  throw new Error(
    `the runs are not the same: ${first} and ${second}${where === undefined ? "" : `; first at ${where}`}`,
  );
};

const differenceBeyondDigest = (one: Digested, other: Digested): string | undefined =>
  difference(plain({ ...one, digest: "" }), plain({ ...other, digest: "" }));
