import * as api from "./api.js";
import { ask, tell } from "./ask.js";
import { attempt, calm } from "./attempt.js";
import { books, show, showEvents } from "./books.js";
import { cards } from "./cards.js";
import { chart } from "./chart.js";
import { cash, gain, h, time } from "./elements.js";
import * as equity from "./equity.js";
import * as form from "./form.js";
import { head, status } from "./head.js";
import * as loss from "./loss.js";
import { redraw } from "./redraw.js";
import * as roster from "./roster.js";
import { stopAll } from "./stopall.js";
import { tabs } from "./tabs.js";

/** What the page knows. Every change ends in a draw of the part it concerns. */
const state = {
  roster: roster.unread,
  pages: 1,
  chosen: null,
  stats: null,
  equity: equity.unread,
  range: equity.ranges.at(-1),
  floor: null,
  tab: "positions",
  rows: [],
  log: [],
  standing: new Map(),
  isMoving: false,
};

const logMax = 100;

const at = (id) => document.getElementById(id);
const chosen = () => roster.all(state.roster).find(({ id }) => id === state.chosen) ?? null;

/** The latest equity known, for the list and for the head alike. */
const equityOf = ({ id, capital }) => state.standing.get(id) ?? capital;

const drawAgents = () => {
  const items = roster.all(state.roster).map((agent) => {
    const worth = equityOf(agent);
    return h(
      "li",
      { "data-key": agent.id },
      h(
        "button",
        { "aria-current": agent.id === state.chosen, onclick: () => choose(agent.id) },
        h("span", { class: "name" }, agent.name),
        status(agent.status),
        h("span", {}, cash(worth)),
        gain(Number(worth) - Number(agent.capital)),
      ),
    );
  });
  const more = h(
    "li",
    { "data-key": "more" },
    h("button", { class: "more", onclick: readMore }, "Show more"),
  );
  if (state.roster.next !== null) items.push(more);
  redraw(at("agents"), items.length === 0 ? h("li", { class: "empty" }, "No agents yet. Make one.") : items);
};

/** The buttons of an agent wait for the answer. */
const moving = async (deed) => {
  state.isMoving = true;
  drawHead();
  await attempt(deed);
  state.isMoving = false;
  drawStanding();
};

const move = (event) =>
  moving(async () => {
    const changed = await api.moveSeen(chosen(), event);
    state.roster = roster.put(state.roster, changed);
  });

const remove = async () => {
  const { id, name } = chosen();
  const consequence = "It is shown no more and cannot be started again; its books are kept.";
  if (!(await ask(`Delete ${name}?`, consequence, "Delete"))) return;
  await moving(async () => {
    state.roster = await roster.remove(state.roster, id);
    if (state.chosen !== id) return;
    state.chosen = null;
    history.replaceState(null, "", location.pathname);
    at("agent").replaceChildren();
    await readAgents();
  });
};

const drawHead = () => {
  const agent = chosen();
  if (agent === null) return;
  redraw(
    at("head"),
    head({
      agent,
      stats: state.stats,
      equity: equityOf(agent),
      floor: state.floor,
      onMove: state.isMoving ? null : move,
      onDelete: remove,
    }),
  );
};

const drawChart = () => {
  if (state.equity.isRead) redraw(at("chart"), chart(state.equity.marks, equity.tooShort(state.range)));
};

const drawRanges = () =>
  redraw(
    at("ranges"),
    equity.ranges.map((range) =>
      h("button", { "aria-pressed": range === state.range, onclick: () => openRange(range) }, range.name),
    ),
  );

const openRange = (range) => {
  state.range = range;
  drawRanges();
  attempt(readEquity);
};

/** What shows an equity, all of it at once: no two places tell two. */
const drawStanding = () => {
  drawAgents();
  drawHead();
  if (chosen() !== null) drawChart();
};

const titles = [
  ...Object.entries(books).map(([name, { title }]) => [name, title]),
  ["events", "Live events"],
];

const drawTabs = () => {
  redraw(at("tabs"), tabs(titles, state.tab, "rows", openTab));
  at("rows").setAttribute("aria-labelledby", `tab-${state.tab}`);
};

const drawRows = () => {
  if (state.chosen === null) return;
  redraw(at("rows"), state.tab === "events" ? showEvents(state.log) : show(state.tab, state.rows));
};

const readTab = async () => {
  const { chosen: id, tab } = state;
  if (id === null || tab === "events") return drawRows();
  const page = await books[tab].read(id);
  if (state.chosen !== id || state.tab !== tab) return;
  state.rows = page.items;
  drawRows();
};

const openTab = (name) => {
  state.tab = name;
  state.rows = [];
  drawTabs();
  // Another table begins at its left, not where the one before it was scrolled to.
  at("rows").replaceChildren();
  attempt(readTab);
};

