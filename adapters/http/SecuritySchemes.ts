import { Predicate } from "effect";
import { chatHeader, userHeader } from "./BotIdentity.ts";

/** How a caller says who it is, as the OpenAPI document has it. What is believed is decided by the identities. */
const schemes = {
  user: {
    type: "apiKey",
    in: "header",
    name: "X-Strom-User",
    description:
      "The e-mail address of the caller, who is taken at their word; dev@strom.local when left out",
  },
  bot: {
    type: "http",
    scheme: "bearer",
    description: "STROM_BOT_TOKEN, which the Telegram bot and the API share",
  },
  telegramChat: {
    type: "apiKey",
    in: "header",
    name: chatHeader,
    description: "With the bot's token: the chat it speaks for, which acts for the user it is linked to",
  },
  telegramUser: {
    type: "apiKey",
    in: "header",
    name: userHeader,
    description: "With the bot's token and a chat: who wrote there",
  },
} as const;

type Need = { readonly [Scheme in keyof typeof schemes]?: ReadonlyArray<string> };

const needsOf = (path: string): ReadonlyArray<Need> => {
  if (path.startsWith("/v1/telegram/bot/")) return [{ bot: [] }];
  return path.startsWith("/v1/") ? [{ user: [] }, {}, { bot: [], telegramChat: [], telegramUser: [] }] : [];
};

type Json = Readonly<Record<string, unknown>>;

const object = (value: unknown): Json => (Predicate.isObject(value) ? { ...value } : {});

/** The document with the schemes in it, and with each operation the ones by which it may be asked. */
export const declare = (document: Json): Record<string, unknown> => ({
  ...document,
  components: { ...object(document["components"]), securitySchemes: schemes },
  paths: Object.fromEntries(
    Object.entries(object(document["paths"])).map(([path, operations]) => [
      path,
      Object.fromEntries(
        Object.entries(object(operations)).map(([method, operation]) => [
          method,
          { ...object(operation), security: needsOf(path) },
        ]),
      ),
    ]),
  ),
});
