import * as api from "./api.js";

/** Pages of the history to read, of 200 marks each: a quarter of an hour at a mark a second, weeks at one an hour. */
const pagesMax = 5;

/** A mark of an agent, to cents: the books keep them so, events have more digits, and side by side they would be a cliff. */
export const mark = (iso, equity) => ({ at: Date.parse(iso), value: Math.round(Number(equity) * 100) / 100 });

/** Reads the history of an agent, backwards. After each page `onPage` gets all of it so far, and says whether to go on. */
export const read = async (id, onPage) => {
  let marks = [];
  let after = "";
  for (let page = 0; page < pagesMax; page += 1) {
    const { items, next_cursor } = await api.book(id, "pnl", `limit=200${after}`);
    marks = [...items.map(({ ts, equity }) => mark(ts, equity)).reverse(), ...marks];
    if (!onPage(marks) || next_cursor === null) return;
    after = `&cursor=${encodeURIComponent(next_cursor)}`;
  }
};

/** What was read, and what was heard after it. */
export const joined = ({ past, heard }) => {
  const last = past.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  return [...past, ...heard.filter(({ at }) => at > last)];
};
