import { Data } from "effect";

/** Telegram does not answer, or a gateway in between does: the same call may succeed later. */
export class TelegramUnreachable extends Data.TaggedError("TelegramUnreachable")<{
  readonly detail: string;
}> {
  override get message(): string {
    return `Telegram does not answer: ${this.detail}`;
  }
}

/** Telegram asks for patience (429). */
export class TooFast extends Data.TaggedError("TooFast")<{ readonly retryAfterSeconds: number }> {
  override get message(): string {
    return `Telegram asks to wait ${this.retryAfterSeconds} s`;
  }
}

/** The chat is not to be reached: the person blocked the bot or is gone. */
export class ChatGone extends Data.TaggedError("ChatGone")<{ readonly detail: string }> {
  override get message(): string {
    return this.detail;
  }
}

/** Another process takes this bot's updates (409). */
export class PollTaken extends Data.TaggedError("PollTaken")<{ readonly detail: string }> {
  override get message(): string {
    return this.detail;
  }
}

/** Telegram does not know the token (401). */
export class TokenRejected extends Data.TaggedError("TokenRejected") {
  override get message(): string {
    return "Telegram does not know TELEGRAM_BOT_TOKEN; it should be the token BotFather gave";
  }
}

/** The call itself is wrong, and would be again. */
export class CallRefused extends Data.TaggedError("CallRefused")<{
  readonly code: number;
  readonly detail: string;
}> {
  override get message(): string {
    return `${this.code} ${this.detail}`;
  }
}

export type TelegramFailure =
  | TelegramUnreachable
  | TooFast
  | ChatGone
  | PollTaken
  | TokenRejected
  | CallRefused;
