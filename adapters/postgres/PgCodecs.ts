import { PgTypes } from "@effect/sql-pg";
import { Result } from "effect";

/** Postgres counts microseconds from 2000-01-01. */
const PG_EPOCH_MS = 946_684_800_000;

/**
 * How values cross the wire, the same from PGlite and from a server:
 *
 * | column        | in code                                             |
 * | ------------- | --------------------------------------------------- |
 * | numeric       | decimal string, never a JS number                   |
 * | timestamptz   | ms since the epoch as a number (µs are cut off);    |
 * |               | parameters may be such a number typed by the column |
 * |               | cast, or a Date                                     |
 * | bigint        | bigint                                              |
 * | int, smallint | number                                              |
 * | date          | "YYYY-MM-DD"                                        |
 * | json, jsonb   | the parsed value                                    |
 * | uuid, text    | string                                              |
 */
export const registry: PgTypes.Registry = (() => {
  const codecs = PgTypes.makeRegistry();
  codecs.register<number | Date>(
    PgTypes.OID.timestamptz,
    {
      encode: (value) => PgTypes.encode(value, PgTypes.OID.timestamptz),
      decode: (bytes) => {
        const micros = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigInt64(0);
        return Result.succeed(PG_EPOCH_MS + Number((micros - floorMod(micros)) / 1000n));
      },
    },
    { arrayOid: PgTypes.OID.timestamptzArray },
  );
  return codecs;
})();

/** Microseconds inside the millisecond, so that instants before 2000 round down too. */
const floorMod = (micros: bigint): bigint => ((micros % 1000n) + 1000n) % 1000n;
