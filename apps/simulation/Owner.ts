import { Digest } from "@strom/core";
import { Agents, Journal, PriceBook, Shelf } from "@strom/core/ports";
import { Effect } from "effect";
import * as Dice from "./Dice.ts";
import { catalog } from "./Gambler.ts";
import type { Hand } from "./Hand.ts";
import type { Deed, Scenario } from "./Scenario.ts";

/** How often one looks whether the world has come as far as it must. */
const LOOK_MS = 10;
/** Old rows leave the journal after so many seconds. */
const KEPT_SECONDS = 60;

/** The world the scenario is lived in, as one sees it who may look everywhere. */
export interface Stage {
  readonly seed: number;
  readonly seconds: number;
  readonly scenario: Scenario;
  readonly hand: Hand;
  /** Whether the newest slot of every running agent has its tick, for good. */
  readonly isTicked: Effect.Effect<boolean>;
  /** Whether every stage has read everything. */
  readonly isAtRest: Effect.Effect<boolean>;
  readonly note: (text: string) => void;
}

/**
 * Lives the scenario: makes the agents, brings prices second by second, moves the hand of the agents' time, and does
 * what their owner does. It repeats what the store does not take: a price twice is one price.
 */
export const live = ({ seed, seconds, scenario, hand, isTicked, isAtRest, note }: Stage) =>
  Effect.gen(function* () {
    const agents = yield* Agents;
    const book = yield* PriceBook;
    const journal = yield* Journal;
    const shelf = yield* Shelf;
    const dice = Dice.make(seed, "owner's patience");

    const insist = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
      Effect.retry(effect, { while: () => Effect.as(Effect.sleep(50), true) });
    const until = (isSo: Effect.Effect<boolean>) =>
      Effect.sleep(LOOK_MS).pipe(Effect.repeat({ until: () => isSo }));

    yield* insist(shelf.stock(catalog.strategies));
    for (const agent of scenario.agents) yield* insist(agents.create(agent));

    const act = Effect.fnUntraced(function* (deed: Deed) {
      const of = scenario.agents[deed.agent];
      if (of === undefined) return;
      yield* agents.change(of.userId, of.id, (agent) => {
        if (deed.kind === "configure") {
          const isDone = Digest.of(agent.risk) === Digest.of(deed.risk);
          return Effect.succeed(isDone ? {} : { configuration: { ...of.configuration, risk: deed.risk } });
        }
        const to = deed.kind === "pause" ? "PAUSED" : "RUNNING";
        return Effect.succeed(agent.status === to ? {} : { moves: [{ to, reason: "simulated" }] });
      });
    });

    for (let second = 0; second < seconds; second++) {
      const deeds = scenario.deedsBefore(second);
      if (deeds.length > 0) yield* until(isAtRest);
      for (const deed of deeds) yield* insist(act(deed));
      // Who is started on the instant of a slot is owed it: ticked, or missed when time goes on at once.
      if (deeds.length > 0) yield* until(isTicked);
      yield* insist(book.append(scenario.pricesOf(second), "simulated"));
      if (scenario.isSkipped(second)) continue;
      hand.move(scenario.beginAt + second * 1000 + 999);
      note(`second ${second}`);
      yield* until(isTicked);
      // Now and then the world is let come to rest, mostly it is not.
      if (dice.uniform() < 0.05) yield* until(isAtRest);
      if (dice.uniform() < 0.03) yield* Effect.ignore(journal.prune(hand.at() - KEPT_SECONDS * 1000));
    }
  });
