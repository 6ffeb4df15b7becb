import { Catalog } from "@strom/core";
import { Context, Effect } from "effect";
import type { Settings } from "../Config.ts";
import * as UserStrategies from "./UserStrategies.ts";

/** The strategies of this process: the built-in ones, unless it was started with a folder of more. */
export const Strategies: Context.Reference<Catalog.Catalog> = Context.Reference("strom/apps/Strategies", {
  defaultValue: () => Catalog.make(Catalog.builtIn),
});

/** Runs with the strategies of the settings' folder as well. Fails before anything is touched when one is unfit. */
export const provide =
  ({ strategies }: Settings) =>
  <A, E, R>(self: Effect.Effect<A, E, R>) =>
    Effect.provideServiceEffect(self, Strategies, UserStrategies.catalog(strategies));
