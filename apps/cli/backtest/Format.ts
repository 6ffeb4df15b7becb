/** Figures as a trader reads them. What is not known is a dash, never a zero. */

const NONE = "–";

type Figure = number | null | undefined;

const isKnown = (value: Figure): value is number =>
  value !== null && value !== undefined && Number.isFinite(value);

const grouped = (value: number, decimals: number): string =>
  value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

/** Units of currency: `1,234.50`. */
export const money = (value: Figure): string => (isKnown(value) ? grouped(value, 2) : NONE);

export const count = (value: Figure): string => (isKnown(value) ? grouped(value, 0) : NONE);

/** A fraction as percent: 0.1234 is `12.34 %`. */
export const percent = (value: Figure): string => (isKnown(value) ? `${grouped(value * 100, 2)} %` : NONE);

export const ratio = (value: Figure): string => (isKnown(value) ? grouped(value, 2) : NONE);

/** A probability, never quite certain either way: `99.9 %`. */
export const chance = (value: Figure): string => {
  if (!isKnown(value)) return NONE;
  if (value > 0.999) return "> 99.9 %";
  return value < 0.001 ? "< 0.1 %" : `${grouped(value * 100, 1)} %`;
};

const units: ReadonlyArray<readonly [number, string]> = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
];

/** A length of time in its two largest units: `12 d 4 h`. */
export const duration = (ms: Figure): string => {
  if (!isKnown(ms)) return NONE;
  const parts: Array<string> = [];
  let rest = ms;
  for (const [size, unit] of units) {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    if (whole > 0 && parts.length < 2) parts.push(`${grouped(whole, 0)} ${unit}`);
    else if (parts.length > 0) break;
  }
  return parts.length === 0 ? "0 s" : parts.join(" ");
};

/** The same, in years where days would be too many to picture. */
export const long = (ms: Figure): string =>
  isKnown(ms) && ms >= 730 * 86_400_000 ? `${(ms / 31_557_600_000).toFixed(1)} years` : duration(ms);

const names: Readonly<Record<number, string>> = {
  86400000: "1 day",
  604800000: "1 week",
  3600000: "1 hour",
  60000: "1 minute",
  1000: "1 second",
};

/** The length of a bar: `1 day`, `5 min`. */
export const interval = (ms: number): string => names[ms] ?? duration(ms);

/** An instant, to the day or, for bars shorter than one, to the minute; UTC. */
export const instant = (at: Figure, intervalMs: number): string => {
  if (!isKnown(at)) return NONE;
  const text = new Date(at).toISOString();
  return intervalMs >= 86_400_000 ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 16)}`;
};

/** The end of a bar, by the bar's own day: that of a Friday's bar is Saturday's first instant, and reads Friday. */
export const barEnd = (at: Figure, intervalMs: number): string =>
  instant(isKnown(at) && intervalMs >= 86_400_000 ? at - 1 : at, intervalMs);

/** `1 order`, `2 orders`. */
export const several = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
