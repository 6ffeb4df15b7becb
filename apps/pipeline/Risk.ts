import type { Id } from "@strom/core";
import { Engine, Event, Risk } from "@strom/core";
import type { Reviewed, ReviewRecord } from "@strom/core/ports";
import { RiskStore } from "@strom/core/ports";
import { Effect } from "effect";
import type * as Stage from "./Stage.ts";

const isRun = (event: Event.Event): event is Event.AgentRun => event._tag === "agent.run";

/** The books after a review, for the next run of the same agent in the batch: what was approved is now pending. */
const after = (books: Engine.Books, review: Engine.Review): Engine.Books => ({
  account: books.account,
  guard: review.guard,
  pending: [
    ...books.pending,
    ...review.verdicts.flatMap((verdict) => (verdict._tag === "Approved" ? [verdict.order] : [])),
  ],
});

const tell = ({ run, review }: ReviewRecord): ReadonlyArray<Event.Event> => [
  Event.pnlUpdated({ agentId: run.agentId, slot: run.slot, order: null }, review.snapshot),
  ...review.verdicts.flatMap((verdict): ReadonlyArray<Event.Event> => {
    // The runtime told of the strategies' signals; a protective exit is first heard of here.
    const heard = verdict.signal.origin === "exit" ? [Event.signalCreated(run.at, verdict.signal)] : [];
    return verdict._tag === "Approved"
      ? [...heard, Event.orderIntent(verdict.order)]
      : [...heard, Event.orderRejected(verdict.order, verdict.reason, Risk.records(verdict.evidence))];
  }),
];

/** Consumes runs: marks the books, and lets each signal through or not. */
export const make = Effect.gen(function* () {
  const store = yield* RiskStore;

  const handle = Effect.fnUntraced(function* (events: ReadonlyArray<Event.Event>) {
    const runs = events.filter(isRun);
    const found = yield* store.load(runs);
    const books = new Map<Id.AgentId, Engine.Books>();
    const records: Array<ReviewRecord> = [];
    for (const { run, configVersion } of runs) {
      const reviewed: Reviewed | undefined = found.get(run.agentId);
      const spec = reviewed?.specs.get(configVersion);
      if (reviewed === undefined || spec === undefined) {
        throw new Error(`agent ${run.agentId} has no account, or no configuration ${configVersion}`);
      }
      const { standing } = reviewed;
      const own = books.get(run.agentId) ?? reviewed.books;
      const review = Engine.review(spec, standing, own, run);
      books.set(run.agentId, after(own, review));
      records.push({ run, configVersion, standing, review });
    }
    yield* store.save(records);
    return records.flatMap(tell);
  });

  const definition: Stage.Definition = {
    stage: "risk",
    topic: "agent.run",
    handle,
    // Without a decision nothing was approved: the signals stay as they were heard.
    bury: () => Effect.void,
  };
  return definition;
});
