import { Runtime, Schema } from "effect";

/**
 * How a command ends. Stable, for scripts: 0 all is well, 1 a wrong command line or variable, what keeps STROM from
 * starting, or a fault of ours, 2 an input that cannot be used (a file, a parameter, a date), 3 a check that found
 * something.
 */
export const exitCodes = { fault: 1, input: 2, finding: 3 } as const;

/** An input that cannot be used: the message names it and says what would be right. */
export class InputRefused extends Schema.TaggedError<InputRefused>()("InputRefused", {
  message: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = exitCodes.input;
}

/** What was checked does not hold. The report was printed; this is its last line. */
export class CheckFailed extends Schema.TaggedError<CheckFailed>()("CheckFailed", {
  message: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = exitCodes.finding;
}

/** An error with a message of its own becomes a refused input. */
export const refuse = (error: { readonly message: string }): InputRefused =>
  new InputRefused({ message: error.message });
