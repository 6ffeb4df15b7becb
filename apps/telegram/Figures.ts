import { Money } from "@strom/core";
import { Result } from "effect";

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");

/** A decimal string with thousands apart; what is none stays as it is. */
const group = (decimal: string): string => {
  const parts = /^(-?)(\d+)(\.\d+)?$/.exec(decimal);
  return parts === null ? decimal : `${parts[1] ?? ""}${grouped(parts[2] ?? "")}${parts[3] ?? ""}`;
};

/** Money to the cent, half to even: "100,000.00". */
export const money = (decimal: string): string => {
  const cash = Money.parseSum(decimal);
  return group(Result.isSuccess(cash) ? Money.formatFixed(cash.success, 2) : decimal);
};

/** Money with its sign: "+12.30", "-4.00", "0.00". */
export const change = (decimal: string): string => {
  const text = money(decimal);
  return /^-/.test(text) || /^[0.,]*$/.test(text) ? text : `+${text}`;
};

/** A price or a quantity as exact as it is: "64,123.5". */
export const exact = (decimal: string): string =>
  group(decimal.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, ""));

/** A fraction of one in per cent: "1.23 %". */
export const percent = (fraction: number): string => `${(fraction * 100).toFixed(2)} %`;

export const signedPercent = (fraction: number): string => `${fraction > 0 ? "+" : ""}${percent(fraction)}`;

/** The difference of two amounts of money. */
export const difference = (now: string, before: string): string => {
  const [a, b] = [Money.parseSum(now), Money.parseSum(before)];
  if (Result.isFailure(a) || Result.isFailure(b)) return "0";
  return Money.format(a.success - b.success);
};

/** The sum of amounts of money. */
export const sum = (amounts: ReadonlyArray<string>): string => {
  let total = 0n;
  for (const amount of amounts) {
    const cash = Money.parseSum(amount);
    if (Result.isSuccess(cash)) total += cash.success;
  }
  return Money.format(total);
};

/** "09:15:00" of today in UTC, "01-30 09:15" of another day. */
export const time = (at: number, now: number): string => {
  const iso = new Date(at).toISOString();
  const isToday = iso.slice(0, 10) === new Date(now).toISOString().slice(0, 10);
  return isToday ? iso.slice(11, 19) : `${iso.slice(5, 10)} ${iso.slice(11, 16)}`;
};

/** "2026-01-31" in UTC. */
export const date = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** How long, in its two largest units: "2 d 3 h", "45 s". */
export const duration = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).slice(0, 2);
  return shown.length === 0 ? "0 s" : shown.map(([count, unit]) => `${count} ${unit}`).join(" ");
};
