/**
 * A table of one key. What a transaction changed is taken back from its journal of undos, in the opposite order,
 * when it does not commit. Values are never changed in place.
 */
export interface MemoryTable<V> {
  readonly get: (key: string) => V | undefined;
  readonly has: (key: string) => boolean;
  /** Throws `DuplicateKey` when the key is taken: a unique constraint. */
  readonly insert: (key: string, value: V) => void;
  readonly set: (key: string, value: V) => void;
  readonly remove: (key: string) => void;
  readonly values: () => Iterable<V>;
  readonly size: () => number;
}

export class DuplicateKey extends Error {
  override readonly name = "DuplicateKey";
  constructor(table: string, key: string) {
    super(`${table} has ${key} already`);
  }
}

export type Undo = () => void;

export const make = <V>(name: string, undos: Array<Undo>): MemoryTable<V> => {
  const rows = new Map<string, V>();
  const restore = (key: string, before: V | undefined) => () => {
    if (before === undefined) rows.delete(key);
    else rows.set(key, before);
  };
  const set = (key: string, value: V): void => {
    undos.push(restore(key, rows.get(key)));
    rows.set(key, value);
  };
  return {
    get: (key) => rows.get(key),
    has: (key) => rows.has(key),
    insert: (key, value) => {
      if (rows.has(key)) throw new DuplicateKey(name, key);
      set(key, value);
    },
    set,
    remove: (key) => {
      undos.push(restore(key, rows.get(key)));
      rows.delete(key);
    },
    values: () => rows.values(),
    size: () => rows.size,
  };
};
