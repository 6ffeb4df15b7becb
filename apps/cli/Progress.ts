/** A bar on standard error while something takes long, when a person is watching; nothing otherwise. */
export interface Progress {
  /** How far it is, 0..1, and a few words. Drawn at most twenty times a second. */
  readonly show: (done: number, note: string) => void;
  /** Takes the bar off the screen. */
  readonly clear: () => void;
}

interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly write: (text: string) => unknown;
}

const CELLS = 30;
const EVERY_MS = 50;
const ERASE = "\r\u001b[2K";

const bar = (done: number): string => {
  const filled = Math.round(Math.min(1, Math.max(0, done)) * CELLS);
  return `${"█".repeat(filled)}${"░".repeat(CELLS - filled)}`;
};

export const make = (
  title: string,
  screen: Screen = process.stderr,
  now = () => performance.now(),
): Progress => {
  if (screen.isTTY !== true) return { show: () => {}, clear: () => {} };
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    show: (done, note) => {
      if (now() - drawnAt < EVERY_MS) return;
      drawnAt = now();
      const text = `${title} ${bar(done)} ${String(Math.floor(done * 100)).padStart(3)} %  ${note}`;
      screen.write(`${ERASE}${text.slice(0, (screen.columns ?? 80) - 1)}`);
    },
    clear: () => {
      if (drawnAt > Number.NEGATIVE_INFINITY) screen.write(ERASE);
    },
  };
};
