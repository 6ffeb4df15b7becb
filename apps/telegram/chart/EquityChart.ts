import type { Colour } from "./Canvas.ts";
import { Canvas } from "./Canvas.ts";
import * as Font from "./Font.ts";

/** Equity at an instant; a picture is no ledger, so a float is enough. */
export interface Point {
  readonly at: number;
  readonly equity: number;
}

const [width, height] = [800, 420];
const plot = { left: 110, top: 24, right: width - 24, bottom: height - 44 };

const background: Colour = [255, 255, 255];
const grid: Colour = [232, 234, 237];
const ink: Colour = [95, 99, 104];
const gain: Colour = [24, 128, 56];
const loss: Colour = [197, 34, 31];
const gainFill: Colour = [230, 244, 234];
const lossFill: Colour = [252, 232, 230];

const day = 86_400_000;

/** A step of 1, 2 or 5 times a power of ten, so that `span` has about four of them. */
const stepOf = (span: number): number => {
  const power = 10 ** Math.floor(Math.log10(span / 4));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => span / step <= 5) ?? power * 10;
};

const money = (value: number, step: number): string => {
  const decimals = step >= 1 ? 0 : Math.min(6, Math.ceil(-Math.log10(step)));
  return value.toFixed(decimals).replace(/\B(?=(\d{3})+(?!\d))(?<!\..*)/g, ",");
};

const time = (at: number, span: number): string => {
  const iso = new Date(at).toISOString();
  if (span > 2 * day) return iso.slice(5, 10);
  return span > 600_000 ? iso.slice(11, 16) : iso.slice(11, 19);
};

const rangeOf = (values: ReadonlyArray<number>): { readonly low: number; readonly high: number } => {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  // A flat line goes through the middle.
  const margin = high === low ? Math.max(Math.abs(high) * 0.001, 0.01) : (high - low) * 0.08;
  return { low: low - margin, high: high + margin };
};

/**
 * The equity of an agent over time as a PNG of 800 by 420, oldest point first; green while it is at or above
 * `capital` at the end, red below. Null without a point.
 */
export const draw = (points: ReadonlyArray<Point>, capital: number): Uint8Array | null => {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return null;
  const span = Math.max(last.at - first.at, 1000);
  const { low, high } = rangeOf(points.map(({ equity }) => equity));
  const x = (at: number) => plot.left + ((at - first.at) / span) * (plot.right - plot.left);
  const y = (equity: number) => plot.bottom - ((equity - low) / (high - low)) * (plot.bottom - plot.top);
  const isGain = last.equity >= capital;

  const canvas = new Canvas(width, height, background);
  for (let column = plot.left; column < plot.right; column++) {
    const at = first.at + ((column - plot.left) / (plot.right - plot.left)) * span;
    const top = y(equityAt(points, at));
    canvas.rectangle(column, top, 1, plot.bottom - top, isGain ? gainFill : lossFill);
  }
  horizontal(canvas, low, high, y);
  vertical(canvas, first.at, span, x);
  if (capital > low && capital < high) {
    for (let dash = plot.left; dash < plot.right; dash += 10) {
      canvas.rectangle(dash, y(capital), 5, 1, ink);
    }
  }
  const colour = isGain ? gain : loss;
  for (const [index, point] of points.entries()) {
    const next = points[index + 1] ?? { ...point, at: first.at + span };
    canvas.line(x(point.at), y(point.equity), x(next.at), y(next.equity), 2.5, colour);
  }
  return canvas.png();
};

/** Between two points equity is drawn as a straight line. */
const equityAt = (points: ReadonlyArray<Point>, at: number): number => {
  const after = points.findIndex((point) => point.at >= at);
  const right = points[after];
  const left = points[after - 1];
  if (right === undefined) return points.at(-1)?.equity ?? 0;
  if (left === undefined || right.at === left.at) return right.equity;
  return left.equity + ((right.equity - left.equity) * (at - left.at)) / (right.at - left.at);
};

const horizontal = (canvas: Canvas, low: number, high: number, y: (equity: number) => number): void => {
  const step = stepOf(high - low);
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) {
    const label = money(value, step);
    canvas.rectangle(plot.left, y(value), plot.right - plot.left, 1, grid);
    canvas.text(label, plot.left - 8 - label.length * Font.width * 1.5, y(value) - 5, 1.5, ink);
  }
};

const vertical = (canvas: Canvas, from: number, span: number, x: (at: number) => number): void => {
  const columns = 5;
  for (let column = 0; column <= columns; column++) {
    const at = from + (span * column) / columns;
    const label = time(at, span);
    const wide = label.length * Font.width * 1.5;
    const left = Math.min(Math.max(x(at) - wide / 2, plot.left), plot.right - wide);
    canvas.rectangle(x(at), plot.bottom, 1, 5, ink);
    canvas.text(label, left, plot.bottom + 14, 1.5, ink);
  }
  canvas.rectangle(plot.left, plot.bottom, plot.right - plot.left, 1, ink);
};
