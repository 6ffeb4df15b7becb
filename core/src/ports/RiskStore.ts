import type { Effect } from "effect";
import { Context } from "effect";
import type { AgentSpec } from "../AgentSpec.ts";
import type { Books, Review } from "../Engine.ts";
import type { AgentId } from "../Id.ts";
import type { Standing } from "../Risk.ts";
import type { Run } from "../Run.ts";
import type { DatabaseUnavailable } from "./Database.ts";

/** A run to be reviewed, with the configuration it cites. */
export interface Question {
  readonly run: Run;
  readonly configVersion: number;
}

/** An agent as risk finds it, under the lock of its account. */
export interface Reviewed {
  /** By version: each run is reviewed under the one it cites. */
  readonly specs: ReadonlyMap<number, AgentSpec>;
  readonly standing: Standing;
  readonly books: Books;
}

/** A run, what was found, and under which status and configuration. */
export interface ReviewRecord {
  readonly run: Run;
  readonly configVersion: number;
  readonly standing: Standing;
  readonly review: Review;
}

/** What the risk stage reads and writes. `load` locks the accounts, in the order of their ids. */
export class RiskStore extends Context.Service<
  RiskStore,
  {
    readonly load: (
      questions: ReadonlyArray<Question>,
    ) => Effect.Effect<ReadonlyMap<AgentId, Reviewed>, DatabaseUnavailable>;
    /** In the order decided; the last record of an agent says what its account remembers. */
    readonly save: (records: ReadonlyArray<ReviewRecord>) => Effect.Effect<void, DatabaseUnavailable>;
  }
>()("strom/ports/RiskStore") {}
