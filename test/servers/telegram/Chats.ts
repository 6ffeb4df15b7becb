import { PNG } from "pngjs";
import * as Markup from "./Markup.ts";
import type { Button, Message, Photo } from "./Message.ts";
import { badRequest, Refusal } from "./Refusal.ts";

export interface Chat {
  readonly id: number;
  readonly type: "private" | "group";
  readonly title: string;
  readonly messages: Array<Message>;
  /** A bot may write only to those who wrote to it first. */
  isStarted: boolean;
  isBlocked: boolean;
}

interface Draft {
  readonly chatId: number;
  readonly text: string;
  readonly mode: string | undefined;
  readonly markup: unknown;
  readonly isSilent: boolean;
  readonly photo?: Buffer | undefined;
}

const maxText = 4096;
const maxCaption = 1024;

/** Every chat of the bot. Message ids are the bot's, counted over all private chats and groups. */
export class Chats {
  readonly #chats = new Map<number, Chat>();
  #nextMessageId = 1;

  open(id: number, type: Chat["type"], title: string): Chat {
    const found = this.#chats.get(id);
    if (found !== undefined) return found;
    const chat: Chat = { id, type, title, messages: [], isStarted: false, isBlocked: false };
    this.#chats.set(id, chat);
    return chat;
  }

  /** A person's own message. */
  write(chat: Chat, text: string): Message {
    chat.isStarted = true;
    return this.#add(chat, { text, source: text, buttons: [], isFromBot: false, isSilent: false });
  }

  send(draft: Draft): Message {
    const chat = this.reachable(draft.chatId);
    const text = Markup.plain(draft.text, draft.mode);
    const photo = draft.photo === undefined ? undefined : pictureOf(draft.photo);
    if (photo === undefined && text.trim() === "") throw badRequest("message text is empty");
    if (photo === undefined && text.length > maxText) throw badRequest("message is too long");
    if (photo !== undefined && text.length > maxCaption) throw badRequest("message caption is too long");
    const buttons = buttonsOf(draft.markup);
    return this.#add(chat, {
      text,
      source: draft.text,
      buttons,
      isFromBot: true,
      isSilent: draft.isSilent,
      photo,
    });
  }

  edit(draft: Draft, messageId: number): Message {
    const chat = this.reachable(draft.chatId);
    const message = chat.messages.find(({ id }) => id === messageId);
    if (message === undefined) throw badRequest("message to edit not found");
    if (!message.isFromBot) throw badRequest("message can't be edited");
    const text = Markup.plain(draft.text, draft.mode);
    if (text.trim() === "") throw badRequest("message text is empty");
    if (text.length > maxText) throw badRequest("MESSAGE_TOO_LONG");
    const buttons = buttonsOf(draft.markup);
    if (draft.text === message.source && JSON.stringify(buttons) === JSON.stringify(message.buttons)) {
      throw badRequest(
        "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
      );
    }
    message.text = text;
    message.source = draft.text;
    message.buttons = buttons;
    message.edits += 1;
    return message;
  }

  reachable(chatId: number): Chat {
    const chat = this.#chats.get(chatId);
    if (chat === undefined) throw badRequest("chat not found");
    if (chat.isBlocked) throw new Refusal(403, "Forbidden: bot was blocked by the user");
    if (!chat.isStarted && chat.type === "private") {
      throw new Refusal(403, "Forbidden: bot can't initiate conversation with a user");
    }
    return chat;
  }

  #add(
    chat: Chat,
    content: Pick<Message, "text" | "source" | "buttons" | "isFromBot" | "isSilent"> & {
      readonly photo?: Photo | undefined;
    },
  ): Message {
    const message: Message = {
      id: this.#nextMessageId++,
      chatId: chat.id,
      at: Date.now(),
      edits: 0,
      photo: undefined,
      ...content,
    };
    chat.messages.push(message);
    return message;
  }
}

const pictureOf = (png: Buffer): Photo => {
  try {
    const { width, height } = PNG.sync.read(png);
    if (width + height > 10_000 || Math.max(width, height) / Math.min(width, height) > 20) {
      throw badRequest("PHOTO_INVALID_DIMENSIONS");
    }
    return { width, height, png };
  } catch (error) {
    throw error instanceof Refusal ? error : badRequest("IMAGE_PROCESS_FAILED");
  }
};

const buttonsOf = (markup: unknown): ReadonlyArray<ReadonlyArray<Button>> => {
  if (markup === undefined || markup === null) return [];
  if (typeof markup !== "object" || !("inline_keyboard" in markup)) return [];
  const { inline_keyboard: rows } = markup;
  if (!Array.isArray(rows)) throw badRequest('field "inline_keyboard" must be of type Array');
  return rows.map((row: ReadonlyArray<Button>) =>
    row.map((button) => {
      const bytes = Buffer.byteLength(button.callback_data ?? "");
      if (typeof button.text !== "string" || button.text === "") throw badRequest("BUTTON_TEXT_INVALID");
      if (bytes < 1 || bytes > 64) throw badRequest("BUTTON_DATA_INVALID");
      return { text: button.text, callback_data: button.callback_data ?? "" };
    }),
  );
};
