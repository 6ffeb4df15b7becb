import type { Chat, Chats } from "./Chats.ts";
import type { Message } from "./Message.ts";
import type { Updates } from "./Updates.ts";

export interface Where {
  readonly chats: Chats;
  readonly updates: Updates;
}

const userOf = (id: number, name: string) => ({ id, is_bot: false, first_name: name, language_code: "en" });

const chatOf = (chat: Chat) =>
  chat.type === "private"
    ? { id: chat.id, type: chat.type, first_name: chat.title }
    : { id: chat.id, type: chat.type, title: chat.title };

const seconds = () => Math.floor(Date.now() / 1000);

const entitiesOf = (text: string) => {
  const command = /^\/\w+(@\w+)?/.exec(text)?.[0];
  return command === undefined
    ? {}
    : { entities: [{ type: "bot_command", offset: 0, length: command.length }] };
};

/** Someone with a phone: writes to the bot, reads what it answers, taps its buttons. */
export class Person {
  readonly id: number;
  readonly name: string;
  /** The private chat with the bot. */
  readonly chat: Chat;
  readonly #where: Where;
  #read = 0;
  #nextQuery = 1;

  constructor(where: Where, id: number, name: string) {
    this.#where = where;
    this.id = id;
    this.name = name;
    this.chat = where.chats.open(id, "private", name);
  }

  /** Sends a text, and answers the id of its update. */
  says(text: string, options: { readonly in?: Chat; readonly isForwarded?: boolean } = {}): number {
    const chat = options.in ?? this.chat;
    const message = this.#where.chats.write(chat, text);
    return this.#where.updates.add({
      message: {
        message_id: message.id,
        from: userOf(this.id, this.name),
        chat: chatOf(chat),
        date: seconds(),
        text,
        ...entitiesOf(text),
        ...(options.isForwarded === true
          ? { forward_origin: { type: "hidden_user", sender_user_name: "someone", date: seconds() } }
          : {}),
      },
    });
  }

  /** Sends something that is not text: a sticker. */
  sendsSticker(): number {
    const message = this.#where.chats.write(this.chat, "");
    return this.#where.updates.add({
      message: {
        message_id: message.id,
        from: userOf(this.id, this.name),
        chat: chatOf(this.chat),
        date: seconds(),
        sticker: { file_id: "s", file_unique_id: "s", type: "regular", width: 1, height: 1 },
      },
    });
  }

  edits(text: string): number {
    return this.#where.updates.add({
      edited_message: {
        message_id: 1,
        from: userOf(this.id, this.name),
        chat: chatOf(this.chat),
        date: seconds(),
        edit_date: seconds(),
        text,
        ...entitiesOf(text),
      },
    });
  }

  /** Taps the newest button whose label contains `label`. */
  taps(label: string): number {
    for (const message of [...this.chat.messages].reverse()) {
      const button = message.buttons.flat().find(({ text }) => text.includes(label));
      if (button !== undefined) return this.presses(message, button.callback_data ?? "");
    }
    throw new Error(`${this.name} sees no button "${label}"`);
  }

  /** What a modified client can do: any data, as if from a button under any message. */
  presses(message: Message, data: string, chat: Chat = this.chat): number {
    return this.#where.updates.add({
      callback_query: {
        id: `${this.id}${this.#nextQuery++}`,
        from: userOf(this.id, this.name),
        chat_instance: String(chat.id),
        data,
        message: {
          message_id: message.id,
          from: { id: 1, is_bot: true, first_name: "bot" },
          chat: chatOf(chat),
          date: Math.floor(message.at / 1000),
          text: message.text,
        },
      },
    });
  }

  blocks(): number {
    this.chat.isBlocked = true;
    return this.#membership("member", "kicked");
  }

  unblocks(): number {
    this.chat.isBlocked = false;
    return this.#membership("kicked", "member");
  }

  #membership(from: string, to: string): number {
    const bot = { id: 1, is_bot: true, first_name: "bot" };
    return this.#where.updates.add({
      my_chat_member: {
        chat: chatOf(this.chat),
        from: userOf(this.id, this.name),
        date: seconds(),
        old_chat_member: { status: from, user: bot },
        new_chat_member: { status: to, user: bot },
      },
    });
  }

  /** The bot's messages since the last look. */
  reads(): ReadonlyArray<Message> {
    const fresh = this.chat.messages.slice(this.#read).filter(({ isFromBot }) => isFromBot);
    this.#read = this.chat.messages.length;
    return fresh;
  }

  /** Waits for the next message of the bot that `isIt`, passing over the others. */
  async hears(isIt: RegExp | ((message: Message) => boolean) = /./s, withinMs = 20_000): Promise<Message> {
    const deadline = performance.now() + withinMs;
    const matches = isIt instanceof RegExp ? (message: Message) => isIt.test(message.text) : isIt;
    while (performance.now() < deadline) {
      while (this.#read < this.chat.messages.length) {
        const message = this.chat.messages[this.#read];
        this.#read += 1;
        if (message?.isFromBot === true && matches(message)) return message;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const last = this.chat.messages.slice(-3).map(({ text }) => text);
    throw new Error(
      `${this.name} waited ${withinMs} ms for ${String(isIt)}; last seen: ${JSON.stringify(last)}`,
    );
  }

  /** Says `text` and waits for the answer. */
  async asks(text: string, isIt?: RegExp): Promise<Message> {
    this.reads();
    this.says(text);
    return this.hears(isIt);
  }
}
