import { readFileSync } from "node:fs";
import { join } from "node:path";

const path = join(import.meta.dirname, "../../../core/README.md");

/** The examples of the core's README by the file names they give themselves on their first line. */
export const examples = (): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const [, code = ""] of readFileSync(path, "utf8").matchAll(/```(?:js|ts)\n([\s\S]*?)```/g)) {
    const [, name] = /^\/\/ file: (\S+)\n/.exec(code) ?? [];
    if (name === undefined) throw new Error(`an example of core/README.md has no name:\n${code}`);
    found.set(name, code);
  }
  return found;
};

/** 1,500 days of prices that move, for the examples to trade. */
export const spyCsv = (): string => {
  const rows = ["Date,Open,High,Low,Close,Adj Close,Volume"];
  let close = 100;
  let dice = 12_345;
  for (let day = 0; day < 1500; day++) {
    dice = (dice * 48_271) % 2_147_483_647;
    const open = close;
    close = Math.round(open * (1 + (dice / 2_147_483_647 - 0.495) * 0.03) * 100) / 100;
    const date = new Date(Date.UTC(2015, 0, 1) + day * 86_400_000).toISOString().slice(0, 10);
    rows.push([date, open, Math.max(open, close), Math.min(open, close), close, close, 1_000_000].join(","));
  }
  return rows.join("\n");
};
