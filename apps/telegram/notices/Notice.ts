import type { Event } from "@strom/core";
import { Money } from "@strom/core";
import type { TelegramPreferences } from "@strom/core/ports";
import * as Figures from "../Figures.ts";
import * as Html from "../Html.ts";
import * as Text from "../Text.ts";

/** The kinds of notices that come from events. */
export type Kind = Exclude<keyof TelegramPreferences.Preferences, "daily">;

/** One line a chat is to be told. */
export interface Notice {
  readonly kind: Kind;
  /** HTML without a line break. */
  readonly html: string;
  /** What it is counted under once lines are merged, such as "momentum: BUY BTC-USD". */
  readonly group: string;
}

/** The topics of events a chat can be told of; others are not even read. */
export const topics: ReadonlySet<string> = new Set([
  "strom.order.filled",
  "strom.order.rejected",
  "strom.agent.changed",
]);

const at = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

const filled = (event: Event.OrderFilled, name: string): Notice => {
  const { fill, realized } = event;
  const what = `${fill.side} ${Figures.exact(Money.format(fill.qty))} ${fill.symbol} at ${Figures.exact(Money.format(fill.price))}`;
  const gain = realized === 0n ? "" : `, realized ${Figures.change(Money.format(realized))}`;
  return {
    kind: "fills",
    html: Html.escape(
      `${at(event.at)} ${name}: ${what}, fee ${Figures.money(Money.format(fill.fee))}${gain}`,
    ),
    group: `${name}: ${fill.side} ${fill.symbol}`,
  };
};

const rejected = (event: Event.OrderRejected, name: string): Notice => {
  const { side, symbol, qty } = event.order;
  const why = event.rules.find(({ code, ok }) => code === event.reason && !ok)?.text;
  const what = qty === 0n ? `${side} ${symbol}` : `${side} ${Figures.exact(Money.format(qty))} ${symbol}`;
  return {
    kind: "rejects",
    html: Html.escape(
      `${at(event.at)} ${name}: ${what} rejected, ${event.reason}${why === undefined ? "" : ` (${Text.inline(why, 120)})`}`,
    ),
    group: `${name}: rejected, ${event.reason}`,
  };
};

const failed = (event: Event.AgentChanged, name: string): Notice => ({
  kind: "errors",
  html: `${at(event.at)} ${Html.bold(`${name} is in ERROR`)}: ${Html.escape(Text.inline(event.reason, 300))}`,
  group: `${name}: ERROR`,
});

/** The line an event of an agent is worth; null when it is worth none. */
export const of = (event: Event.Event, agentName: string): Notice | null => {
  const name = Text.inline(agentName, 30);
  switch (event._tag) {
    case "order.filled":
      return filled(event, name);
    case "order.rejected":
      return rejected(event, name);
    case "agent.changed":
      return event.to === "ERROR" ? failed(event, name) : null;
    default:
      return null;
  }
};
