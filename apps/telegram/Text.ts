const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

const isRightToLeft = (text: string): boolean =>
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(text);

/** The marks that turn the direction of what follows: in somebody's name they would turn the rest of the line too. */
const steering = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * A name or a reason on one line: no line breaks or control characters, at most `max` characters as a reader counts
 * them, and fenced off when it is written from right to left, so that the numbers beside it stay in order.
 */
export const inline = (text: string, max = 60): string => {
  const clean = text
    .replaceAll(steering, "")
    .replaceAll(/[\p{Cc}\u2028\u2029\s]+/gu, " ")
    .trim();
  const characters = [...graphemes.segment(clean)].map(({ segment }) => segment);
  const short = characters.length <= max ? clean : `${characters.slice(0, max - 1).join("")}…`;
  return isRightToLeft(short) ? `\u2068${short}\u2069` : short;
};

const isWide = (code: number): boolean =>
  (code >= 0x1100 && code <= 0x115f) ||
  (code >= 0x2e80 && code <= 0xa4cf) ||
  (code >= 0xac00 && code <= 0xd7a3) ||
  (code >= 0xf900 && code <= 0xfaff) ||
  (code >= 0xfe30 && code <= 0xfe6f) ||
  (code >= 0xff00 && code <= 0xff60) ||
  (code >= 0xffe0 && code <= 0xffe6) ||
  (code >= 0x1f300 && code <= 0x1faff) ||
  (code >= 0x20000 && code <= 0x3fffd);

/** How many columns a text takes in a monospaced font. */
export const columns = (text: string): number => {
  let width = 0;
  for (const { segment } of graphemes.segment(text.replaceAll(steering, ""))) {
    width += isWide(segment.codePointAt(0) ?? 0) ? 2 : 1;
  }
  return width;
};
