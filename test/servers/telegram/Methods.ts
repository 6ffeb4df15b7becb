import type { Body } from "./Body.ts";
import type { Chats } from "./Chats.ts";
import type { Message } from "./Message.ts";
import { badRequest } from "./Refusal.ts";
import type { Updates } from "./Updates.ts";

export interface State {
  readonly chats: Chats;
  readonly updates: Updates;
  readonly bot: { readonly id: number; readonly username: string };
  /** Callback queries not yet answered, and what was shown for those that were. */
  readonly answered: Map<string, string>;
  readonly commands: Array<unknown>;
}

type Method = (state: State, body: Body, hungUp: AbortSignal) => unknown;

const numberOf = (value: unknown, field: string, fallback?: number): number => {
  const number = typeof value === "string" ? Number(value) : (value ?? fallback);
  if (typeof number !== "number" || !Number.isFinite(number)) throw badRequest(`${field} is invalid`);
  return number;
};

const textOf = (value: unknown): string => (value === undefined ? "" : String(value));
const modeOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

const wire = (message: Message) => ({
  message_id: message.id,
  from: { id: 1, is_bot: true, first_name: "bot" },
  chat: { id: message.chatId, type: message.chatId > 0 ? "private" : "group" },
  date: Math.floor(message.at / 1000),
  ...(message.photo === undefined
    ? { text: message.text }
    : {
        caption: message.text,
        photo: [
          { file_id: "p", file_unique_id: "p", width: message.photo.width, height: message.photo.height },
        ],
      }),
});

const getMe: Method = ({ bot }) => ({
  id: bot.id,
  is_bot: true,
  first_name: "STROM",
  username: bot.username,
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
  can_connect_to_business: false,
  has_main_web_app: false,
});

const getUpdates: Method = ({ updates }, { fields }, hungUp) =>
  updates.poll(
    numberOf(fields.offset, "offset", 0),
    numberOf(fields.limit, "limit", 100),
    numberOf(fields.timeout, "timeout", 0),
    hungUp,
  );

const setWebhook: Method = ({ updates }, { fields }) => {
  const url = textOf(fields.url);
  // The real one wants https and a public address; here the bot is on the same machine.
  if (url !== "" && !/^https:\/\/|^http:\/\/127\.0\.0\.1[:/]/.test(url)) {
    throw badRequest("bad webhook: An HTTPS URL must be provided for webhook");
  }
  const secret = fields.secret_token === undefined ? undefined : textOf(fields.secret_token);
  if (secret !== undefined && !/^[\w-]{1,256}$/.test(secret)) {
    throw badRequest("secret token contains unallowed characters");
  }
  if (fields.drop_pending_updates === true) updates.drop();
  updates.setWebhook(url, secret);
  return true;
};

const deleteWebhook: Method = ({ updates }, { fields }) => {
  if (fields.drop_pending_updates === true) updates.drop();
  updates.setWebhook("", undefined);
  return true;
};

const sendMessage: Method = ({ chats }, { fields }) =>
  wire(
    chats.send({
      chatId: numberOf(fields.chat_id, "chat_id"),
      text: textOf(fields.text),
      mode: modeOf(fields.parse_mode),
      markup: fields.reply_markup,
      isSilent: fields.disable_notification === true,
    }),
  );

const sendPhoto: Method = ({ chats }, { fields, files }) => {
  const name = /^attach:\/\/(.+)$/.exec(textOf(fields.photo))?.[1];
  const photo = files[name ?? "photo"];
  if (photo === undefined) throw badRequest("there is no photo in the request");
  return wire(
    chats.send({
      chatId: numberOf(fields.chat_id, "chat_id"),
      text: textOf(fields.caption),
      mode: modeOf(fields.parse_mode),
      markup: fields.reply_markup,
      isSilent: fields.disable_notification === true,
      photo,
    }),
  );
};

const editMessageText: Method = ({ chats }, { fields }) =>
  wire(
    chats.edit(
      {
        chatId: numberOf(fields.chat_id, "chat_id"),
        text: textOf(fields.text),
        mode: modeOf(fields.parse_mode),
        markup: fields.reply_markup,
        isSilent: true,
      },
      numberOf(fields.message_id, "message_id"),
    ),
  );

const answerCallbackQuery: Method = ({ answered, updates }, { fields }) => {
  const id = textOf(fields.callback_query_id);
  const isKnown = updates.all.some(({ callback_query: query }) => {
    return typeof query === "object" && query !== null && "id" in query && query.id === id;
  });
  if (!isKnown || answered.has(id)) {
    throw badRequest("query is too old and response timeout expired or query ID is invalid");
  }
  const text = textOf(fields.text);
  if (text.length > 200) throw badRequest("MESSAGE_TOO_LONG");
  answered.set(id, text);
  return true;
};

const setMyCommands: Method = ({ commands }, { fields }) => {
  const list: unknown = fields.commands;
  if (!Array.isArray(list) || list.length > 100) throw badRequest("too many commands");
  for (const each of list) {
    if (!/^[a-z0-9_]{1,32}$/.test(each.command)) throw badRequest("BOT_COMMAND_INVALID");
    if (String(each.description).length < 1 || String(each.description).length > 256) {
      throw badRequest("BOT_COMMAND_DESCRIPTION_INVALID");
    }
  }
  commands.splice(0, commands.length, ...list);
  return true;
};

const sendChatAction: Method = ({ chats }, { fields }) => {
  chats.reachable(numberOf(fields.chat_id, "chat_id"));
  return true;
};

/** The methods a bot like ours calls; any other is answered as the real one answers an unknown one. */
export const methods: Readonly<Record<string, Method>> = {
  getMe,
  getUpdates,
  setWebhook,
  deleteWebhook,
  getWebhookInfo: ({ updates }) => ({
    url: updates.webhookUrl,
    has_custom_certificate: false,
    pending_update_count: updates.waiting.length,
  }),
  sendMessage,
  sendPhoto,
  editMessageText,
  answerCallbackQuery,
  setMyCommands,
  sendChatAction,
};
