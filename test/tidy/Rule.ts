import type { Finding, Source } from "./Source.ts";

/** A rule of the house. Samples prove that it can fail, and that it leaves good code alone. */
export interface Rule {
  readonly name: string;
  readonly check: (source: Source) => ReadonlyArray<Finding>;
  /** Each must give at least one finding. */
  readonly bad: ReadonlyArray<Source>;
  /** None may give a finding. */
  readonly good: ReadonlyArray<Source>;
}

export const sample = (path: string, text = ""): Source => ({ path, text });
