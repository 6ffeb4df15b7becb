import { cash, gain, h, percent } from "./elements.js";
import * as loss from "./loss.js";
import * as prices from "./prices.js";

export const status = (text) => h("span", { class: `status ${text}` }, text);

const figure = (label, value) =>
  h("div", {}, h("span", { class: "label" }, label), h("span", { class: "value" }, value));

const figures = (stats, equity) => {
  const rejected = Object.values(stats.rejections).reduce((sum, count) => sum + count, 0);
  return h(
    "div",
    { class: "figures" },
    figure("Equity", cash(equity)),
    figure("Gain", gain(Number(equity) - Number(stats.capital))),
    figure("Cash", cash(stats.cash)),
    figure("Drawdown", percent(stats.drawdown)),
    figure("Win rate", percent(stats.win_rate)),
    figure("Sharpe", stats.sharpe === null ? "–" : stats.sharpe.toFixed(2)),
    figure("Fills", String(stats.fills)),
    figure("Rejected", String(rejected)),
    figure("Missed ticks", String(stats.missed_ticks)),
  );
};

const moves = ["start", "pause", "stop"];

/** The API deletes nothing that is ticked, or would be. */
const isDeletable = ({ status }) => !["RUNNING", "PAUSED"].includes(status);

const about = ({ strategies, universe, frequency_seconds }) =>
  `${strategies.map(({ key }) => key).join(", ") || "no strategy"} on ${universe.symbols.join(", ")}, every ${frequency_seconds} s`;

const lost = ({ limit }) =>
  `Daily loss limit reached: nothing is opened while equity is at or below ${cash(limit)}, until 00:00 UTC.`;

/** The head of an agent: its name, what can be done with it, and its figures once they are read, with its latest equity; without `onMove` nothing can be done. */
export const head = ({ agent, stats, equity, floor, onMove, onDelete }) => [
  h(
    "div",
    { class: "row" },
    h("div", {}, h("h1", {}, agent.name), status(agent.status)),
    h(
      "div",
      { class: "row" },
      moves.map((event) =>
        h(
          "button",
          {
            id: event,
            disabled: onMove === null || !agent.allowed.includes(event),
            class: event === "start" ? "primary" : null,
            onclick: () => onMove(event),
          },
          event[0].toUpperCase() + event.slice(1),
        ),
      ),
      isDeletable(agent)
        ? h(
            "button",
            { id: "delete", class: "faint", disabled: onMove === null, onclick: onDelete },
            "Delete",
          )
        : null,
    ),
  ),
  h("p", { class: "quiet" }, about(agent)),
  agent.last_error === null ? null : h("p", { class: "problem" }, agent.last_error),
  agent.status === "RUNNING" && loss.isReached(floor, equity)
    ? h("p", { class: "notice", role: "status" }, lost(floor))
    : null,
  agent.status === "RUNNING" && stats !== null && stats.unpriced.length > 0
    ? h("p", { class: "notice", role: "status" }, prices.missing(stats.unpriced))
    : null,
  stats === null ? null : figures(stats, equity),
];
