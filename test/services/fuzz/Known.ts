import type { Dice } from "@strom/apps/simulation/Dice.ts";
import { Predicate } from "effect";

/** What the fuzz learned from answers, so that later requests hit what is there. */

export interface User {
  readonly email: string;
  readonly agents: Array<string>;
}

export interface Chat {
  readonly chatId: string;
  readonly userId: string;
}

export interface Known {
  readonly users: ReadonlyArray<User>;
  readonly codes: Array<string>;
  readonly chats: Array<Chat>;
  /** Linked before anything else, and never asked to end: what is done to a chat needs one. */
  readonly residents: Array<Chat>;
  /** Of the pages of an operation. */
  readonly cursors: Map<string, Array<string>>;
  readonly eventIds: Array<string>;
  readonly strategies: Array<string>;
  readonly symbols: ReadonlyArray<string>;
}

/** As many of a kind as are remembered; the oldest is forgotten. */
const most = 20;

/** A user is given no more agents than this, so that a long run does not become a test of the pipeline. */
const agentsMax = 6;

export const make = (): Known => ({
  users: ["a", "b", "c"].map((name) => ({ email: `${name}@fuzz.example`, agents: [] })),
  codes: [],
  chats: [],
  residents: [],
  cursors: new Map(),
  eventIds: [],
  strategies: ["ema_crossover", "buy_and_hold"],
  symbols: ["BTC-USD", "ETH-USD", "NSE:NIFTY50-INDEX", "FUZZ:A", "FUZZ:B"],
});

export const isCrowded = ({ agents }: User): boolean => agents.length >= agentsMax;

const keep = <A>(list: Array<A>, value: A): void => {
  if (list.includes(value)) return;
  list.push(value);
  if (list.length > most) list.shift();
};

const forget = <A>(list: Array<A>, value: A): void => {
  const index = list.indexOf(value);
  if (index >= 0) list.splice(index, 1);
};

const text = (body: unknown, key: string): string | null =>
  Predicate.hasProperty(body, key) && Predicate.isString(body[key]) ? body[key] : null;

export interface Lesson {
  readonly operation: string;
  readonly user: User;
  /** What stood for each parameter of the path. */
  readonly path: Readonly<Record<string, string>>;
  readonly status: number;
  readonly text: string;
}

const eventId = /^id: (\S+)$/m;

/** Takes from an answer what later requests can use. */
export const learn = (known: Known, { operation, user, path, status, text: answer }: Lesson): void => {
  const id = path["id"];
  if (id !== undefined && (status === 404 || status === 204)) forget(user.agents, id);
  const chat = known.chats.find(({ chatId }) => chatId === path["chat_id"]);
  // Nobody but its user may unlink a chat over the user's own route: a 404 there says nothing of the link.
  const isEnded = status === 204 || (status === 404 && operation.startsWith("telegramBot."));
  if (chat !== undefined && isEnded) forget(known.chats, chat);
  if (status !== 200 && status !== 201) return;
  if (operation.startsWith("events.")) {
    const found = eventId.exec(answer)?.[1];
    if (found !== undefined) keep(known.eventIds, found);
    return;
  }
  if (!answer.startsWith("{")) return;
  const body: unknown = JSON.parse(answer);
  const cursor = text(body, "next_cursor");
  if (cursor !== null) {
    const cursors = known.cursors.get(operation) ?? [];
    keep(cursors, cursor);
    known.cursors.set(operation, cursors);
  }
  const made = text(body, operation === "telegram.issueCode" ? "code" : "id");
  if (operation === "agents.create" && made !== null) keep(user.agents, made);
  if (operation === "telegram.issueCode" && made !== null) keep(known.codes, made);
  if (operation === "telegramBot.redeem" && Predicate.hasProperty(body, "chat_id")) {
    const from = Predicate.hasProperty(body, "telegram_user_id") ? body["telegram_user_id"] : "";
    keep(known.chats, { chatId: String(body["chat_id"]), userId: String(from) });
  }
};

/** One of them, or something else when there is none. */
export const oneOf = <A>(dice: Dice, from: ReadonlyArray<A>, otherwise: () => A): A =>
  from.length === 0 ? otherwise() : dice.pick(from);
