import { MemoryConnection } from "@strom/adapters/memory/MemoryConnection.ts";
import type { MemoryRecord } from "@strom/adapters/memory/MemoryRecord.ts";
import { patience } from "@strom/adapters/postgres/Patience.ts";
import { Database, DatabaseUnavailable } from "@strom/core/ports";
import { Context, Effect, Exit, Layer } from "effect";
import type * as Dice from "./Dice.ts";
import type { Faults } from "./Faults.ts";
import type { Kernel, Process } from "./Kernel.ts";
import type { Trace } from "./Trace.ts";

/**
 * A database server that several processes share over a network that may fail: between any two statements, before a
 * commit, and after one whose answer is then never heard. Transactions come one after the other.
 */
export interface FaultyStore {
  readonly record: MemoryRecord;
  /** The way there from one process. */
  readonly connect: (process: Process) => Layer.Layer<Database | MemoryConnection>;
  /** Nobody gets an answer, and whoever had a transaction has lost it. */
  readonly leave: () => void;
  readonly comeBack: () => void;
  readonly isIdle: () => boolean;
}

/** A transaction, as the server knows it. */
interface Session {
  readonly process: Process;
  readonly deeds: Array<Effect.Effect<void>>;
  isOver: boolean;
}

interface Waiter {
  readonly process: Process;
  readonly grant: (session: Session) => void;
}

class Open extends Context.Service<Open, Session>()("strom/apps/simulation/Open") {}

const LOCK_TIMEOUT_MS = 3_000;
const IDLE_TIMEOUT_MS = 15_000;

const unavailable = (message: string, sqlState: string | null): DatabaseUnavailable =>
  new DatabaseUnavailable({ message: `the database is not available: ${message}`, sqlState, cause: null });

const lost = unavailable("the connection was lost", null);

interface World {
  readonly kernel: Kernel;
  readonly record: MemoryRecord;
  readonly dice: Dice.Dice;
  readonly faults: Faults;
  readonly trace: Trace;
}

export const make = ({ kernel, record, dice, faults, trace }: World): FaultyStore => {
  const queue: Array<Waiter> = [];
  let holder: Session | null = null;
  let isAway = false;

  const next = (): void => {
    const waiter = holder === null ? queue.shift() : undefined;
    if (waiter === undefined) return;
    const session: Session = { process: waiter.process, deeds: [], isOver: false };
    holder = session;
    record.begin();
    kernel.after(IDLE_TIMEOUT_MS, () => end(session));
    waiter.grant(session);
  };

  /** Rolls back what is not committed; the next one's turn. */
  const end = (session: Session): void => {
    if (session.isOver) return;
    session.isOver = true;
    if (record.isOpen()) record.rollback();
    holder = null;
    next();
  };

  const hop = Effect.suspend(() => Effect.sleep(0.1 + 2 * dice.uniform()));

  const acquire = (process: Process): Effect.Effect<Session, DatabaseUnavailable> =>
    process.outside((answer) => {
      let granted: Session | null = null;
      const waiter: Waiter = {
        process,
        grant: (session) => {
          granted = session;
          answer(Effect.succeed(session));
        },
      };
      const forget = (): void => {
        const index = queue.indexOf(waiter);
        if (index >= 0) queue.splice(index, 1);
      };
      kernel.after(LOCK_TIMEOUT_MS, () => {
        if (!queue.includes(waiter)) return;
        forget();
        answer(Effect.fail(unavailable("canceling statement due to lock timeout", "55P03")));
      });
      queue.push(waiter);
      next();
      return () => {
        forget();
        if (granted !== null) end(granted);
      };
    });

  /** What the server does with a statement of a transaction. */
  const execute = <A>(session: Session, statement: (record: MemoryRecord) => A) =>
    Effect.gen(function* () {
      yield* hop;
      if (session.isOver || isAway) {
        end(session);
        return yield* lost;
      }
      if (faults.strike("store.aborts a statement")) {
        end(session);
        return yield* unavailable("could not serialize access due to concurrent update", "40001");
      }
      if (faults.strike("store.drops a connection")) {
        end(session);
        return yield* lost;
      }
      return statement(record);
    });

  const commit = (session: Session) =>
    Effect.gen(function* () {
      yield* hop;
      const { process } = session;
      if (process.isMortal && faults.strike("crash.before a commit")) {
        process.kill();
        return yield* Effect.never;
      }
      if (session.isOver || isAway || faults.strike("store.fails before a commit")) {
        end(session);
        return yield* lost;
      }
      trace.note(kernel.now(), `commit ${record.xid()} of ${process.name}`);
      record.commit();
      end(session);
      if (process.isMortal && faults.strike("crash.after a commit")) {
        process.kill();
        return yield* Effect.never;
      }
      if (faults.strike("store.loses the answer to a commit")) return yield* lost;
    });

  const connect = (process: Process): Layer.Layer<Database | MemoryConnection> => {
    process.onKill(() => {
      for (const waiter of queue.filter((one) => one.process === process))
        queue.splice(queue.indexOf(waiter), 1);
      const held = holder;
      // The server learns of it a little later.
      if (held?.process === process) kernel.after(50 * dice.uniform(), () => end(held));
    });
    const open = Effect.serviceOption(Open);

    const attempt = <A, E, R>(
      step: (session: Session) => Effect.Effect<A, E, R>,
    ): Effect.Effect<A, E | DatabaseUnavailable, R> =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function* () {
          const session = yield* restore(acquire(process));
          const exit = yield* Effect.exit(restore(step(session)).pipe(Effect.tap(() => commit(session))));
          end(session);
          if (Exit.isFailure(exit)) return yield* Effect.failCause(exit.cause);
          for (const deed of session.deeds) yield* deed;
          return exit.value;
        }),
      );

    return Layer.succeedContext(
      Context.make(
        Database,
        Database.of({
          partitions: record.partitions,
          epoch: record.epoch,
          transaction: (step) =>
            Effect.flatMap(open, (outer) =>
              outer._tag === "Some"
                ? step
                : Effect.retry(
                    attempt((session) => Effect.provideService(step, Open, session)),
                    {
                      schedule: patience,
                      while: (error) => error instanceof DatabaseUnavailable,
                    },
                  ),
            ),
          afterCommit: <R>(deed: Effect.Effect<void, never, R>) =>
            Effect.flatMap(open, (outer) =>
              outer._tag === "None"
                ? deed
                : Effect.contextWith((context: Context.Context<R>) =>
                    Effect.sync(() => {
                      outer.value.deeds.push(Effect.provideContext(deed, context));
                    }),
                  ),
            ),
          replaced: Effect.never,
          pulse: Effect.sync(() => ({ latencyMs: 0, at: record.now() })),
        }),
      ).pipe(
        Context.add(
          MemoryConnection,
          MemoryConnection.of({
            ask: (_what, statement) =>
              Effect.flatMap(open, (outer) =>
                outer._tag === "Some"
                  ? execute(outer.value, statement)
                  : attempt((session) => execute(session, statement)),
              ),
          }),
        ),
      ),
    );
  };

  return {
    record,
    connect,
    leave: () => {
      isAway = true;
      if (holder !== null) end(holder);
    },
    comeBack: () => {
      isAway = false;
    },
    isIdle: () => holder === null && queue.length === 0,
  };
};
