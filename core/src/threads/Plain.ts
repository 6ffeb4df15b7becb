import { Result } from "effect";
import * as Sweep from "../Sweep.ts";
import * as WalkForward from "../WalkForward.ts";
import type { Crew, Sweeps, Threads, Watch } from "./Asked.ts";

export type { Crew, Location, Settings, Signal, Sweeps, Threads, Watch } from "./Asked.ts";

/** The same without threads, for where there are none: between two sets others have their turn. */

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(null);
  });

/** Sets tried between two turns of others. */
const SETS_A_TURN = 8;

const finished = async <A>(
  steps: Generator<Sweep.Progress, A>,
  { onProgress, signal }: Watch,
): Promise<A> => {
  for (;;) {
    if (signal?.aborted === true) throw signal.reason;
    const step = steps.next();
    if (step.done === true) return step.value;
    onProgress?.(step.value);
    if (step.value.done % SETS_A_TURN === 0) await turn();
  }
};

export const sweep: Sweeps["sweep"] = async (asked, watch = {}) => {
  const options = Sweep.read(asked);
  if (Result.isFailure(options)) return Result.fail(options.failure);
  return Sweep.accepted(await finished(Sweep.stream(options.success), watch));
};

export const walkForward: Sweeps["walkForward"] = async (asked, watch = {}) => {
  const ready = Result.all([Sweep.read(asked), WalkForward.windows(asked)]);
  if (Result.isFailure(ready)) return Result.fail(ready.failure);
  const [options, windows] = ready.success;
  return await finished(WalkForward.stream(options, windows), watch);
};

export const open = (_: Crew = {}): Threads => ({ sweep, walkForward, close: async () => {} });
