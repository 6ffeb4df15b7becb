import { assert, describe, it } from "@effect/vitest";
import type { StateMachine } from "@strom/core";
import { Agent, BacktestState, Order } from "@strom/core";
import { Result } from "effect";
import fc from "fast-check";

/** Every pair of a machine: `-` is illegal. Columns are the machine's events. */
const agent = `
           configure   start    pause   stop     fail
CREATED    CONFIGURED  -        -       -        -
CONFIGURED CONFIGURED  RUNNING  -       -        -
RUNNING    -           -        PAUSED  STOPPED  ERROR
PAUSED     -           RUNNING  -       STOPPED  ERROR
STOPPED    CONFIGURED  RUNNING  -       -        -
ERROR      -           -        -       STOPPED  -`;

const order = `
           fill    reject
INTENT     FILLED  REJECTED
FILLED     -       -
REJECTED   -       -`;

const backtest = `
           run      complete   fail    cancel
REQUESTED  RUNNING  -          FAILED  FAILED
RUNNING    -        COMPLETED  FAILED  FAILED
COMPLETED  -        -          -       -
FAILED     -        -          -       -`;

const rows = (table: string) => {
  const [head = [], ...body] = table
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  return body.flatMap(([from = "", ...cells]) =>
    cells.map((to, index) => ({ from, event: head[index] ?? "", to })),
  );
};

const suite = <S extends string, E extends string>(
  name: string,
  machine: StateMachine.StateMachine<S, E>,
  table: string,
) => {
  describe(name, () => {
    it("knows every pair of state and event, legal or not", () => {
      const expected = rows(table);
      const found = machine.states.flatMap((from) =>
        machine.events.map((event) => ({
          from,
          event,
          to: Result.getOrElse(machine.transition(from, event), () => "-"),
        })),
      );
      assert.deepStrictEqual(found, expected);
    });

    it("refuses an illegal move with the state, the event and what is allowed", () => {
      for (const from of machine.states) {
        for (const event of machine.events) {
          const moved = machine.transition(from, event);
          if (Result.isSuccess(moved)) {
            assert.include(machine.allowed(from), event);
            continue;
          }
          const { state, event: asked, allowed, message } = moved.failure;
          assert.deepStrictEqual([state, asked, allowed], [from, event, machine.allowed(from)]);
          assert.notInclude(allowed, event);
          assert.include(message, from);
        }
      }
    });

    it("stays within its states whatever happens, and never leaves a final one", () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...machine.states),
          fc.array(fc.constantFrom(...machine.events)),
          (start, events) => {
            let state = start;
            for (const event of events) {
              const isFinal = machine.allowed(state).length === 0;
              const next = Result.getOrElse(machine.transition(state, event), () => state);
              if (isFinal) assert.strictEqual(next, state);
              assert.include(machine.states, next);
              state = next;
            }
          },
        ),
      );
    });
  });
};

suite("Agent", Agent.machine, agent);
suite("Order", Order.machine, order);
suite("BacktestState", BacktestState.machine, backtest);
