import { Console, Effect } from "effect";
import { CliOutput } from "effect/cli";

const toStandardError: Console.Console = Object.assign(Object.create(console), { log: console.error });

/** Help that nobody asked for goes to standard error: what reads the results would take it for one. */
export const layer = CliOutput.layerPresenter({
  present: (event) => {
    const presented = CliOutput.defaultPresenter.present(event);
    return event._tag === "Version" || (event._tag === "Help" && event.reason === "Requested")
      ? presented
      : Effect.provideService(presented, Console.Console, toStandardError);
  },
});
