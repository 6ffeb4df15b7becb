import type { Dice } from "@strom/apps/simulation/Dice.ts";
import type * as Contract from "./Contract.ts";
import * as Known from "./Known.ts";
import * as Plausible from "./Plausible.ts";
import * as Rot from "./Rot.ts";

/** One request of a fuzz: what is sent, and to which operation it is meant to go. */
export interface Wish {
  /** Plausible: as declared. Nearly: with one thing wrong. Rotten: wrong as HTTP. Stray: to nothing there is. */
  readonly kind: "plausible" | "nearly" | "rotten" | "stray";
  readonly operation: Contract.Operation;
  readonly user: Known.User;
  readonly method: string;
  readonly target: string;
  /** What stands for each parameter of the path. */
  readonly path: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

export interface House {
  readonly contract: Contract.Contract;
  readonly known: Known.Known;
  /** What the bot's own routes take. */
  readonly botToken: string;
}

/** Agents are made only while the user has few; else one more is archived, or stopped so that it can be. */
const chosen = ({ contract }: House, dice: Dice, user: Known.User): Contract.Operation => {
  const operation = dice.pick(contract.operations);
  if (operation.id !== "agents.create" || !Known.isCrowded(user)) return operation;
  const instead = dice.pick(["agents.archive", "agents.stop"]);
  return contract.operations.find(({ id }) => id === instead) ?? operation;
};

/** Never the first agent of a user: somebody must trade while all this goes on. */
const endsTrading = new Set(["agents.archive", "agents.stop", "agents.pause", "agents.change"]);

const endsChat = new Set(["telegram.unlink", "telegramBot.end"]);

/** Mostly something of the user's own, sometimes somebody else's or nobody's. */
const segmentOf = (
  parameter: Contract.Parameter,
  { id }: Contract.Operation,
  context: Plausible.Context,
): string => {
  const { dice, known, user } = context;
  if (parameter.name === "id") {
    const owner = dice.uniform() < 0.85 ? user : dice.pick(known.users);
    const agents = endsTrading.has(id) ? owner.agents.slice(1) : owner.agents;
    return dice.uniform() < 0.05
      ? Plausible.uuid(dice)
      : Known.oneOf(dice, agents, () => Plausible.uuid(dice));
  }
  if (parameter.name === "chat_id") {
    const chats = endsChat.has(id) ? known.chats : [...known.residents, ...known.chats];
    return Known.oneOf(dice, chats, () => ({ chatId: "1" })).chatId;
  }
  if (parameter.name === "update_id") return String(dice.integer(1, 50));
  return String(Plausible.value(parameter.schema, context, parameter.name));
};

const plausibleOf = (
  parameter: Contract.Parameter,
  operation: Contract.Operation,
  context: Plausible.Context,
): string => {
  const { dice, known } = context;
  switch (parameter.name) {
    case "cursor":
      return Known.oneOf(dice, known.cursors.get(operation.id) ?? [], () => "none");
    case "last-event-id":
    case "last_event_id":
      return Known.oneOf(dice, known.eventIds, () => "");
    case "idempotency-key":
      return `key-${dice.integer(0, 40)}`;
    case "from":
      return new Date(Date.now() - dice.integer(1, 3_600_000)).toISOString();
    default:
      return String(Plausible.value(parameter.schema, context, parameter.name));
  }
};

/** Visible ASCII and Latin letters: what a header can carry at all. */
const headerText = (text: string): string => text.replace(/[^\t\x20-\x7e\xa0-\xff]/g, "?");

/** Who asks: mostly the user, sometimes through the bot, for the bot's own routes mostly the bot. */
const identity = (operation: Contract.Operation, house: House, { dice, known, user }: Plausible.Context) => {
  const bot = { authorization: `Bearer ${house.botToken}` };
  if (operation.id.startsWith("telegramBot.")) return dice.uniform() < 0.95 ? bot : {};
  const chat = known.chats.at(-1);
  if (chat !== undefined && dice.uniform() < 0.03) {
    return { ...bot, "x-strom-telegram-chat": chat.chatId, "x-strom-telegram-user": chat.userId };
  }
  return { "x-strom-user": user.email };
};

/** What is wrong with the headers of a rotten request. */
const spoiledHeaders = (dice: Dice): Readonly<Record<string, string>> =>
  dice.pick<() => Readonly<Record<string, string>>>([
    () => ({
      "content-type": dice.pick([
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonx",
        "multipart/form-data",
        "application/json; charset=utf-16",
        ";",
        "",
      ]),
    }),
    () => ({ "x-strom-user": headerText(dice.pick([...Rot.texts, "a@b", "@", "a@b@c.d"])) }),
    () => ({ "x-strom-telegram-chat": headerText(dice.pick(Rot.texts)), authorization: "Bearer x" }),
    () => ({ "last-event-id": headerText(dice.pick(Rot.texts)) }),
    () => ({ "idempotency-key": headerText(dice.pick(Rot.texts)) }),
    () => ({ "x-filler": "x".repeat(dice.pick([4_000, 20_000])) }),
    () => ({ origin: dice.pick(["null", "https://evil.example", "http://127.0.0.1"]) }),
    () => ({ host: dice.pick(["evil.example", "127.0.0.1:1", "[::1]", ""]) }),
    () => ({ authorization: dice.pick(["Bearer", "Bearer ", "Basic eDp5", `Bearer ${"x".repeat(5_000)}`]) }),
    () => ({ traceparent: dice.pick(["00-0-0-0", `00-${"f".repeat(32)}-${"f".repeat(16)}-01`, "é"]) }),
    () => ({ accept: "text/html;q=x", "accept-encoding": "gzip, br, *;q=0", range: "bytes=0-1" }),
    () => ({ "if-none-match": "*", "content-encoding": "gzip", upgrade: "websocket" }),
  ])();

/** Request number `n` of a seed. The same dice give the same request, up to the ids that were learned on the way. */
export const make = (house: House, dice: Dice): Wish => {
  const { known, contract } = house;
  const user = dice.pick(known.users);
  const operation = chosen(house, dice, user);
  const context: Plausible.Context = { dice, known, user, definitions: contract.definitions };
  const luck = dice.uniform();
  const kind = luck < 0.5 ? "plausible" : luck < 0.78 ? "nearly" : luck < 0.95 ? "rotten" : "stray";
  const isNearly = kind === "nearly";

  const path: Record<string, string> = {};
  const query: Array<readonly [string, string]> = [];
  const headers: Record<string, string> = { ...identity(operation, house, context) };
  for (const parameter of operation.parameters) {
    if (parameter.place === "path") {
      path[parameter.name] =
        isNearly && dice.uniform() < 0.15
          ? Rot.segment(dice)
          : encodeURIComponent(segmentOf(parameter, operation, context));
      continue;
    }
    if (!parameter.isRequired && dice.uniform() < 0.6) continue;
    if (parameter.isRequired && isNearly && dice.uniform() < 0.1) continue;
    const text =
      isNearly && dice.uniform() < 0.35
        ? dice.pick(parameter.name === "cursor" && dice.uniform() < 0.5 ? Rot.cursors : Rot.texts)
        : plausibleOf(parameter, operation, context);
    if (parameter.place === "header") headers[parameter.name] = headerText(text);
    else query.push([parameter.name, text]);
  }
  if (isNearly && dice.uniform() < 0.15) {
    query.push([
      dice.pick(["sort", "limit", "limit[]", "__proto__", "cursor", "from", "symbol"]),
      dice.pick(Rot.texts),
    ]);
  }

  const whole = operation.body === null ? null : Plausible.value(operation.body, context, "");
  const meant = isNearly && whole !== null && dice.uniform() < 0.8 ? Rot.spoil(whole, dice) : whole;
  let body: Buffer | null = whole === null ? null : Buffer.from(Rot.stringify(meant));
  if (body !== null) headers["content-type"] = "application/json";
  let method = operation.method;
  if (kind === "rotten") {
    if (method !== "GET" && dice.uniform() < 0.6) {
      body = Rot.garble(Rot.stringify(whole ?? {}), dice);
      headers["content-type"] = "application/json";
    }
    if (dice.uniform() < 0.6) Object.assign(headers, spoiledHeaders(dice));
  }

  const filled = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => path[name] ?? "");
  const search = query
    .map(([name, text]) => `${encodeURIComponent(name)}=${encodeURIComponent(text.toWellFormed())}`)
    .join("&");
  let target = search === "" ? filled : `${filled}?${search}`;
  if (kind === "stray") {
    const known = contract.operations
      .filter(({ path }) => path === operation.path)
      .map(({ method }) => method);
    const strangers = ["PUT", "DELETE", "PATCH", "POST", "OPTIONS", "PROPFIND"].filter(
      (other) => !known.includes(other),
    );
    if (dice.uniform() < 0.5) method = dice.pick(strangers);
    else {
      target = dice.pick([
        `${filled}/`,
        `/${filled}`,
        filled.toUpperCase(),
        `${filled}/${Rot.segment(dice)}`,
        "*",
      ]);
    }
  }
  return { kind, operation, user, method, target, path, headers, body };
};

/** As a person would send it again. */
export const show = ({ method, target, headers, body }: Wish): string =>
  [
    `${method} ${target.slice(0, 300)}`,
    ...Object.entries(headers).map(([name, text]) => `${name}: ${text.slice(0, 120)}`),
    ...(body === null ? [] : ["", body.toString("utf8").slice(0, 600)]),
  ].join("\n");
