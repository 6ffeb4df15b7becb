/** Puts a colour on a word when the reader is a terminal, and none when it is a file or NO_COLOR is set. */
export interface Paint {
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

const painter = (isOn: boolean) => (code: number) => (text: string) =>
  isOn ? `\u001b[${code}m${text}\u001b[0m` : text;

export const make = (isOn: boolean): Paint => {
  const color = painter(isOn);
  return {
    green: color(32),
    red: color(31),
    yellow: color(33),
    cyan: color(36),
    bold: color(1),
    dim: color(2),
  };
};

/** For a stream of this process. https://no-color.org: set and not empty means no colour. */
export const forStream = (stream: { readonly isTTY?: boolean }, noColor: string | undefined): Paint =>
  make(stream.isTTY === true && (noColor === undefined || noColor === ""));
