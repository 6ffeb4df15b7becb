import type { Html } from "./Html.ts";
import { html } from "./Html.ts";

/** A curve of a plot: values over the same instants as the others'. */
export interface Line {
  readonly name: string;
  /** A CSS class of the page: `main`, `other` or `fall`. */
  readonly kind: "main" | "other" | "fall";
  readonly values: ArrayLike<number>;
}

export interface Plot {
  readonly title: string;
  /** Of the first and the last value, as a reader should see them. */
  readonly from: string;
  readonly to: string;
  readonly lines: ReadonlyArray<Line>;
  readonly label: (value: number) => string;
  /** Between two lines of the same index a band is filled: the outer ones of a fan. */
  readonly bands?: ReadonlyArray<readonly [ArrayLike<number>, ArrayLike<number>]>;
}

const WIDTH = 960;
const HEIGHT = 260;
const LEFT = 76;
const BOTTOM = 24;
const TOP = 10;
/** More points than pixels tell nothing. */
const POINTS_MAX = 1200;

/** At most `POINTS_MAX` values as [index, value]; of each stretch its lowest and highest, so that no spike is lost. */
const thin = (values: ArrayLike<number>): ReadonlyArray<readonly [number, number]> => {
  const points: Array<readonly [number, number]> = [];
  if (values.length <= POINTS_MAX) {
    for (let i = 0; i < values.length; i++) points.push([i, values[i] ?? 0]);
    return points;
  }
  const stretch = (2 * values.length) / POINTS_MAX;
  for (let part = 0; part * stretch < values.length; part++) {
    const from = Math.floor(part * stretch);
    const to = Math.min(values.length, Math.floor((part + 1) * stretch));
    let low = from;
    let high = from;
    for (let i = from; i < to; i++) {
      if ((values[i] ?? 0) < (values[low] ?? 0)) low = i;
      if ((values[i] ?? 0) > (values[high] ?? 0)) high = i;
    }
    const [first, second] = low <= high ? [low, high] : [high, low];
    points.push([first, values[first] ?? 0]);
    if (second !== first) points.push([second, values[second] ?? 0]);
  }
  return points;
};

interface Frame {
  readonly x: (index: number, count: number) => number;
  readonly y: (value: number) => number;
  readonly ticks: ReadonlyArray<number>;
}

const frameOf = (all: ReadonlyArray<ArrayLike<number>>): Frame => {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const values of all) {
    for (let i = 0; i < values.length; i++) {
      low = Math.min(low, values[i] ?? low);
      high = Math.max(high, values[i] ?? high);
    }
  }
  if (!(high > low)) {
    low -= Math.abs(low) * 0.01 + 1e-9;
    high += Math.abs(high) * 0.01 + 1e-9;
  }
  const height = HEIGHT - TOP - BOTTOM;
  return {
    x: (index, count) => LEFT + ((WIDTH - LEFT - 8) * index) / Math.max(1, count - 1),
    y: (value) => TOP + (height * (high - value)) / (high - low),
    ticks: [0, 1, 2, 3, 4].map((i) => low + ((high - low) * i) / 4),
  };
};

const pathOf = (values: ArrayLike<number>, { x, y }: Frame): string =>
  thin(values)
    .map(
      ([index, value], i) =>
        `${i === 0 ? "M" : "L"}${x(index, values.length).toFixed(1)} ${y(value).toFixed(1)}`,
    )
    .join("");

const areaOf = (values: ArrayLike<number>, frame: Frame): string =>
  `${pathOf(values, frame)}L${frame.x(values.length - 1, values.length).toFixed(1)} ${frame.y(0).toFixed(1)}L${LEFT} ${frame.y(0).toFixed(1)}Z`;

const bandOf = (low: ArrayLike<number>, high: ArrayLike<number>, frame: Frame): string => {
  const back = Array.from({ length: low.length }, (_, i) => low.length - 1 - i)
    .map((i) => `L${frame.x(i, low.length).toFixed(1)} ${frame.y(low[i] ?? 0).toFixed(1)}`)
    .join("");
  return `${pathOf(high, frame)}${back}Z`;
};

/** A plot as an SVG that needs nothing from anywhere else. */
export const plot = ({ title, from, to, lines, label, bands = [] }: Plot): Html => {
  const frame = frameOf([...lines.map((line) => line.values), ...bands.flat()]);
  const legend =
    lines.length < 2 ? [] : lines.map(({ name, kind }) => html`<span class="${kind}">${name}</span>`);
  return html`<figure>
<figcaption>${title} ${legend}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
${frame.ticks.map((tick) => html`<line class="grid" x1="${LEFT}" x2="${WIDTH - 8}" y1="${frame.y(tick).toFixed(1)}" y2="${frame.y(tick).toFixed(1)}"/><text class="scale" x="${LEFT - 8}" y="${(frame.y(tick) + 4).toFixed(1)}" text-anchor="end">${label(tick)}</text>`)}
${bands.map(([low, high]) => html`<path class="band" d="${bandOf(low, high, frame)}"/>`)}
${lines.map(({ kind, values }) => html`<path class="${kind}" d="${kind === "fall" ? areaOf(values, frame) : pathOf(values, frame)}"/>`)}
<text class="scale" x="${LEFT}" y="${HEIGHT - 6}">${from}</text><text class="scale" x="${WIDTH - 8}" y="${HEIGHT - 6}" text-anchor="end">${to}</text>
</svg>
</figure>`;
};
