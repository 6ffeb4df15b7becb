import { assert, layer as withLayer } from "@effect/vitest";
import type { Agent, Agents, BookRows, Page, Place, Shelf } from "@strom/core/ports";
import { Books, Database, Users } from "@strom/core/ports";
import type { Layer } from "effect";
import { Effect } from "effect";
import { runningAgent } from "./Agent.ts";

/** A mark that a suite asks for: of a slot, or of the n-th fill after it at the same instant. */
export interface Mark {
  readonly at: number;
  readonly fill: number | null;
  readonly equity: number;
}

/** Writes marks as the pipeline does, and counts the rows of marks that this transaction has read so far. */
export interface Hand<R> {
  readonly write: (agent: Agent, marks: ReadonlyArray<Mark>) => Effect.Effect<void, unknown, R>;
  readonly rowsRead: Effect.Effect<number, unknown, R>;
}

const NOON = Date.UTC(2026, 2, 1, 12);

/**
 * Bursts by the second with fills among them, a night without a mark, marks on the very bounds of a minute, an hour and
 * a day, and one before the epoch.
 */
const history: ReadonlyArray<Mark> = [
  -1,
  ...Array.from({ length: 40 }, (_, n) => NOON - 86_400_000 + n * 1_000),
  ...Array.from({ length: 30 }, (_, n) => NOON + n * 7_001),
  ...[59_999, 60_000, 60_001, 3_599_999, 3_600_000, 43_199_999, 43_200_000].map((ms) => NOON + 600_000 + ms),
  NOON + 43_200_000,
].flatMap((at, slot) => {
  const fills = slot % 5 === 3 ? 3 : 0;
  return Array.from({ length: 1 + fills }, (_, n) => ({
    at,
    fill: n === 0 ? null : n,
    equity: slot * 10 + n,
  }));
});

/** What the marks of a stretch come to, said in another way than by a database. */
const lastOfEach = (newestFirst: ReadonlyArray<BookRows.PnlSnapshot>, everySeconds: number) => {
  const stretch = ({ ts }: BookRows.PnlSnapshot) => Math.floor(ts / (everySeconds * 1000));
  return newestFirst.filter(
    (mark, index) => index === 0 || stretch(mark) !== stretch(newestFirst[index - 1] ?? mark),
  );
};

const every = [1, 7, 60, 3_600, 86_400, 31_536_000];

const spans: ReadonlyArray<BookRows.Filter> = [
  {},
  { from: NOON - 86_400_000 + 20_500, to: NOON + 100_000 },
  { from: NOON + 600_000 + 60_000 },
  { to: 0 },
  { from: NOON * 2 },
];

/** What the curve of an agent's equity must be, whatever is under it. */
export const suite = <R, E>(
  name: string,
  hand: Hand<R>,
  layer: Layer.Layer<R | Agents | Books | Database | Shelf | Users, E>,
): void =>
  withLayer(layer, { excludeTestServices: true, timeout: 60_000 })(name, (it) => {
    const page = (agent: Agent, filter: BookRows.CurveFilter, limit: number, after: Place | null = null) =>
      Effect.flatMap(Books, (books) =>
        books.pnl({ userId: agent.userId, agentId: agent.id }, filter, { limit, after }),
      );

    const whole = Effect.fnUntraced(function* (agent: Agent, filter: BookRows.CurveFilter, limit: number) {
      const marks: Array<BookRows.PnlSnapshot> = [];
      let after: Place | null = null;
      do {
        const { items, next }: Page<BookRows.PnlSnapshot> = yield* page(agent, filter, limit, after);
        assert.isAtMost(items.length, limit);
        marks.push(...items);
        after = next;
      } while (after !== null);
      return marks;
    });

    it.effect("is the last mark of every stretch, whatever the pages and the span", () =>
      Effect.gen(function* () {
        const agent = yield* runningAgent("a curve", ".");
        yield* hand.write(agent, history);
        for (const span of spans) {
          const all = yield* whole(agent, span, 200);
          for (const everySeconds of every) {
            const expected = lastOfEach(all, everySeconds);
            for (const limit of [1, 3, expected.length || 1, 200]) {
              const found = yield* whole(agent, { ...span, everySeconds }, limit);
              assert.deepStrictEqual(found, expected, JSON.stringify({ span, everySeconds, limit }));
            }
          }
        }
      }),
    );

    it.effect("ends a stretch before the instant that begins the next", () =>
      Effect.gen(function* () {
        const agent = yield* runningAgent("a bound", ".");
        const at = (ms: number, equity: number) => ({ at: NOON + ms, fill: null, equity });
        yield* hand.write(agent, [at(-1, 1), at(0, 2), at(59_999, 3), at(60_000, 4)]);
        const marks = yield* whole(agent, { everySeconds: 60 }, 200);
        assert.deepStrictEqual(
          marks.map(({ ts, equity }) => [ts - NOON, Number(equity)]),
          [
            [60_000, 4],
            [59_999, 3],
            [-1, 1],
          ],
        );
      }),
    );

    it.effect("goes on where it was, whatever is marked between two pages", () =>
      Effect.gen(function* () {
        const agent = yield* runningAgent("goes on", ".");
        const marks = Array.from({ length: 600 }, (_, n) => ({
          at: NOON + n * 1_000,
          fill: null,
          equity: n,
        }));
        yield* hand.write(agent, marks.slice(0, 595));
        const filter = { everySeconds: 60 };
        const before = yield* whole(agent, filter, 200);
        const first = yield* page(agent, filter, 4);
        yield* hand.write(agent, marks.slice(595));
        const second = yield* page(agent, filter, 200, first.next);
        assert.deepStrictEqual([...first.items, ...second.items], before);
        assert.isNull(second.next);
      }),
    );

    it.effect("reads no more marks than it shows, however long the life", () =>
      Effect.gen(function* () {
        const agent = yield* runningAgent("a long life", ".");
        const marks = Array.from({ length: 20_000 }, (_, n) => ({
          at: NOON + n * 1_000,
          fill: null,
          equity: n,
        }));
        yield* hand.write(agent, marks);
        const { transaction } = yield* Database;
        const read = yield* transaction(
          Effect.gen(function* () {
            const before = yield* hand.rowsRead;
            const { items } = yield* page(agent, { everySeconds: 60 }, 200);
            assert.lengthOf(items, 200);
            return (yield* hand.rowsRead) - before;
          }),
        );
        assert.isAtMost(read, 2 * 201);
      }),
    );

    it.effect("is its owner's alone", () =>
      Effect.gen(function* () {
        const { id: agentId } = yield* runningAgent("a secret", ".");
        const userId = yield* (yield* Users).byEmail("stranger@example.com");
        const { pnl } = yield* Books;
        const refused = yield* Effect.flip(
          pnl({ userId, agentId }, { everySeconds: 1 }, { limit: 1, after: null }),
        );
        assert.strictEqual(refused._tag, "AgentNotFound");
      }),
    );
  });
