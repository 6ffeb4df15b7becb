/**
 * A place in a list ordered by time, rank and id, newest first: everything after it is older. In a list ordered otherwise
 * its id tells it.
 */
export interface Place {
  /** Microseconds since the epoch, as the database keeps them. */
  readonly micros: bigint;
  /** What came later within one instant has the higher one; 0 where a list has nothing to tell by. */
  readonly rank: bigint;
  readonly id: string;
}

/** Which part of a list: at most `limit` items after a place, from its newest when null. */
export interface Slice {
  readonly limit: number;
  readonly after: Place | null;
}

export interface Page<A> {
  readonly items: ReadonlyArray<A>;
  /** Where the next page begins, null when there is none. */
  readonly next: Place | null;
}
