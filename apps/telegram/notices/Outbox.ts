import type { TelegramPreferences } from "@strom/core/ports";
import * as Html from "../Html.ts";
import type { Notice } from "./Notice.ts";

/** How fast a chat is written to, and how much is kept for it. */
export interface Pace {
  /** Messages that may go out at once. */
  readonly burst: number;
  /** How long it takes until one more may. */
  readonly everyMs: number;
  /** Lines kept while they cannot go out; beyond that the older ones are only counted. */
  readonly mostLines: number;
}

/** Telegram wants about one message a second to a chat; a person wants fewer. */
export const usualPace: Pace = { burst: 5, everyMs: 2_000, mostLines: 400 };

/** Lines of one message. */
const LINES = 40;
/** Lines shown below a summary of what was only counted. */
const NEWEST = 15;
const NEWEST_SIZE = 2_500;

interface Line {
  readonly html: string;
  readonly group: string;
  readonly isLoud: boolean;
  /** The event it tells of. */
  readonly position: string;
}

type Counts = ReadonlyMap<string, number>;

/** What one chat has yet to be told. A plain value: it goes with the process, and is read again from the events. */
export interface Outbox {
  readonly lines: ReadonlyArray<Line>;
  /** What was given up as lines, by group. */
  readonly counted: Counts;
  readonly isCountedLoud: boolean;
  /** The last event seen, told or not worth telling. */
  readonly seen: string;
  /** Messages that may go out; fractions grow with time. */
  readonly tokens: number;
  readonly regainedAt: number;
}

/** A message on its way; once it has arrived, everything up to `position` is told. */
export interface Batch {
  readonly html: string;
  readonly isSilent: boolean;
  readonly position: string;
  /** What it tells, to be put back when it does not arrive. */
  readonly lines: ReadonlyArray<Line>;
  readonly counted: Counts;
}

export const make = (position: string, now: number, pace: Pace): Outbox => ({
  lines: [],
  counted: new Map(),
  isCountedLoud: false,
  seen: position,
  tokens: pace.burst,
  regainedAt: now,
});

const plus = (counted: Counts, lines: ReadonlyArray<Line>): Counts => {
  const sum = new Map(counted);
  for (const { group } of lines) sum.set(group, (sum.get(group) ?? 0) + 1);
  return sum;
};

const isLoud = (lines: ReadonlyArray<Line>): boolean => lines.some((line) => line.isLoud);

const keep = (box: Outbox, lines: ReadonlyArray<Line>, pace: Pace): Outbox => {
  if (lines.length <= pace.mostLines) return { ...box, lines };
  const given = lines.slice(0, -NEWEST);
  return {
    ...box,
    lines: lines.slice(-NEWEST),
    counted: plus(box.counted, given),
    isCountedLoud: box.isCountedLoud || isLoud(given),
  };
};

/** Notes an event: with a line when the chat wants to be told, else only as seen. */
export const add = (
  box: Outbox,
  position: string,
  notice: Notice | null,
  preferences: TelegramPreferences.Preferences,
  pace: Pace,
): Outbox => {
  const loudness = notice === null ? "off" : preferences[notice.kind];
  const seen = { ...box, seen: position };
  if (notice === null || loudness === "off") return seen;
  const { html, group } = notice;
  return keep(seen, [...box.lines, { html, group, isLoud: loudness === "on", position }], pace);
};

export const isEmpty = (box: Outbox): boolean => box.lines.length === 0 && box.counted.size === 0;

const total = (counted: Counts): number => [...counted.values()].reduce((sum, count) => sum + count, 0);

/** How many notices wait. */
export const waiting = (box: Outbox): number => box.lines.length + total(box.counted);

const tokensAt = (box: Outbox, now: number, pace: Pace): number =>
  Math.min(pace.burst, box.tokens + Math.max(0, now - box.regainedAt) / pace.everyMs);

/** When the next message may go out, ms since the epoch; null when there is none. */
export const dueAt = (box: Outbox, now: number, pace: Pace): number | null => {
  if (isEmpty(box)) return null;
  const tokens = tokensAt(box, now, pace);
  return tokens >= 1 ? now : now + Math.ceil((1 - tokens) * pace.everyMs);
};

/** Takes the next message out; `putBack` when it does not arrive. Null when there is none. */
export const take = (box: Outbox, now: number, pace: Pace): readonly [Batch, Outbox] | null => {
  if (isEmpty(box)) return null;
  const batch = box.counted.size > 0 ? summary(box) : listing(box);
  const rest: Outbox = {
    ...box,
    lines: box.lines.slice(batch.lines.length),
    counted: new Map(),
    isCountedLoud: false,
    tokens: tokensAt(box, now, pace) - 1,
    regainedAt: now,
  };
  return [batch, rest];
};

/** A message that did not arrive waits again, before what came since. */
export const putBack = (box: Outbox, batch: Batch, pace: Pace): Outbox => {
  const counted = new Map(box.counted);
  for (const [group, count] of batch.counted) counted.set(group, (counted.get(group) ?? 0) + count);
  const isCountedLoud = box.isCountedLoud || (batch.counted.size > 0 && !batch.isSilent);
  return keep({ ...box, counted, isCountedLoud }, [...batch.lines, ...box.lines], pace);
};

/** As many of the oldest lines as fit. */
const listing = (box: Outbox): Batch => {
  let used = 0;
  let count = 0;
  for (const { html } of box.lines.slice(0, LINES)) {
    used += Html.size(html) + 1;
    if (used > Html.maxText && count > 0) break;
    count += 1;
  }
  const lines = box.lines.slice(0, count);
  return {
    html: lines.map(({ html }) => html).join("\n"),
    isSilent: !isLoud(lines),
    // When nothing is left behind, what was seen since need not be read again either.
    position: count === box.lines.length ? box.seen : (lines.at(-1)?.position ?? box.seen),
    lines,
    counted: new Map(),
  };
};

/** The last lines, as many as leave room for the counts. */
const newestOf = (lines: ReadonlyArray<Line>): ReadonlyArray<string> => {
  const shown: Array<string> = [];
  let used = 0;
  for (const { html } of lines.slice(-NEWEST).reverse()) {
    used += Html.size(html) + 1;
    if (used > NEWEST_SIZE) break;
    shown.unshift(html);
  }
  return shown;
};

/** Everything that waits as one message: counts, then the newest lines. */
const summary = (box: Outbox): Batch => {
  const rows = [...plus(box.counted, box.lines)].sort(([, a], [, b]) => b - a);
  const newest = newestOf(box.lines);
  const head = Html.bold(`${waiting(box)} events, merged`);
  const below = [Html.bold("the newest"), ...newest];
  const room = Html.maxText - Html.size([head, ...below].join("\n")) - 2;
  const counted = Html.fit(
    rows.map(([group, times]) => Html.escape(`${times} × ${group}`)),
    room,
    (left) => `… and ${left} other kinds`,
  );
  return {
    html: [head, counted, ...below].join("\n"),
    isSilent: !(box.isCountedLoud || isLoud(box.lines)),
    position: box.seen,
    lines: box.lines,
    counted: box.counted,
  };
};
