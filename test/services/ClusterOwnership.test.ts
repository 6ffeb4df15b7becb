import { assert, it } from "@effect/vitest";
import * as ClusterOwnership from "@strom/adapters/cluster/ClusterOwnership.ts";
import type { Duty, Role } from "@strom/core/ports";
import { Ownership, roles } from "@strom/core/ports";
import { Context, Effect, Exit, Layer, Redacted, Scope } from "effect";
import { afterAll, beforeAll } from "vitest";
import * as OwnershipContract from "../contracts/Ownership.ts";
import { requires } from "../servers/Needs.ts";
import * as Postgres from "../servers/Postgres.ts";

const PARTITIONS = 16;
const stages: ReadonlyArray<Role> = ["runtime", "risk", "execution"];
const duties: ReadonlyArray<Duty> = [
  ...stages.flatMap((role) => Array.from({ length: PARTITIONS }, (_, place) => ({ role, place }))),
  { role: "scheduler", place: 0 },
  { role: "market", place: 0 },
];

const key = ({ role, place }: Duty): string => `${role}/${place}`;

requires("postgres", "work divided among processes", () => {
  let server: Postgres.Server;
  let url = "";
  beforeAll(async () => {
    server = await Postgres.start({ fsync: false });
    url = await server.createDatabase();
  });
  afterAll(() => server.destroy());

  const make = (name: string, played: ReadonlyArray<Role>, database = url) =>
    ClusterOwnership.layer({ url: Redacted.make(database), name, roles: played, partitions: PARTITIONS });

  let made = 0;
  OwnershipContract.suite("a process that may meet others", (played) =>
    Layer.unwrap(
      Effect.map(
        Effect.promise(() => server.createDatabase()),
        (database) => make(`alone-${++made}`, played, database),
      ),
    ),
  );

  /** A process, as far as ownership can tell, and what it does. */
  const join = (name: string, played: ReadonlyArray<Role> = roles) =>
    Effect.gen(function* () {
      const scope = yield* Scope.fork(yield* Effect.scope);
      const services = yield* Layer.buildWithScope(make(name, played), scope);
      const ownership = Context.get(services, Ownership);
      const work = yield* Scope.fork(scope, "parallel");
      yield* Effect.forEach(duties, (duty) => ownership.take(duty, Effect.never)).pipe(Scope.provide(work));
      return { held: ownership.held, leave: Scope.close(scope, Exit.void) };
    });
  type Process = Effect.Success<ReturnType<typeof join>>;

  const until = (what: string, isTrue: Effect.Effect<boolean>) =>
    Effect.gen(function* () {
      const begunAt = performance.now();
      while (!(yield* isTrue)) {
        if (performance.now() - begunAt > 15_000) throw new Error(`waited 15 s until ${what}`);
        yield* Effect.sleep(20);
      }
      return performance.now() - begunAt;
    });

  const shares = (processes: ReadonlyArray<Process>) =>
    Effect.map(Effect.all(processes.map(({ held }) => held)), (all) => all.map((held) => held.map(key)));
  const isWhole = (processes: ReadonlyArray<Process>) =>
    Effect.map(shares(processes), (all) => {
      const flat = all.flat();
      return flat.length === duties.length && new Set(flat).size === duties.length;
    });

  it.live("is all done by the first, and shared evenly with the second, each stage by itself", () =>
    Effect.gen(function* () {
      const first = yield* join("a");
      yield* until("the first does everything", isWhole([first]));
      const second = yield* join("b");
      const isHalved = Effect.map(shares([first, second]), ([a = [], b = []]) =>
        stages.every((stage) =>
          [a, b].every((held) => held.filter((name) => name.startsWith(stage)).length === PARTITIONS / 2),
        ),
      );
      // The duties of one place may be on their way while every stage is halved already.
      const isShared = Effect.zipWith(isHalved, isWhole([first, second]), (one, other) => one && other);
      assert.isBelow(yield* until("both have half", isShared), 5_000);
      yield* second.leave;
      assert.isBelow(yield* until("the first does everything again", isWhole([first])), 3_000);
    }).pipe(Effect.scoped),
  );

  it.live("is given only to processes that play the role", () =>
    Effect.gen(function* () {
      const some = yield* join("runtime", ["runtime"]);
      const rest = yield* join(
        "rest",
        roles.filter((role) => role !== "runtime"),
      );
      yield* until("everything is done", isWhole([some, rest]));
      const [held = []] = yield* shares([some]);
      assert.isTrue(held.every((name) => name.startsWith("runtime/")));
      assert.strictEqual(held.length, PARTITIONS);
    }).pipe(Effect.scoped),
  );
});
