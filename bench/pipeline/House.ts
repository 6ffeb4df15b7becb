import * as Config from "@strom/apps/Config.ts";
import * as Record from "@strom/apps/cli/Record.ts";
import type { AgentSpec } from "@strom/core";
import { Id, Money, RiskProfile } from "@strom/core";
import { Agents, Database, Shelf, Users } from "@strom/core/ports";
import { ConfigProvider, Effect, Layer, Schema } from "effect";
import * as Nats from "../../test/servers/Nats.ts";
import * as Postgres from "../../test/servers/Postgres.ts";
import * as Cpu from "./Cpu.ts";
import { catalog, metronome } from "./Metronome.ts";

/** A real Postgres and a real nats-server on this machine, as an operator would set them up. */
export interface Machines {
  readonly postgres: Postgres.Server;
  readonly nats: Nats.Server;
}

/** docs/OPERATIONS.md recommends these, sized for this machine; commit timestamps are for the measurement. */
const settings = {
  shared_buffers: "512MB",
  max_wal_size: "4GB",
  checkpoint_timeout: "15min",
  wal_compression: "on",
  effective_io_concurrency: "64",
  random_page_cost: "1.1",
  track_commit_timestamp: "on",

  autovacuum_naptime: "15s",
};

export const machines = Effect.acquireRelease(
  Effect.promise(async (): Promise<Machines> => {
    const [postgres, nats] = await Promise.all([Postgres.start({ settings }), Nats.start()]);
    return { postgres, nats };
  }),
  ({ postgres, nats }) => Effect.promise(() => Promise.all([postgres.destroy(), nats.destroy()])),
);

/** What each party to the work has used so far. */
export const processorSeconds = ({ postgres, nats }: Machines) => {
  const { user, system } = process.cpuUsage();
  return {
    node: (user + system) / 1e6,
    postgres: Cpu.seconds(postgres.pid()) ?? Number.NaN,
    nats: Cpu.seconds(nats.pid()) ?? Number.NaN,
  };
};

/** A fresh database and the variables that lead to it. */
export const fresh = ({ postgres, nats }: Machines, partitions: number) =>
  Effect.map(
    Effect.promise(() => postgres.createDatabase()),
    (url) => ({ DATABASE_URL: url, NATS_URL: nats.url, STROM_PARTITIONS: String(partitions) }),
  );
export type Env = Effect.Success<ReturnType<typeof fresh>>;

export const read = (env: Readonly<Record<string, string>>) =>
  Config.read.pipe(
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(env)),
    Effect.orDie,
  );

/** Every port over that database. */
export const record = (env: Env) => Layer.unwrap(Effect.map(read(env), Record.layer)).pipe(Layer.orDie);

export const symbols = ["NSE:NIFTY50-INDEX", "NSE:BANKNIFTY-INDEX", "BTC-USD", "ETH-USD"];

const decodeId = Schema.decodeUnknownSync(Id.AgentId);
export const agentId = (index: number): Id.AgentId => decodeId(Id.derive("bench agent", index));

/** Nothing stands in the way of a beat: what is measured is the work, not the refusals. */
const risk: RiskProfile.RiskProfile = {
  ...RiskProfile.standard,
  cooldown_seconds: 0,
  allow_short: true,
  max_daily_loss_pct: 100,
};

const configuration = (index: number, every: number, frequencySeconds: number): AgentSpec.Configuration => ({
  name: `agent ${index}`,
  mode: "paper",
  frequencySeconds,
  symbols: [symbols[index % symbols.length] ?? "BTC-USD"],
  strategies: [{ strategyId: metronome.id, key: metronome.key, params: { every, from: index % every } }],
  risk,
  capital: Money.cash(100_000n * Money.ONE),
});

const AT_ONCE = 250;

/** `count` running agents of one symbol and one strategy that trades on every n-th of their ticks. */
export const launch = Effect.fnUntraced(function* (count: number, every: number, frequencySeconds = 1) {
  yield* (yield* Shelf).stock(catalog.strategies);
  const agents = yield* Agents;
  const database = yield* Database;
  const userId = yield* (yield* Users).byEmail("bench@example.com");
  const create = (index: number) =>
    agents.create({
      id: agentId(index),
      userId,
      seed: BigInt(index),
      configuration: configuration(index, every, frequencySeconds),
      moves: [
        { to: "CONFIGURED", reason: "bench" },
        { to: "RUNNING", reason: "bench" },
      ],
    });
  const all = Array.from({ length: count }, (_, index) => index);
  const groups = Array.from({ length: Math.ceil(count / AT_ONCE) }, (_, n) =>
    all.slice(n * AT_ONCE, (n + 1) * AT_ONCE),
  );
  yield* Effect.forEach(
    groups,
    (group) => database.transaction(Effect.forEach(group, create, { discard: true })),
    { discard: true },
  );
});
