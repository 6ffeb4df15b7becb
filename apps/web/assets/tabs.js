import { h } from "./elements.js";

/** Where an arrow, Home or End leads from one of so many. */
const ways = {
  ArrowRight: (index, count) => (index + 1) % count,
  ArrowLeft: (index, count) => (index + count - 1) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** Tabs and their panel, to be drawn into as `id` and `panel`: the arrows open the next one, and Tab leads on to the panel. */
export const frame = (id, panel, label) => [
  h("div", {
    class: "tabs",
    id,
    role: "tablist",
    "aria-label": label,
    onkeydown: (event) => {
      const tabs = [...event.currentTarget.children];
      const index = tabs.indexOf(document.activeElement);
      const way = ways[event.key];
      if (way === undefined || index < 0) return;
      event.preventDefault();
      const next = tabs[way(index, tabs.length)];
      next.focus();
      next.click();
    },
  }),
  h("div", { id: panel, role: "tabpanel", tabindex: 0 }),
];

/** A tab for each `[name, title]`. */
export const tabs = (named, open, panel, onOpen) =>
  named.map(([name, title]) =>
    h(
      "button",
      {
        id: `tab-${name}`,
        role: "tab",
        "aria-selected": name === open,
        "aria-controls": panel,
        tabindex: name === open ? 0 : -1,
        onclick: () => onOpen(name),
      },
      title,
    ),
  );
