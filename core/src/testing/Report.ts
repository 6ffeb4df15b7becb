import type { AgentSpec } from "../AgentSpec.ts";
import type { Bar } from "../Bar.ts";
import type { Property } from "./Broken.ts";
import { shown } from "./Plain.ts";

/** What checking a strategy found, as values and as text. */

/** One promise broken, with the smallest case that breaks it. */
export interface Failure {
  readonly property: Property;
  /** What is wrong and what would be right, in one sentence or two. */
  readonly sentence: string;
  readonly params: unknown;
  readonly bars: ReadonlyArray<Bar>;
  /** The agent that traded, where the engine took part. */
  readonly agent?: AgentSpec;
  readonly seed: number;
  /** Goes into `options.path` to see it again. */
  readonly path: string;
  /** The property that was being checked when it broke. */
  readonly during: Property;
}

export interface Report {
  readonly strategy: string;
  readonly seed: number;
  readonly checks: ReadonlyArray<{
    readonly property: Property;
    readonly status: "held" | "broken" | "skipped";
    readonly runs: number;
    /** Why it was skipped. */
    readonly reason?: string;
  }>;
  readonly failures: ReadonlyArray<Failure>;
  /** Nothing broken, but worth knowing. */
  readonly warnings: ReadonlyArray<string>;
}

/** Longer paths are left out of the message: the seed alone finds the failure again. */
const PATH_SHOWN_MAX = 60;
const SHOWN_BARS = 8;

const barLine = ({ open, high, low, close, volume, from }: Bar): string =>
  `    from ${from}: open ${open}, high ${high}, low ${low}, close ${close}, volume ${volume}`;

const block = (failure: Failure): string => {
  const last = failure.bars.slice(-SHOWN_BARS);
  const left = failure.bars.length - last.length;
  const path = failure.path.length <= PATH_SHOWN_MAX ? `, path: "${failure.path}"` : "";
  return [
    `✗ ${failure.property}: ${failure.sentence}.`,
    `  parameters: ${shown(failure.params, 400)}`,
    ...(failure.agent === undefined ? [] : [`  risk profile: ${shown(failure.agent.risk, 400)}`]),
    `  on ${failure.bars.length} ${failure.bars.length === 1 ? "bar" : "bars"}, the first of them bar 0${left > 0 ? `, here the last ${last.length}` : ""}:`,
    ...last.map(barLine),
    `  again: checkStrategy(strategy, { seed: ${failure.seed}${path}, only: ["${failure.during}"] })`,
  ].join("\n");
};

/** The report as text: what broke, the smallest case, and how to see it again. */
export const explain = (report: Report): string =>
  report.failures.length === 0
    ? `${report.strategy} keeps every promise that was checked`
    : [
        `${report.strategy} breaks ${report.failures.map((failure) => failure.property).join(", ")}`,
        ...report.failures.map(block),
      ].join("\n");

/** A strategy that broke at least one promise. The message is for its author. */
export class StrategyBroken extends Error {
  override readonly name = "StrategyBroken";
  readonly report: Report;

  constructor(report: Report) {
    super(explain(report));
    this.report = report;
  }
}
