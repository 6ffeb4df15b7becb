import * as Text from "./Text.ts";

/** How a column is set: words to the left, figures to the right. */
export type Align = "left" | "right";

const pad = (cell: string, width: number, align: Align): string => {
  const fill = " ".repeat(Math.max(0, width - Text.columns(cell)));
  return align === "left" ? cell + fill : fill + cell;
};

/** Rows as lines of monospaced text, columns in line, the first row being the heads. */
export const lines = (
  aligns: ReadonlyArray<Align>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
): ReadonlyArray<string> => {
  const widths = aligns.map((_, column) => Math.max(...rows.map((row) => Text.columns(row[column] ?? ""))));
  return rows.map((row) =>
    aligns
      .map((align, column) => pad(row[column] ?? "", widths[column] ?? 0, align))
      .join("  ")
      .trimEnd(),
  );
};
