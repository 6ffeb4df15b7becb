import { cash, h, s, time, utc } from "./elements.js";

const width = 1000;
const height = 220;
const pad = 12;

/** Round values between two, about four of them, no two of one label. */
const ticksOf = (low, high) => {
  const raw = Math.max((high - low) / 4, 0.01);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((times) => times * power).find((each) => each >= raw) ?? raw;
  const first = Math.ceil(low / step);
  const count = Math.max(0, Math.floor(high / step) - first + 1);
  return Array.from({ length: count }, (_, index) => (first + index) * step);
};

/** From where to where the curve is drawn, and which values are named; where nothing moved it is a line in the middle. */
export const axisOf = (values) => {
  const least = Math.min(...values);
  const most = Math.max(...values);
  if (least === most) return { low: least - 1, high: most + 1, ticks: [least] };
  // At least some cents of room: one cent up is not a cliff.
  const margin = Math.max((most - least) * 0.08, 0.05);
  const low = least - margin;
  const high = most + margin;
  return { low, high, ticks: ticksOf(low, high) };
};

/** How the first and the last instant are named: with their dates when they are not of one UTC day. */
export const namesOf = (first, last) => {
  const isOneDay = utc(first).slice(0, 10) === utc(last).slice(0, 10);
  return [first, last].map(isOneDay ? time : utc);
};

/** A curve of `{ at, value }`, oldest first; a sentence instead where there are no two. */
export const chart = (points, tooShort) => {
  if (points.length < 2) return h("p", { class: "empty" }, tooShort);
  const values = points.map(({ value }) => value);
  const { low, high, ticks } = axisOf(values);
  const first = points[0].at;
  const last = points[points.length - 1].at;
  const x = (at) => ((at - first) / (last - first || 1)) * width;
  const y = (value) => pad + (1 - (value - low) / (high - low)) * (height - 2 * pad);
  const path = points.map(
    ({ at, value }, index) => `${index === 0 ? "M" : "L"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`,
  );
  const label = `Equity from ${cash(values[0])} to ${cash(values[values.length - 1])}`;
  return h(
    "div",
    { class: "chartbox" },
    s(
      "svg",
      {
        class: "chart",
        viewBox: `0 0 ${width} ${height}`,
        preserveAspectRatio: "none",
        role: "img",
        "aria-label": label,
      },
      ...ticks.map((value) => s("line", { class: "grid", x1: 0, x2: width, y1: y(value), y2: y(value) })),
      s("path", { class: "area", d: `${path.join("")}L${width} ${height}L0 ${height}Z` }),
      s("path", { class: "curve", d: path.join("") }),
    ),
    ticks.map((value) => {
      const tick = h("span", { class: "tick" }, cash(value));
      tick.style.top = `calc(var(--chart-height) * ${y(value) / height})`;
      return tick;
    }),
    h(
      "div",
      { class: "time" },
      namesOf(first, last).map((name) => h("span", {}, name)),
    ),
  );
};
