import { h } from "./elements.js";

/** What a new agent trades until something else is written: never all that is priced, which may be anybody's. */
const usual = ["BTC-USD", "ETH-USD"];

/** The usual symbols as far as they are priced, else the one whose price is newest. */
const first = (priced) => {
  const known = usual.filter((symbol) => priced.some((each) => each.symbol === symbol));
  const newest = priced.toSorted((one, other) => Date.parse(other.ts) - Date.parse(one.ts))[0];
  return known.length > 0 || newest === undefined ? known : [newest.symbol];
};

export const symbolsOf = (text) =>
  text
    .split(",")
    .map((symbol) => symbol.trim())
    .filter((symbol) => symbol !== "");

/** What is written, with each priced symbol that is not in it yet: a browser suggests whole values of a field. */
const suggested = (text, known) => {
  const written = symbolsOf(text);
  const begun = known.includes(written.at(-1)) ? [] : written.slice(-1);
  const given = written.slice(0, written.length - begun.length);
  return known
    .filter((symbol) => !given.includes(symbol))
    .map((symbol) => h("option", { value: [...given, symbol].join(", ") }));
};

/** The field of the symbols; those that are priced are suggested one after the other. */
export const field = (priced) => {
  const known = priced.map(({ symbol }) => symbol);
  const value = first(priced).join(", ");
  const list = h("datalist", { id: "symbols" }, suggested(value, known));
  const oninput = ({ target }) => list.replaceChildren(...suggested(target.value, known));
  return [
    h(
      "label",
      {},
      "Symbols, separated by commas",
      h("input", { name: "symbols", value, list: "symbols", required: true, oninput }),
    ),
    list,
  ];
};
