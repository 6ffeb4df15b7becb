/** A place in a list ordered by time and id, newest first: everything after it is older. */
export interface Place {
  /** Microseconds since the epoch, as the database keeps them. */
  readonly micros: bigint;
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
