/** Deeds by their instants, earliest first, those of one instant in the order given: a binary heap. */
export interface Timers {
  readonly add: (at: number, deed: () => void) => void;
  /** Takes the earliest out; null when there is none. */
  readonly next: () => { readonly at: number; readonly deed: () => void } | null;
}

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly deed: () => void;
}

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

export const make = (): Timers => {
  const heap: Array<Timer> = [];
  let added = 0;

  const at = (index: number): Timer => {
    const found = heap[index];
    if (found === undefined) throw new RangeError(`no timer at ${index}`);
    return found;
  };
  const swap = (a: number, b: number): void => {
    const kept = at(a);
    heap[a] = at(b);
    heap[b] = kept;
  };
  const rise = (from: number): void => {
    for (let index = from; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (!isBefore(at(index), at(parent))) return;
      swap(index, parent);
      index = parent;
    }
  };
  const sink = (): void => {
    for (let index = 0; ; ) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      let least = index;
      if (left < heap.length && isBefore(at(left), at(least))) least = left;
      if (right < heap.length && isBefore(at(right), at(least))) least = right;
      if (least === index) return;
      swap(index, least);
      index = least;
    }
  };

  return {
    add: (at, deed) => {
      heap.push({ at, order: added++, deed });
      rise(heap.length - 1);
    },
    next: () => {
      const first = heap[0];
      if (first === undefined) return null;
      swap(0, heap.length - 1);
      heap.pop();
      sink();
      return first;
    },
  };
};
