import { shown } from "../Problem.ts";
import type { BarFileInvalid } from "./FileInvalid.ts";
import { collector } from "./FileInvalid.ts";

/** What plain JavaScript may ask for: a word that nobody knows would pass for the default, or for another. */

const choices: Readonly<Record<string, ReadonlyArray<string>>> = {
  decimalMark: [".", ","],
  stamp: ["open", "close"],
  decimals: ["refuse", "round"],
  dates: ["mdy", "dmy"],
  missing: ["refuse", "skip"],
  order: ["oldest first", "newest first"],
  gaps: ["allow", "refuse"],
};

const isLength = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0;

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";

/** What is needed of an option instead; undefined where it is right, or not one that is known here. */
const needed = (name: string, value: unknown): string | undefined => {
  const words = choices[name];
  if (words !== undefined) {
    const isKnown = words.some((word) => word === value);
    return isKnown ? undefined : `${words.map((word) => JSON.stringify(word)).join(" or ")} is needed`;
  }
  if (name === "intervalMs") return isLength(value) ? undefined : "whole milliseconds above zero are needed";
  if (name === "symbol" || name === "file") return typeof value === "string" ? undefined : "a text is needed";
  return name !== "delimiter" || isText(value) ? undefined : "a text between two cells is needed";
};

/** What is wrong with the options for a file; undefined where nothing is. */
export const refusal = (file: string, options: object): BarFileInvalid | undefined => {
  const problems = collector(file);
  for (const [name, value] of Object.entries(options)) {
    const right = value === undefined ? undefined : needed(name, value);
    if (right === undefined) continue;
    const message = `${name}: ${shown(value)} is refused: ${right}`;
    problems.add({ line: 0, column: "", value: "", message });
  }
  return problems.count() > 0 ? problems.error() : undefined;
};
