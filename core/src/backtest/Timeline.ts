import type { Lane } from "./Plan.ts";

/**
 * Every instant at which a bar of any lane ends, in order, with the last bar of each lane that has ended by then;
 * below the lane's start nothing is known of it yet.
 */
export const walk = (
  lanes: ReadonlyArray<Lane>,
  visit: (at: number, indices: ReadonlyArray<number>) => void,
): void => {
  const indices = lanes.map(({ start }) => start - 1);
  for (;;) {
    let at = Number.POSITIVE_INFINITY;
    lanes.forEach(({ columns, end }, which) => {
      const next = (indices[which] ?? 0) + 1;
      if (next < end) at = Math.min(at, columns.to[next] ?? at);
    });
    if (at === Number.POSITIVE_INFINITY) return;
    lanes.forEach(({ columns, end }, which) => {
      const next = (indices[which] ?? 0) + 1;
      if (next < end && columns.to[next] === at) indices[which] = next;
    });
    visit(at, indices);
  }
};
