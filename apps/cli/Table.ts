/** Text tables for a terminal: columns as wide as their widest cell, numbers to the right. */

export type Align = "left" | "right";

// Colours take no room on the screen.
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

/** Columns a text takes in a terminal. */
export const width = (text: string): number => [...text.replace(ESCAPES, "")].length;

const pad = (text: string, columns: number, align: Align): string => {
  const gap = " ".repeat(Math.max(0, columns - width(text)));
  return align === "left" ? `${text}${gap}` : `${gap}${text}`;
};

/** One line a row, two spaces between columns; `aligns` is left where it says nothing. */
export const lines = (
  rows: ReadonlyArray<ReadonlyArray<string>>,
  aligns: ReadonlyArray<Align> = [],
): ReadonlyArray<string> => {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(0, ...rows.map((row) => width(row[column] ?? ""))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0, aligns[column] ?? "left"))
      .join("  ")
      .trimEnd(),
  );
};
