import type { Keyboard } from "@strom/adapters/telegram/BotApi.ts";
import { Data } from "effect";

/** What the bot answers: HTML of one message, buttons under it, a picture above it. */
export interface Reply {
  readonly html: string;
  readonly keyboard?: Keyboard;
  readonly png?: Uint8Array;
}

/** Answers something else than what was asked for: a question back, or why not. */
export class Instead extends Data.TaggedError("Instead")<{ readonly reply: Reply }> {}

export const instead = (html: string, keyboard: Keyboard = []): Instead =>
  new Instead({ reply: { html, keyboard } });
