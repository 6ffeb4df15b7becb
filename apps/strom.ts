#!/usr/bin/env node
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { Cause, Effect, Exit, Layer, Logger, References, Runtime } from "effect";
import { CliError, Command } from "effect/cli";
import { variables } from "./Config.ts";
import { api } from "./cli/ApiOnly.ts";
import { backtest } from "./cli/backtest/Run.ts";
import { sweep } from "./cli/backtest/RunSweep.ts";
import { walkForward } from "./cli/backtest/RunWalkForward.ts";
import { check } from "./cli/CheckFile.ts";
import { migrate } from "./cli/Migrate.ts";
import { newStrategy } from "./cli/NewStrategy.ts";
import * as Presenter from "./cli/Presenter.ts";
import { services } from "./cli/Service.ts";
import { config } from "./cli/ShowConfig.ts";
import { simulate } from "./cli/Simulate.ts";
import * as StrayVariables from "./cli/StrayVariables.ts";
import { telegram } from "./cli/Telegram.ts";
import { up } from "./cli/Up.ts";
import { verify } from "./cli/Verify.ts";
import * as LogLevel from "./LogLevel.ts";

const strom = Command.make("strom").pipe(
  Command.withDescription("STROM: agents that trade on paper, on exact books"),
  Command.withSubcommands([
    up,
    api,
    telegram,
    ...services,
    backtest,
    sweep,
    walkForward,
    check,
    newStrategy,
    migrate,
    verify,
    simulate,
    config,
  ]),
  Command.withExamples([
    { command: "strom up --demo", description: "The whole product, with an agent that trades" },
  ]),
);

/** What was said in two parts is one sentence: a line that names its key twice is read wrongly by machines. */
const logFmt = Logger.make<unknown, string>((options) => {
  const { message } = options;
  const isText = Array.isArray(message) && message.every((part) => typeof part === "string");
  return Logger.formatLogFmt.log(isText ? { ...options, message: message.join(": ") } : options);
});

/** Log lines go to standard error: standard output is for what was asked. A wrong level is told by `Config`. */
const logging = Layer.effectDiscard(Effect.void).pipe(
  Layer.provideMerge(Logger.layer([Logger.withConsoleError(logFmt)])),
);

/** Read in only when there is a collector; a wrong address is told by `Config`. */
const collector = process.env[variables.otlpUrl.name];
const telemetry =
  collector === undefined || !URL.canParse(collector)
    ? Layer.empty
    : Layer.unwrap(
        Effect.promise(() => import("./Telemetry.ts")).pipe(Effect.map((it) => it.layer(collector))),
      );

const level = LogLevel.of(process.env[variables.logLevel.name] ?? "") ?? "Info";

/** A refusal is one sentence; only a fault of ours shows where it happened. */
const report = (cause: Cause.Cause<unknown>): Effect.Effect<void> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.void;
  const error = Cause.squash(cause);
  if (CliError.isCliError(error)) return Effect.void;
  const isRefusal = cause.reasons.some(Cause.isFailReason);
  return Effect.sync(() => {
    if (isRefusal && error instanceof Error) process.stderr.write(`strom: ${error.message}\n`);
    else process.stderr.write(`strom: a fault of ours\n${Cause.pretty(cause)}\n`);
  });
};

/** Told to stop is not a failure. */
const teardown: Runtime.Teardown = (exit, onExit) =>
  Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
    ? onExit(0)
    : Runtime.defaultTeardown(exit, onExit);

for (const line of StrayVariables.warnings(process.env)) process.stderr.write(`strom: ${line}\n`);

Command.run(strom, { version: "0.1.0" }).pipe(
  Effect.tapCause(report),
  Effect.provide(telemetry),
  Effect.provide(Layer.mergeAll(NodeServices.layer, Presenter.layer, logging)),
  Effect.provideService(References.MinimumLogLevel, level),
  NodeRuntime.runMain({ disableErrorReporting: true, teardown }),
);
