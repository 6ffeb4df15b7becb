import { Effect, Logger } from "effect";
import type { Figure, Flags } from "./Figure.ts";
import * as BareLoop from "./pipeline/BareLoop.ts";
import * as House from "./pipeline/House.ts";
import * as Recorded from "./pipeline/Recorded.ts";
import * as Servers from "./pipeline/Servers.ts";
import * as Steady from "./pipeline/Steady.ts";
import * as Traded from "./pipeline/Traded.ts";

export const name = "pipeline";
export const about =
  "a fleet on Postgres and JetStream, and traded ticks beside a bare loop that writes the same " +
  "(--agents 10000 --frequency 1 --seconds 300 --growth for all of it)";

const AGENTS = 1_000;
const SECONDS = 30;
const PARTITIONS = 16;
const EVERY = 20;

const steady = (machines: House.Machines, agents: number, frequency: number, seconds: number) =>
  Effect.gen(function* () {
    const env = yield* House.fresh(machines, PARTITIONS);
    const { due, run, missed, fills, toRun, toFill, lag, bytesPerRun, cores } = yield* Steady.run(
      env,
      { agents, every: EVERY, frequency, seconds },
      machines,
    );
    const often = frequency === 1 ? "at 1 Hz" : `every ${frequency} s`;
    const of = `${agents.toLocaleString("en-US")} agents ${often}, ${seconds} s`;
    const figures: ReadonlyArray<Figure> = [
      { what: `${of}: slots run of those due`, value: (100 * run) / due, unit: "%", atLeast: 100 },
      { what: `${of}: slots missed, and counted as such`, value: missed, unit: "" },
      { what: `${of}: fills`, value: fills, unit: "" },
      { what: `${of}: slot to committed run, p50`, value: toRun.p50, unit: "ms" },
      { what: `${of}: slot to committed run, p99`, value: toRun.p99, unit: "ms", atMost: 1_000 },
      { what: `${of}: tick to fill, p50`, value: toFill.p50, unit: "ms" },
      { what: `${of}: tick to fill, p99`, value: toFill.p99, unit: "ms", atMost: 2_000 },
      { what: `${of}: events under way, half-way`, value: lag[0], unit: "" },
      { what: `${of}: events under way, at the end`, value: lag[1], unit: "" },
      { what: `${of}: growth of the database a run`, value: bytesPerRun, unit: "bytes" },
      { what: `${of}: busy cores, this process`, value: cores.node, unit: "" },
      { what: `${of}: busy cores, Postgres`, value: cores.postgres, unit: "" },
      { what: `${of}: busy cores, nats-server`, value: cores.nats, unit: "" },
    ];
    return figures;
  });

const spent = ({ cores, perSecond }: Traded.Result | BareLoop.Result): number =>
  (1_000 * (cores.node + cores.postgres + cores.nats)) / perSecond;

/** The pipeline as fast as it takes ticks, and the bare loop after it over the same agents and the same rows. */
const beside = (
  machines: House.Machines,
  { every, slots }: { readonly every: number; readonly slots: number },
) =>
  Effect.gen(function* () {
    const agents = 1_000;
    const env = yield* House.fresh(machines, PARTITIONS);
    const ours = yield* Traded.run(env, { agents, every, warmupSlots: 5, slots }, machines);
    const batches = yield* Recorded.read.pipe(Effect.provide(House.record(env)));
    const bare = yield* BareLoop.run(
      yield* House.fresh(machines, PARTITIONS),
      agents,
      every,
      batches,
      8,
      machines,
    );
    return { ours, bare };
  });

/** Ticks of which each trades. */
const traded = (machines: House.Machines) =>
  Effect.map(
    beside(machines, { every: 1, slots: 15 }),
    ({ ours, bare }): ReadonlyArray<Figure> => [
      { what: "traded ticks through all stages", value: ours.perSecond, unit: "/s" },
      { what: "the bare loop", value: bare.perSecond, unit: "/s" },
      { what: "the bare loop without publishing", value: bare.perSecondWithoutPublishing, unit: "/s" },
      { what: "pipeline beside bare loop", value: ours.perSecond / bare.perSecond, unit: "×", atLeast: 0.5 },
      { what: "rows a traded tick", value: bare.rowsPerTick, unit: "" },
      { what: "publishes a traded tick", value: bare.publishesPerTick, unit: "" },
      { what: "processor time a traded tick", value: spent(ours), unit: "ms" },
      { what: "processor time a traded tick, bare loop", value: spent(bare), unit: "ms" },
    ],
  );

/** Ticks as a fleet has them, few of which trade: what the machine would carry if nothing were thought. */
const mixed = (machines: House.Machines) =>
  Effect.map(
    beside(machines, { every: EVERY, slots: 40 }),
    ({ ours, bare }): ReadonlyArray<Figure> => [
      { what: `ticks through all stages, 1 in ${EVERY} trading`, value: ours.perSecond, unit: "/s" },
      { what: `the bare loop, 1 in ${EVERY} trading`, value: bare.perSecond, unit: "/s" },
      {
        what: `pipeline beside bare loop, 1 in ${EVERY} trading`,
        value: ours.perSecond / bare.perSecond,
        unit: "×",
      },
      { what: `rows a tick, 1 in ${EVERY} trading`, value: bare.rowsPerTick, unit: "" },
      { what: `processor time a tick, 1 in ${EVERY} trading`, value: spent(ours), unit: "ms" },
      { what: `processor time a tick, 1 in ${EVERY} trading, bare loop`, value: spent(bare), unit: "ms" },
    ],
  );

const GROWTH = [100, 1_000, 10_000].flatMap((agents) =>
  [1, 4, 16].map((partitions) => ({ agents, partitions })),
);

/**
 * How cost grows with agents and partitions: ticks a second, one in twenty trading, as fast as they are taken. Each on
 * servers of its own: those of the case before would still be sweeping up after it.
 */
const growth = Effect.forEach(GROWTH, ({ agents, partitions }) =>
  Effect.gen(function* () {
    const machines = yield* House.machines;
    const env = yield* House.fresh(machines, partitions);
    const slots = Math.max(4, Math.round(20_000 / agents));
    const load = { agents, every: EVERY, warmupSlots: Math.max(2, Math.round(slots / 4)), slots };
    const ours = yield* Traded.run(env, load, machines);
    const of = `${agents.toLocaleString("en-US")} agents, ${partitions} partitions`;
    const figures: ReadonlyArray<Figure> = [
      { what: `${of}${GROWN}`, value: ours.perSecond, unit: "/s" },
      { what: `${of}: processor time a tick`, value: spent(ours), unit: "ms" },
    ];
    return figures;
  }).pipe(Effect.scoped),
).pipe(Effect.map((figures) => figures.flat()));

const GROWN = `: ticks, 1 in ${EVERY} trading`;

export const plot = {
  title: `ticks a second, as fast as they are taken, 1 in ${EVERY} trading`,
  of: ({ what }: Figure): string | null => (what.endsWith(GROWN) ? what.slice(0, -GROWN.length) : null),
};

const measure = ({ agents = AGENTS, frequency = 1, seconds = SECONDS, growth: isGrowing = false }: Flags) =>
  Effect.gen(function* () {
    const machines = yield* House.machines;
    return [
      ...(yield* steady(machines, agents, frequency, seconds)),
      ...(yield* traded(machines)),
      ...(yield* mixed(machines)),
      ...(isGrowing ? yield* growth : []),
    ];
  }).pipe(Effect.scoped, Effect.provide(Logger.layer([])));

export const run = Servers.needing((flags: Flags) => Effect.runPromise(Effect.orDie(measure(flags))));
