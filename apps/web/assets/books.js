import * as api from "./api.js";
import { cash, gain, instant, number, side, table } from "./elements.js";

const at = (field) => ({ name: "Time", show: (row) => instant(row[field]) });
const symbol = { name: "Symbol", show: (row) => row.symbol };
const bySide = { name: "Side", show: (row) => side(row.side) };
const numeric = (name, field, show = number) => ({ name, kind: "number", show: (row) => show(row[field]) });

const words = (code) => code.replaceAll("_", " ");

/** The sentences of the rules that were broken. */
const broken = ({ rules }) =>
  (Array.isArray(rules) ? rules : [])
    .filter((rule) => rule.ok === false)
    .map((rule) => rule.text)
    .join("; ");

/** Each tab: what it reads, and how its rows look. */
export const books = {
  positions: {
    title: "Positions",
    empty: "Nothing is held.",
    read: (id) => api.book(id, "positions"),
    columns: [
      symbol,
      numeric("Quantity", "net_qty"),
      numeric("Average price", "avg_price"),
      numeric("Mark", "mark"),
      {
        name: "Unrealized",
        kind: "number",
        show: (row) => (row.unrealized_pnl === null ? "–" : gain(row.unrealized_pnl)),
      },
    ],
  },
  orders: {
    title: "Orders",
    empty: "No orders yet.",
    read: (id) => api.book(id, "orders"),
    columns: [
      at("created_at"),
      bySide,
      symbol,
      numeric("Quantity", "qty"),
      numeric("Asked at", "requested_price"),
      numeric("Filled at", "filled_price"),
      { name: "Status", show: (row) => row.status },
      { name: "Reason", show: (row) => (row.reject_reason === null ? "" : words(row.reject_reason)) },
    ],
  },
  trades: {
    title: "Trades",
    empty: "No fills yet.",
    read: (id) => api.book(id, "trades"),
    columns: [
      at("ts"),
      bySide,
      symbol,
      numeric("Quantity", "qty"),
      numeric("Price", "price"),
      numeric("Fee", "fee", cash),
    ],
  },
  rejections: {
    title: "Rejections",
    empty: "Nothing was rejected.",
    read: (id) => api.book(id, "risk-decisions", "limit=50&status=REJECTED"),
    columns: [
      at("at"),
      bySide,
      symbol,
      { name: "Code", show: (row) => words(row.code ?? "") },
      { name: "Why", kind: "wide", show: broken },
    ],
  },
  signals: {
    title: "Signals",
    empty: "No strategy has spoken yet.",
    read: (id) => api.book(id, "signals"),
    columns: [
      at("created_at"),
      bySide,
      symbol,
      { name: "Strategy", show: (row) => words(row.rationale?.strategy_key ?? "") },
      { name: "Rule", show: (row) => words(row.rationale?.decision?.rule ?? "") },
      numeric("Confidence", "confidence"),
    ],
  },
};

export const show = (name, rows) => table(books[name].columns, rows, books[name].empty);

/** The few fields of an event a person looks for. */
const summary = ({ payload }) =>
  ["symbol", "side", "qty", "price", "reason", "from", "to", "equity", "missed"]
    .filter((field) => ["string", "number"].includes(typeof payload[field]))
    .map((field) => `${field} ${payload[field]}`)
    .join(", ");

const eventColumns = [
  { name: "Time", show: (event) => instant(event.at) },
  { name: "Event", show: (event) => event.topic },
  { name: "What", kind: "wide", show: (event) => summary(event) },
];

export const showEvents = (events) =>
  table(eventColumns, events, "Nothing has happened since this page was opened.");
