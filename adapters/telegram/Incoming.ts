import { Option, Schema } from "effect";

/** Someone wrote a text to the bot. */
export interface Said {
  readonly _tag: "Said";
  readonly text: string;
  readonly isForwarded: boolean;
}

/** Someone tapped a button under a message of the bot, or a client made it look so. */
export interface Tapped {
  readonly _tag: "Tapped";
  readonly tapId: string;
  readonly messageId: number;
  readonly data: string;
}

/** The person blocked the bot. */
export interface Left {
  readonly _tag: "Left";
}

/** Something else: a sticker, a photo, a person who came back. */
export interface Other {
  readonly _tag: "Other";
}

/** What happened, in which chat, and who did it. */
export type Incoming = {
  readonly updateId: number;
  readonly chatId: number;
  readonly userId: number;
  /** A chat with one person, and no one else reading. */
  readonly isPrivate: boolean;
} & (Said | Tapped | Left | Other);

const Chat = Schema.Struct({ id: Schema.Number, type: Schema.String });
const From = Schema.Struct({ id: Schema.Number, is_bot: Schema.optionalKey(Schema.Boolean) });

const Update = Schema.Struct({
  update_id: Schema.Int,
  message: Schema.optionalKey(
    Schema.Struct({
      chat: Chat,
      from: Schema.optionalKey(From),
      text: Schema.optionalKey(Schema.String),
      forward_origin: Schema.optionalKey(Schema.Unknown),
      via_bot: Schema.optionalKey(Schema.Unknown),
    }),
  ),
  callback_query: Schema.optionalKey(
    Schema.Struct({
      id: Schema.String,
      from: From,
      data: Schema.optionalKey(Schema.String),
      message: Schema.optionalKey(Schema.Struct({ message_id: Schema.Int, chat: Chat })),
    }),
  ),
  my_chat_member: Schema.optionalKey(
    Schema.Struct({ chat: Chat, from: From, new_chat_member: Schema.Struct({ status: Schema.String }) }),
  ),
});
const decodeUpdate = Schema.decodeUnknownOption(Update);
const decodeId = Schema.decodeUnknownOption(Schema.Struct({ update_id: Schema.Int }));

/** The id of an update, whatever else it is; null when it is no update at all. */
export const idOf = (update: unknown): number | null =>
  Option.match(decodeId(update), { onNone: () => null, onSome: ({ update_id }) => update_id });

/** What an update tells; null when it is none this bot acts on. */
export const decode = (update: unknown): Incoming | null => {
  const decoded = Option.getOrUndefined(decodeUpdate(update));
  if (decoded === undefined) return null;
  const { update_id: updateId, message, callback_query: tap, my_chat_member: member } = decoded;
  const at = (chat: typeof Chat.Type, userId: number) => ({
    updateId,
    chatId: chat.id,
    userId,
    isPrivate: chat.type === "private" && chat.id === userId,
  });
  if (message?.from !== undefined && message.from.is_bot !== true) {
    const where = at(message.chat, message.from.id);
    if (message.text === undefined) return { ...where, _tag: "Other" };
    const isForwarded = message.forward_origin !== undefined || message.via_bot !== undefined;
    return { ...where, _tag: "Said", text: message.text, isForwarded };
  }
  if (tap?.message !== undefined && tap.data !== undefined) {
    const where = at(tap.message.chat, tap.from.id);
    return { ...where, _tag: "Tapped", tapId: tap.id, messageId: tap.message.message_id, data: tap.data };
  }
  if (member !== undefined) {
    const hasLeft = ["kicked", "left"].includes(member.new_chat_member.status);
    return { ...at(member.chat, member.from.id), _tag: hasLeft ? "Left" : "Other" };
  }
  return null;
};
