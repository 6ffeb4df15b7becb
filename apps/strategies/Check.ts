import { Worker } from "node:worker_threads";
import { StrategyFileInvalid } from "@strom/adapters/files/StrategyFile.ts";
import type { Options, Report } from "@strom/core/testing";
import { Effect } from "effect";

/** What a check is about; it travels to another thread, so it is plain data. */
export interface Question {
  readonly path: string;
  readonly options: Options;
}

export type Answer =
  | { readonly reports: ReadonlyArray<Report> }
  | { readonly problem: { readonly file: string; readonly line: number; readonly reason: string } };

/** The code of Node for an await at the top of a module that nothing can end any more. */
const UNSETTLED = 13;

/** Longest wait beyond the budget: a step that never returns cannot be told to stop. */
const GRACE_MS = 20_000;

/** The first thing that happens: an answer, the end of the thread, or of our patience. */
const answerOf = (worker: Worker, path: string, limitMs: number): Promise<Answer> =>
  new Promise((resolve) => {
    const problem = (reason: string): void => resolve({ problem: { file: path, line: 0, reason } });
    const timer = setTimeout(() => {
      problem(`no answer within ${limitMs / 1000} s; is there a loop in it that never ends?`);
    }, limitMs);
    worker.once("message", (answer: Answer) => resolve(answer));
    worker.once("error", (cause) => problem(`it broke the thread that checked it: ${cause.message}`));
    worker.once("exit", (code) => {
      clearTimeout(timer);
      problem(
        code === UNSETTLED
          ? "it waits while it is loaded, for what never comes; is there an await outside of its functions?"
          : `it ended the thread that checked it, with code ${code}`,
      );
    });
  });

/**
 * The property kit's report of every strategy in a file, made in a thread of its own: a file that loops for ever,
 * exits or throws from the blue costs that thread and no more. `graceMs` is waited beyond the budget.
 */
export const file = (
  path: string,
  options: Options = {},
  graceMs: number = GRACE_MS,
): Effect.Effect<ReadonlyArray<Report>, StrategyFileInvalid> =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const workerData: Question = { path, options };
      return new Worker(new URL("./CheckWorker.ts", import.meta.url), { workerData });
    }),
    (worker) => Effect.promise(() => answerOf(worker, path, (options.budgetMs ?? 0) + graceMs)),
    (worker) => Effect.promise(() => worker.terminate()),
  ).pipe(
    Effect.flatMap((answer) =>
      "reports" in answer
        ? Effect.succeed(answer.reports)
        : Effect.fail(new StrategyFileInvalid(answer.problem)),
    ),
  );
