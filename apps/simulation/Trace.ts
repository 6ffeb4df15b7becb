/** Everything that happened, in order: as a digest that costs little, and in words for whoever wants to read it. */
export interface Trace {
  readonly note: (at: number, text: string) => void;
  /** Two runs of one seed have the same. */
  readonly digest: () => string;
  readonly lines: () => ReadonlyArray<string>;
}

export const make = (isKept: boolean): Trace => {
  const lines: Array<string> = [];
  let count = 0;
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  const mix = (code: number): void => {
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code ^ (a >>> 15), 0x85ebca6b);
  };
  return {
    note: (at, text) => {
      count += 1;
      mix(Math.round(at * 1000));
      for (let i = 0; i < text.length; i++) mix(text.charCodeAt(i));
      if (isKept) lines.push(`${at.toFixed(1).padStart(10)} ${text}`);
    },
    digest: () => [count, a >>> 0, b >>> 0].map((part) => part.toString(16).padStart(8, "0")).join(""),
    lines: () => lines,
  };
};
