/** One measured number, with what it should be when an issue or a page names a figure. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** How long or how large a bench is; each has small values of its own for what is not given. */
export interface Flags {
  readonly seconds?: number | undefined;
  readonly agents?: number | undefined;
  /** Seconds between two slots of an agent. */
  readonly frequency?: number | undefined;
  readonly kills?: number | undefined;
  /** Also measure how cost grows. */
  readonly growth?: boolean | undefined;
}

/** What a file in bench/ exports to be found by `npm run bench`. */
export interface Bench {
  /** How it is asked for: `npm run bench -- NAME`. */
  readonly name: string;
  /** One line on what is measured beside what. */
  readonly about: string;
  readonly run: (flags: Flags) => Promise<ReadonlyArray<Figure>>;
  /** Which figures to draw under the table, and what they are. */
  readonly plot?: { readonly title: string; readonly of: (figure: Figure) => string | null };
}

/** Undefined when no figure was named. */
export const isMet = ({ value, atLeast, atMost }: Figure): boolean | undefined =>
  atLeast === undefined && atMost === undefined
    ? undefined
    : value >= (atLeast ?? Number.NEGATIVE_INFINITY) && value <= (atMost ?? Number.POSITIVE_INFINITY);

/** Aligned lines: what, value, unit, and the figure to reach with a mark. */
export const table = (figures: ReadonlyArray<Figure>): ReadonlyArray<string> => {
  const rows = figures.map((figure) => [
    figure.what,
    round(figure.value),
    figure.unit,
    [
      ...(figure.atLeast === undefined ? [] : [`≥ ${round(figure.atLeast)}`]),
      ...(figure.atMost === undefined ? [] : [`≤ ${round(figure.atMost)}`]),
    ].join(" and "),
    { true: "✓", false: "✗ missed", undefined: "" }[String(isMet(figure))] ?? "",
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 1 ? cell.padStart(widths[1] ?? 0) : column < 4 ? cell.padEnd(widths[column] ?? 0) : cell,
      )
      .join("  ")
      .trimEnd(),
  );
};

const LONGEST = 50;

/** Bars as long as the values, each behind its label; nothing when there is nothing to draw. */
export const bars = (figures: ReadonlyArray<Figure>, { title, of }: NonNullable<Bench["plot"]>) => {
  const drawn = figures.flatMap((figure) => {
    const label = of(figure);
    return label === null ? [] : [{ label, value: figure.value }];
  });
  if (drawn.length === 0) return [];
  const most = Math.max(...drawn.map(({ value }) => value));
  const width = Math.max(...drawn.map(({ label }) => label.length));
  const lines = drawn.map(
    ({ label, value }) =>
      `${label.padEnd(width)}  ${"█".repeat(Math.round((LONGEST * value) / most))} ${round(value)}`,
  );
  return ["", title, ...lines];
};

/** Three significant digits, whole numbers with separators. */
const round = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(3)));
