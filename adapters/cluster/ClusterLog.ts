import { Cause, Effect, Layer, Logger, LogLevel, References } from "effect";

interface Words {
  readonly logLevel: LogLevel.LogLevel;
  readonly message: string;
}

/**
 * What `effect/cluster` says that whoever runs STROM would take for something else, in words for them. The causes are
 * left to what asks the database for more, and says so.
 */
export const words: Readonly<Record<string, Words>> = {
  // Said by the last process that ends, after it has left the others' list and looks for whom it could hand over to.
  "No healthy runners available": {
    logLevel: "Debug",
    message: "no other process is left to take over; what is to be done waits until one starts",
  },
  "Shard lock storage is unhealthy": {
    logLevel: "Warn",
    message: "the database does not answer in time: this process lets go of its work until it does",
  },
  // Every second until it answers.
  "Shard lock storage is still unhealthy": {
    logLevel: "Debug",
    message: "the database does not answer yet",
  },
  "Shard lock storage has recovered": {
    logLevel: "Info",
    message: "the database answers again: work is shared out anew",
  },
};

const textOf = (message: unknown): string | null => {
  const parts = Array.isArray(message) ? message : [message];
  return parts.length === 1 && typeof parts[0] === "string" ? parts[0] : null;
};

/** A logger that is told what the library says in our words; what is none of them it is told as it is. */
const inOurWords = (logger: Logger.Logger<unknown, unknown>): Logger.Logger<unknown, unknown> =>
  Logger.make((options) => {
    const ours = words[textOf(options.message) ?? ""];
    if (ours === undefined) return logger.log(options);
    // The level the library gave it has let it pass; ours may not.
    if (LogLevel.isLessThan(ours.logLevel, options.fiber.getRef(References.MinimumLogLevel))) return;
    return logger.log({ ...options, ...ours, message: [ours.message], cause: Cause.empty });
  });

/** For the fibers of `effect/cluster` itself. What it runs for others logs as they do. */
export const layer: Layer.Layer<never> = Layer.effect(
  Logger.CurrentLoggers,
  Effect.map(Effect.service(Logger.CurrentLoggers), (loggers) => new Set([...loggers].map(inOurWords))),
);
