import * as api from "./api.js";

/** How far back from its last mark a curve goes. */
export const ranges = [
  { name: "15 min", ms: 900_000 },
  { name: "1 day", ms: 86_400_000 },
  { name: "1 week", ms: 604_800_000 },
  { name: "All", ms: Number.POSITIVE_INFINITY },
];

/** About as many marks are read as a curve has pixels to tell apart; twice as many are drawn at most. */
const pointsRead = 360;
const pointsMax = 2 * pointsRead;

/** A curve of which nothing is read yet: of each stretch of `everyMs` it keeps the last mark, and of all no more than `windowMs`. */
export const unread = { marks: [], everyMs: 1_000, windowMs: Number.POSITIVE_INFINITY, isRead: false };

/** A mark of an agent, to cents: the books keep them so, events have more digits, and side by side they would be a cliff. */
export const mark = (iso, equity) => ({ at: Date.parse(iso), value: Math.round(Number(equity) * 100) / 100 });

const lastOfEach = (marks, everyMs) => {
  const stretch = ({ at }) => Math.floor(at / everyMs);
  return marks.filter((each, n) => n === marks.length - 1 || stretch(each) !== stretch(marks[n + 1]));
};

/** The curve with what was heard after it. A long life is drawn in longer stretches, each two of the shorter ones. */
export const add = (curve, heard) => {
  const last = curve.marks.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  const all = [...curve.marks, ...heard.filter(({ at }) => at >= last)];
  const from = (all.at(-1)?.at ?? 0) - curve.windowMs;
  let { everyMs } = curve;
  let marks = lastOfEach(all, everyMs).filter(({ at }) => at >= from);
  while (marks.length > pointsMax) {
    everyMs *= 2;
    marks = lastOfEach(marks, everyMs);
  }
  return { ...curve, marks, everyMs };
};

/** Reads the curve of an agent over a range, between its first run and its last; null once `isWanted` says no. */
export const read = async (id, { first_run_at, last_run_at }, { ms }, isWanted) => {
  const now = new Date().toISOString();
  const last = Date.parse(last_run_at ?? now);
  const from = Math.max(Date.parse(first_run_at ?? now), last - ms);
  const every = Math.max(1, Math.ceil((last - from) / 1_000 / pointsRead));
  const query = `limit=200&every_seconds=${every}&from=${new Date(from).toISOString()}`;
  let marks = [];
  let after = "";
  do {
    const { items, next_cursor } = await api.book(id, "pnl", `${query}${after}`);
    if (!isWanted()) return null;
    marks = [...items.map(({ ts, equity }) => mark(ts, equity)).reverse(), ...marks];
    after = next_cursor === null ? null : `&cursor=${encodeURIComponent(next_cursor)}`;
  } while (after !== null);
  return { marks, everyMs: every * 1_000, windowMs: ms, isRead: true };
};

/** What is said in place of a curve that has no two marks. */
export const tooShort = ({ name, ms }) =>
  ms === Number.POSITIVE_INFINITY
    ? "The curve begins with the second run."
    : `No two runs within ${name}: choose a longer range.`;
