import type { Clock as Clocks, Fiber, Scheduler as Schedulers } from "effect";
import { Cause, Clock, Context, Duration, Effect, Exit, Logger, Random, References, Scheduler } from "effect";
import * as Dice from "./Dice.ts";
import * as Timers from "./Timers.ts";

/**
 * Several processes in one thread, under one seed and a clock of its own. Every step of every fiber is handed out
 * here, by chance; time passes only when nobody can do anything more. A process that is killed is simply never
 * given a turn again: nothing of it is finalised, as nothing is after `kill -9`.
 */
export interface Process {
  readonly name: string;
  /** Whether it may be killed: those who tell the story may not. */
  readonly isMortal: boolean;
  readonly isAlive: () => boolean;
  /** Starts a program in it, as soon as it gets a turn; answers what interrupts it. */
  readonly run: (program: Effect.Effect<unknown, unknown>) => () => void;
  /** Waits for something outside: `register` is given what wakes this process, in its own time. */
  readonly outside: <A, E>(
    register: (answer: (effect: Effect.Effect<A, E>) => void) => (() => void) | undefined,
  ) => Effect.Effect<A, E>;
  /** A deed among its fibers' own. */
  readonly post: (deed: () => void) => void;
  /** SIGKILL. */
  readonly kill: () => void;
  /** SIGSTOP and SIGCONT: meanwhile what should wake it piles up. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly onKill: (deed: () => void) => void;
}

export interface Kernel {
  /** ms of real time, as every process would measure it. */
  readonly now: () => number;
  readonly after: (delayMs: number, deed: () => void) => void;
  readonly start: (name: string, isMortal?: boolean) => Process;
  /** Lives on until `isOver`, `untilAt`, or until nothing will ever happen again. */
  readonly live: (isOver: () => boolean, untilAt: number) => void;
  /** Programs that ended in a failure nobody caught. */
  readonly defects: () => ReadonlyArray<string>;
}

/** A fiber is made to let others go first after so many of its operations at most. */
const QUANTUM = 400;

interface Task {
  readonly process: Inner;
  readonly deed: () => void;
}

interface Inner {
  isAlive: boolean;
  isFrozen: boolean;
  held: Array<Task>;
}

export const make = (seed: number, beginAt: number): Kernel => {
  const dice = Dice.make(seed, "turns");
  const timers = Timers.make();
  const ready: Array<Task> = [];
  let now = beginAt;
  let quantum = QUANTUM;
  const defects: Array<string> = [];

  const after = (delayMs: number, deed: () => void): void => timers.add(now + Math.max(0, delayMs), deed);

  const post = (process: Inner, deed: () => void): void => {
    if (!process.isAlive) return;
    if (process.isFrozen) process.held.push({ process, deed });
    else ready.push({ process, deed });
  };

  const takeTurn = (): void => {
    const index = dice.integer(0, ready.length - 1);
    const task = ready[index];
    const last = ready.pop();
    if (task === undefined || last === undefined) return;
    if (index < ready.length) ready[index] = last;
    if (!task.process.isAlive) return;
    if (task.process.isFrozen) {
      task.process.held.push(task);
      return;
    }
    quantum = dice.integer(1, QUANTUM);
    task.deed();
  };

  const live = (isOver: () => boolean, untilAt: number): void => {
    while (!isOver()) {
      if (ready.length > 0) {
        takeTurn();
        continue;
      }
      const timer = timers.next();
      if (timer === null) return;
      if (timer.at > untilAt) {
        now = untilAt;
        timers.add(timer.at, timer.deed);
        return;
      }
      now = timer.at;
      timer.deed();
    }
  };

  const schedulerOf = (process: Inner): Schedulers.Scheduler => ({
    executionMode: "async",
    shouldYield: (fiber) => fiber.currentOpCount >= quantum,
    makeDispatcher: () => ({
      scheduleTask: (deed) => post(process, deed),
      flush: () => undefined,
    }),
  });

  const clockOf = (outside: Process["outside"]): Clocks.Clock => {
    const millis = (): number => Math.floor(now);
    const nanos = (): bigint => BigInt(Math.floor(now * 1e6));
    return {
      currentTimeMillisUnsafe: millis,
      currentTimeMillis: Effect.sync(millis),
      currentTimeNanosUnsafe: nanos,
      currentTimeNanos: Effect.sync(nanos),
      monotonicTimeNanosUnsafe: nanos,
      monotonicTimeNanos: Effect.sync(nanos),
      sleep: (duration) => {
        const delayMs = Duration.toMillis(duration);
        if (!Number.isFinite(delayMs)) return Effect.never;
        return outside((answer) => {
          let isWanted = true;
          after(delayMs, () => {
            if (isWanted) answer(Effect.void);
          });
          return () => {
            isWanted = false;
          };
        });
      },
    };
  };

  const start = (name: string, isMortal = true): Process => {
    const inner: Inner = { isAlive: true, isFrozen: false, held: [] };
    const deaths: Array<() => void> = [];
    const outside: Process["outside"] = (register) =>
      Effect.callback((resume) => {
        const cancel = register((effect) => post(inner, () => resume(effect)));
        return cancel === undefined ? undefined : Effect.sync(cancel);
      });
    const chance = Dice.make(seed, "chance", name);
    const context = Context.mergeAll(
      Context.make(Scheduler.Scheduler, schedulerOf(inner)),
      Context.make(Clock.Clock, clockOf(outside)),
      Context.make(Random.Random, {
        nextDoubleUnsafe: chance.uniform,
        nextIntUnsafe: () => chance.integer(Number.MIN_SAFE_INTEGER / 2, Number.MAX_SAFE_INTEGER / 2),
      }),
      Context.make(References.TracerEnabled, false),
      Context.make(Logger.CurrentLoggers, new Set<Logger.Logger<unknown, unknown>>()),
    );
    return {
      name,
      isMortal,
      isAlive: () => inner.isAlive,
      run: (program) => {
        let fiber: Fiber.Fiber<unknown, unknown> | undefined;
        post(inner, () => {
          fiber = Effect.runForkWith(context)(program);
          fiber.addObserver((exit) => {
            if (Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)) {
              defects.push(`${name} died: ${Cause.pretty(exit.cause)}`);
            }
          });
        });
        return () => post(inner, () => fiber?.interruptUnsafe());
      },
      outside,
      post: (deed) => post(inner, deed),
      kill: () => {
        if (!inner.isAlive) return;
        inner.isAlive = false;
        inner.held = [];
        for (const deed of deaths) deed();
      },
      freeze: () => {
        inner.isFrozen = true;
      },
      thaw: () => {
        inner.isFrozen = false;
        const held = inner.held;
        inner.held = [];
        for (const task of held) post(inner, task.deed);
      },
      onKill: (deed) => {
        deaths.push(deed);
      },
    };
  };

  return { now: () => now, after, start, live, defects: () => defects };
};
