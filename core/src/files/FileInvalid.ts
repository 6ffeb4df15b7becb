import { Data } from "effect";

/** One thing wrong in a file of bars, placed so that an editor can jump to it. */
export interface Problem {
  /** 1-based line of a text file, 1-based row of a columnar file; 0 when the whole file is meant. */
  readonly line: number;
  /** The column's name as the file spells it; `""` when the whole line is meant. */
  readonly column: string;
  /** What the file says there, verbatim. */
  readonly value: string;
  /** What is wrong with it and what would be right. */
  readonly message: string;
}

/**
 * A file that is not a series of bars. `problems` holds the first ones in file order
 * (at most `PROBLEMS_MAX`), `count` how many there are in all.
 */
export class BarFileInvalid extends Data.TaggedError("BarFileInvalid")<{
  readonly file: string;
  readonly problems: ReadonlyArray<Problem>;
  readonly count: number;
  readonly message: string;
}> {}

/** So many problems are told in full; a broken export has the same one on every line. */
export const PROBLEMS_MAX = 20;

/** `prices.csv:7: close "NaN": not a number, …` as compilers write it. */
export const formatProblem = (file: string, problem: Problem): string => {
  const place = problem.line > 0 ? `${file}:${problem.line}` : file;
  const cell = problem.column === "" ? "" : `${problem.column} ${JSON.stringify(problem.value)}: `;
  return `${place}: ${cell}${problem.message}`;
};

/** Collects problems in file order and turns them into one error. */
export interface Collector {
  readonly add: (problem: Problem) => void;
  readonly count: () => number;
  readonly error: () => BarFileInvalid;
}

export const collector = (file: string): Collector => {
  const kept: Array<Problem> = [];
  let count = 0;
  return {
    add: (problem) => {
      count += 1;
      if (kept.length < PROBLEMS_MAX) kept.push(problem);
    },
    count: () => count,
    error: () => {
      const lines = kept.map((problem) => formatProblem(file, problem));
      if (count > kept.length) lines.push(`${file}: and ${count - kept.length} more`);
      return new BarFileInvalid({ file, problems: kept, count, message: lines.join("\n") });
    },
  };
};

/** The error for one problem that makes reading on pointless. */
export const single = (file: string, problem: Problem): BarFileInvalid => {
  const problems = collector(file);
  problems.add(problem);
  return problems.error();
};
