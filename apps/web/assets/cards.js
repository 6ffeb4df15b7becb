import { h } from "./elements.js";
import { frame } from "./tabs.js";

const card = (...children) => h("div", { class: "card" }, ...children);

/** Where the parts of an agent are drawn, each by its id. */
export const cards = () => [
  h("div", { class: "card", id: "head" }),
  card(
    h(
      "div",
      { class: "row" },
      h("h3", {}, "Equity"),
      h("div", { class: "tabs ranges", id: "ranges", role: "group", "aria-label": "How far back" }),
    ),
    h("div", { id: "chart" }),
  ),
  card(...frame("tabs", "rows", "Books")),
];
