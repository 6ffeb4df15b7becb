import { parseArgs } from "node:util";
import type { Counts } from "./Part.ts";

/** What `npm run torture` was asked for. */
export interface Options {
  /** Names of parts; none are all. */
  readonly parts: ReadonlyArray<string>;
  readonly counts: Counts;
  /** Where the report also goes: JSON when the name ends so, else the text. */
  readonly out: string | null;
}

/** The long column of docs/RELIABILITY.md. */
const standard: Counts = {
  kills: 50,
  ticks: 10_000,
  broker: 20,
  postgres: 20,
  clocks: 20,
  poison: 1_000,
  simulations: 10_000,
  from: 1,
  http: 1_000_000,
  keys: 1_000,
};

const isCount = (name: string): name is keyof Counts => name in standard;
export const names: ReadonlyArray<keyof Counts> = Object.keys(standard).filter(isCount);

export const usage = (parts: ReadonlyArray<{ readonly name: string; readonly about: string }>): string =>
  [
    "npm run torture [-- PART… --OPTION N… --out FILE]",
    "",
    ...parts.map(({ name, about }) => `  ${name.padEnd(12)} ${about}`),
    "",
    `  ${names.map((name) => `--${name} ${standard[name]}`).join("  ")}`,
    "  0 leaves it out; --out FILE.json writes JSON, any other name the text; without a part it is all of them",
  ].join("\n");

const countOf = (name: string, text: string | undefined, fallback: number): number | string => {
  if (text === undefined) return fallback;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value)
    ? value
    : `--${name} is "${text}"; it should be a whole number, 0 or more`;
};

/** What the arguments say, or a sentence on what is wrong with them. */
export const parse = (args: ReadonlyArray<string>, parts: ReadonlyArray<string>): Options | string => {
  try {
    const text = { type: "string" } as const;
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{ kills: text, ticks: text, broker: text, postgres: text, clocks: text },
        ...{ poison: text, simulations: text, from: text, http: text, keys: text, out: text },
      },
    });
    const unknown = positionals.filter((name) => !parts.includes(name));
    if (unknown.length > 0) return `there is no part "${unknown[0]}"; there are ${parts.join(", ")}`;
    const counts: Record<keyof Counts, number> = { ...standard };
    for (const name of names) {
      const count = countOf(name, values[name], standard[name]);
      if (typeof count === "string") return count;
      counts[name] = count;
    }
    return { parts: positionals, counts, out: values.out ?? null };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
