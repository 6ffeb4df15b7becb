import type { Effect } from "effect";
import { Context } from "effect";
import type { Any } from "../Strategy.ts";
import type { DatabaseUnavailable } from "./Database.ts";

/** The table of strategies that agents' parameters refer to. */
export class Shelf extends Context.Service<
  Shelf,
  {
    /** Puts every strategy of the catalog into the table, or renews it there. Nothing is ever taken out. */
    readonly stock: (strategies: ReadonlyArray<Any>) => Effect.Effect<void, DatabaseUnavailable>;
  }
>()("strom/ports/Shelf") {}
