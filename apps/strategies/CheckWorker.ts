// A thread that loads one strategy file and checks what it exports: whatever the file does, it does it here.
import { parentPort, workerData } from "node:worker_threads";
import * as StrategyFile from "@strom/adapters/files/StrategyFile.ts";
import { inspectStrategy } from "@strom/core/testing";
import { Effect } from "effect";
import type { Answer, Question } from "./Check.ts";

const { path, options }: Question = workerData;

const answer = await Effect.runPromise(
  StrategyFile.load(path).pipe(
    Effect.map((strategies): Answer => ({ reports: strategies.map((one) => inspectStrategy(one, options)) })),
    Effect.catch(({ file, line, reason }) => Effect.succeed<Answer>({ problem: { file, line, reason } })),
  ),
);
parentPort?.postMessage(answer);
