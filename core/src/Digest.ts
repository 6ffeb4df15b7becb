import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** A SHA-256 in lower-case hex: two values have the same one exactly when they are the same. */
export type Digest = string;

/**
 * Canonical JSON: keys sorted by code unit, no white space, absent and undefined properties alike, a bigint as
 * its decimal string. Throws `TypeError` on what JSON cannot say: NaN, Infinity, functions, symbols.
 */
export const canonical = (value: unknown): string => {
  switch (typeof value) {
    case "string":
    case "boolean":
      return JSON.stringify(value);
    case "bigint":
      return `"${value}"`;
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical form`);
      return JSON.stringify(value);
    case "object": {
      if (value === null) return "null";
      if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
      if (ArrayBuffer.isView(value)) return canonical(Array.from(Object.values(value)));
      const members: Array<string> = [];
      for (const [key, member] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
        if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonical(member)}`);
      }
      return `{${members.join(",")}}`;
    }
    default:
      throw new TypeError(`a ${typeof value} has no canonical form`);
  }
};

/** The digest of any plain value. */
export const of = (value: unknown): Digest => ofCanonical(canonical(value));

/** The same of a value that has been written already. */
export const ofCanonical = (text: string): Digest => bytesToHex(sha256(utf8ToBytes(text)));

/** The digest of nothing yet: where a fold starts. */
export const empty: Digest = of([]);

/** The digest of a sequence, one more value at its end. Order counts. */
export const fold = (digest: Digest, value: unknown): Digest => ofCanonical(`${digest}${canonical(value)}`);
