import { PNG } from "pngjs";
import * as Font from "./Font.ts";

export type Colour = readonly [red: number, green: number, blue: number];

/** Drawn this many times larger and averaged down: smooth lines without any more code. */
const SHARPNESS = 2;

/** A picture to draw on, in pixels from its upper left corner. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly #stride: number;
  readonly #rgb: Uint8Array;

  constructor(width: number, height: number, background: Colour) {
    this.width = width;
    this.height = height;
    this.#stride = width * SHARPNESS;
    this.#rgb = new Uint8Array(this.#stride * height * SHARPNESS * 3);
    this.rectangle(0, 0, width, height, background);
  }

  #dot(x: number, y: number, [red, green, blue]: Colour): void {
    if (x < 0 || y < 0 || x >= this.#stride || y >= this.height * SHARPNESS) return;
    const at = (y * this.#stride + x) * 3;
    this.#rgb[at] = red;
    this.#rgb[at + 1] = green;
    this.#rgb[at + 2] = blue;
  }

  rectangle(x: number, y: number, width: number, height: number, colour: Colour): void {
    const [left, top] = [Math.round(x * SHARPNESS), Math.round(y * SHARPNESS)];
    const right = left + Math.max(1, Math.round(width * SHARPNESS));
    const bottom = top + Math.max(1, Math.round(height * SHARPNESS));
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) this.#dot(column, row, colour);
    }
  }

  /** A straight line: a disc of its thickness moved from one end to the other. */
  line(x0: number, y0: number, x1: number, y1: number, thickness: number, colour: Colour): void {
    const length = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0)) * SHARPNESS;
    const steps = Math.max(1, Math.ceil(length));
    const radius = (thickness * SHARPNESS) / 2;
    for (let step = 0; step <= steps; step++) {
      const x = (x0 + ((x1 - x0) * step) / steps) * SHARPNESS;
      const y = (y0 + ((y1 - y0) * step) / steps) * SHARPNESS;
      for (let row = Math.floor(y - radius); row <= Math.ceil(y + radius); row++) {
        for (let column = Math.floor(x - radius); column <= Math.ceil(x + radius); column++) {
          if ((column - x) ** 2 + (row - y) ** 2 <= radius ** 2) this.#dot(column, row, colour);
        }
      }
    }
  }

  text(text: string, x: number, y: number, scale: number, colour: Colour): void {
    for (const [dx, dy] of Font.dots(text)) {
      this.rectangle(x + dx * scale, y + dy * scale, scale, scale, colour);
    }
  }

  /** The finished picture. */
  png(): Uint8Array {
    const picture = new PNG({ width: this.width, height: this.height });
    const area = SHARPNESS * SHARPNESS;
    for (let y = 0; y < this.height; y++) {
      for (let x = 0; x < this.width; x++) {
        const at = (y * this.width + x) * 4;
        for (let channel = 0; channel < 3; channel++) {
          let sum = 0;
          for (let part = 0; part < area; part++) {
            const row = y * SHARPNESS + Math.floor(part / SHARPNESS);
            const column = x * SHARPNESS + (part % SHARPNESS);
            sum += this.#rgb[(row * this.#stride + column) * 3 + channel] ?? 0;
          }
          picture.data[at + channel] = Math.round(sum / area);
        }
        picture.data[at + 3] = 255;
      }
    }
    return PNG.sync.write(picture, { colorType: 2 });
  }
}
