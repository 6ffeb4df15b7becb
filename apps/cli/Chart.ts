/** Curves drawn with the dots of braille characters: two across and four down in every cell of a terminal. */

export interface Options {
  /** Cells across, without the scale at the left. */
  readonly columns: number;
  /** Cells down. */
  readonly rows: number;
  /** How a value at the left is written. */
  readonly label: (value: number) => string;
  /** Fills from the top down to the curve instead of drawing a line: for a drawdown. */
  readonly isHanging?: boolean;
}

// The bit of each dot in a braille character, by its row and column.
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
const BLANK = 0x2800;

interface Extent {
  readonly low: number;
  readonly high: number;
}

/** The lowest and highest value of each of `count` stretches of a curve. */
const stretches = (values: ArrayLike<number>, count: number): ReadonlyArray<Extent> =>
  Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * values.length) / count);
    const to = Math.max(from + 1, Math.floor(((i + 1) * values.length) / count));
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let at = from; at < to && at < values.length; at++) {
      const value = values[at] ?? 0;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return { low, high };
  });

const extentOf = (parts: ReadonlyArray<Extent>): Extent => {
  const low = Math.min(...parts.map((part) => part.low));
  const high = Math.max(...parts.map((part) => part.high));
  return low === high
    ? { low: low - Math.abs(low) * 0.01 - 1e-9, high: high + Math.abs(high) * 0.01 + 1e-9 }
    : { low, high };
};

/** Where each stretch has its dots, from the top: joined to its neighbour, so that a steep curve has no holes. */
const spans = (parts: ReadonlyArray<Extent>, extent: Extent, height: number, isHanging: boolean) => {
  const dotOf = (value: number): number =>
    Math.round(((extent.high - value) / (extent.high - extent.low)) * (height - 1));
  return parts.map(({ low, high }, i) => {
    if (isHanging) return { top: 0, bottom: dotOf(low) };
    const before = parts[i - 1];
    const isAbove = before !== undefined && before.low > high;
    const isBelow = before !== undefined && before.high < low;
    return {
      top: dotOf(isAbove ? before.low : high) + (isAbove ? 1 : 0),
      bottom: dotOf(isBelow ? before.high : low) - (isBelow ? 1 : 0),
    };
  });
};

/** Lines of text, top first: the scale at the left of the first, the middle and the last. */
export const draw = (values: ArrayLike<number>, options: Options): ReadonlyArray<string> => {
  const { columns, rows, label, isHanging = false } = options;
  if (values.length === 0) return [];
  const parts = stretches(values, columns * 2);
  const found = extentOf(parts);
  const extent = isHanging ? { low: Math.min(found.low, -1e-9), high: 0 } : found;
  const cells = Array.from({ length: rows }, () => new Uint8Array(columns));
  spans(parts, extent, rows * 4, isHanging).forEach(({ top, bottom }, x) => {
    for (let y = top; y <= bottom; y++) {
      const row = cells[Math.floor(y / 4)];
      const column = Math.floor(x / 2);
      if (row !== undefined) row[column] = (row[column] ?? 0) | (DOTS[y % 4]?.[x % 2] ?? 0);
    }
  });
  const middle = Math.floor(rows / 2);
  const scale = cells.map((_, row) => {
    if (row === 0) return label(extent.high);
    if (row === rows - 1) return label(extent.low);
    return row === middle ? label(extent.high - ((extent.high - extent.low) * (row + 0.5)) / rows) : "";
  });
  const width = Math.max(...scale.map((text) => text.length));
  return cells.map((row, i) => {
    const dots = [...row].map((bits) => String.fromCharCode(BLANK + bits)).join("");
    return `${(scale[i] ?? "").padStart(width)} ┤${dots}`;
  });
};
