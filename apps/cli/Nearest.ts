/** Letters to put in, take out or change to make one word of another (Levenshtein). */
const distance = (one: string, other: string): number => {
  let above = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let row = 1; row <= one.length; row++) {
    const here = [row];
    for (let column = 1; column <= other.length; column++) {
      const change = (above[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      here.push(Math.min(change, (above[column] ?? 0) + 1, (here[column - 1] ?? 0) + 1));
    }
    above = here;
  }
  return above[other.length] ?? 0;
};

/** The word that was probably meant: the one fewest letters away, where that is at most a third of them. */
export const of = (word: string, words: ReadonlyArray<string>): string | undefined => {
  const plain = word.toLowerCase().replaceAll("-", "_");
  const [nearest] = words
    .map((one) => ({ one, away: distance(plain, one) }))
    .filter(({ one, away }) => away <= Math.max(1, one.length / 3))
    .toSorted((a, b) => a.away - b.away);
  return nearest?.one;
};