const readStats = async () => {
  const id = state.chosen;
  if (id === null) return;
  const before = state.standing.get(id);
  const stats = await api.stats(id);
  if (state.chosen !== id) return;
  state.stats = stats;
  // What an event told while this was asked may be newer, and is not older.
  if (state.standing.get(id) === before) state.standing.set(id, stats.equity);
  drawStanding();
};

const readEquity = async () => {
  const { chosen: id, range, stats } = state;
  if (id === null || stats === null) return;
  const isWanted = () => state.chosen === id && state.range === range;
  const curve = await equity.read(id, stats, range, isWanted);
  if (curve === null) return;
  state.equity = equity.add(curve, state.equity.marks);
  drawChart();
};

const readFloor = async () => {
  const id = state.chosen;
  const floor = await loss.read(id);
  if (state.chosen !== id) return;
  state.floor = floor;
  drawHead();
};

const readChosen = () =>
  attempt(async () => void (await Promise.all([readStats().then(readEquity), readFloor(), readTab()])));

const choose = (id) => {
  Object.assign(state, {
    chosen: id,
    stats: null,
    equity: equity.unread,
    floor: null,
    rows: [],
    log: [],
  });
  history.replaceState(null, "", `#${id}`);
  at("agent").replaceChildren(...cards());
  drawStanding();
  drawRanges();
  drawTabs();
  at("agents").querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  readChosen();
};

/** In place of an agent. */
const showNone = (asked) => {
  state.chosen = null;
  const why =
    asked === ""
      ? "An agent you make appears here."
      : `You have no agent ${asked}: it was deleted, or the address is wrong.`;
  at("agent").replaceChildren(h("p", { class: "empty" }, why));
  drawAgents();
};

const readAgents = async () => {
  const before = state.chosen;
  const asked = before ?? location.hash.slice(1);
  const ids = new Set([...state.roster.apart.map(({ id }) => id), asked]);
  const read = await roster.read(
    () => state.pages,
    [...ids].filter((id) => id !== ""),
  );
  // Another was chosen meanwhile, and perhaps not read.
  if (state.chosen !== before) return readAgents();
  state.roster = read;
  drawStanding();
  if (chosen() !== null) return;
  const all = roster.all(read);
  const found = asked === "" ? all[0] : all.find(({ id }) => id === asked);
  if (found === undefined) showNone(asked);
  else choose(found.id);
};

const readMore = () =>
  attempt(async () => {
    const before = state.roster;
    state.pages += 1;
    const after = await roster.more(before);
    // Read anew meanwhile: pages may begin elsewhere.
    if (state.roster !== before) return readAgents();
    state.roster = after;
    drawAgents();
  });

const laterStats = calm(readStats, 2_000);
const laterTab = calm(readTab, 500);
const laterAgents = calm(readAgents, 300);
const laterLog = calm(async () => state.tab === "events" && drawRows(), 500);
const laterStanding = calm(async () => drawStanding(), 250);

const onEvent = (topic, event) => {
  if (topic === "agent.changed") laterAgents();
  if (topic === "pnl.updated") {
    state.standing.set(event.agent_id, event.payload.equity);
    laterStanding();
  }
  if (event.agent_id !== state.chosen) return;
  state.log = [event, ...state.log].slice(0, logMax);
  laterLog();
  if (topic === "pnl.updated") {
    state.equity = equity.add(state.equity, [equity.mark(event.at, event.payload.equity)]);
    laterStats();
  }
  if (topic === "order.rejected") {
    const { reason, rules } = event.payload;
    state.floor = loss.floorOf(reason, rules, event.at) ?? state.floor;
  }
  if (topic.startsWith("order.") || topic === "signal.created") laterTab();
};

const onState = (link, reason = null) => {
  at("link").className = `link ${link} ${reason === null ? "" : "refused"}`;
  const away = reason === null ? "reconnecting" : `not live: ${reason}`;
  at("link").textContent = link === "on" ? "live" : away;
};

at("new").addEventListener("click", () =>
  attempt(() =>
    form.open(at("form"), (agent) => {
      state.roster = roster.put(state.roster, agent);
      choose(agent.id);
    }),
  ),
);

const link = async () => {
  const { command, expires_at } = await api.linkCode();
  const until = `Until ${time(expires_at)}, write this to the bot of this STROM, in a private chat:`;
  await tell("Link Telegram", until, command);
};

/** Done once at a time. */
const onClick = (id, deed) =>
  at(id).addEventListener("click", async ({ target }) => {
    target.disabled = true;
    await attempt(deed);
    target.disabled = false;
  });

onClick("stopall", stopAll);
onClick("telegram", link);

addEventListener("hashchange", () => {
  state.chosen = null;
  attempt(readAgents);
});

await attempt(async () => {
  at("me").textContent = (await api.me()).email;
});
await attempt(readAgents);

/** Events are missing: what is shown is read anew, all of it. */
const onReset = () => {
  laterAgents();
  state.log = [];
  if (state.chosen !== null) readChosen();
};

api.follow({ onEvent, onState, onReset });
