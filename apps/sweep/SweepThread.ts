// A thread of a sweep over a strategy of the user's: finds it in its file, as the rest of the product does.
import { fileURLToPath } from "node:url";
import * as StrategyFile from "@strom/adapters/files/StrategyFile.ts";
import { SweepServer } from "@strom/core/threads";
import { Effect } from "effect";

SweepServer.serve(async ({ module, key }) => {
  const file = fileURLToPath(module ?? "");
  const strategies = await Effect.runPromise(StrategyFile.load(file));
  const strategy = strategies.find((one) => one.key === key);
  if (strategy === undefined) throw new Error(`${file} has no strategy ${key}`);
  return strategy;
});
