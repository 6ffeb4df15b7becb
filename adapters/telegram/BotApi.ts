import { Cause, Context, Duration, Effect, Layer, Redacted } from "effect";
import { Api, GrammyError, InputFile } from "grammy";
import type { InlineKeyboardMarkup } from "grammy/types";
import * as Failure from "./Failures.ts";

export interface Options {
  readonly token: Redacted.Redacted<string>;
  /** Where the Bot API is, such as https://api.telegram.org. */
  readonly apiRoot: string;
}

/** A button under a message; `data` is 1 to 64 bytes and comes back when it is tapped. */
export interface Button {
  readonly label: string;
  readonly data: string;
}
export type Keyboard = ReadonlyArray<ReadonlyArray<Button>>;

/** A message in HTML, at most 4096 characters once the markup is taken out; with a photo 1024. */
export interface Outgoing {
  readonly chatId: number;
  readonly html: string;
  readonly keyboard?: Keyboard | undefined;
  readonly isSilent?: boolean | undefined;
  readonly png?: Uint8Array | undefined;
}

/** The kinds of updates this bot wants. */
const wanted = ["message", "callback_query", "my_chat_member"] as const;

const PATIENCE = Duration.seconds(15);

/**
 * What went wrong with a call. The text of a network error may hold the URL, and that the token: it is taken out
 * before anything else sees it.
 */
const failureOf =
  (token: string) =>
  (error: unknown): Failure.TelegramFailure => {
    if (!(error instanceof GrammyError)) {
      const inner = error instanceof Error && "error" in error ? error.error : error;
      const text = inner instanceof Error ? inner.message : String(inner);
      return new Failure.TelegramUnreachable({ detail: text.replaceAll(token, "<token>").slice(0, 200) });
    }
    const { error_code: code, description, parameters } = error;
    if (code === 429) return new Failure.TooFast({ retryAfterSeconds: parameters.retry_after ?? 1 });
    if (code === 401 || code === 404) return new Failure.TokenRejected();
    if (code === 409) return new Failure.PollTaken({ detail: description });
    if (code === 403 || /chat not found/.test(description)) {
      return new Failure.ChatGone({ detail: description });
    }
    if (code >= 500) return new Failure.TelegramUnreachable({ detail: `${code} ${description}` });
    return new Failure.CallRefused({ code, detail: description });
  };

type Signal = NonNullable<Parameters<Api["getMe"]>[0]>;

/** grammY names the type of an older polyfill of the very same thing. */
const signalOf = (signal: AbortSignal): Signal => signal as unknown as Signal;

const keyboardOf = (keyboard: Keyboard | undefined): InlineKeyboardMarkup => ({
  inline_keyboard: (keyboard ?? []).map((row) =>
    row.map(({ label, data }) => ({ text: label, callback_data: data })),
  ),
});

const make = ({ token, apiRoot }: Options) => {
  const secret = Redacted.value(token);
  const api = new Api(secret, { apiRoot: apiRoot.replace(/\/+$/, ""), timeoutSeconds: 90 });
  const toFailure = failureOf(secret);

  const call = <A>(
    run: (signal: Signal) => Promise<A>,
    within: Duration.Duration = PATIENCE,
  ): Effect.Effect<A, Failure.TelegramFailure> =>
    Effect.tryPromise({ try: (signal) => run(signalOf(signal)), catch: toFailure }).pipe(
      Effect.timeout(within),
      Effect.catchIf(Cause.isTimeoutError, () =>
        Effect.fail(
          new Failure.TelegramUnreachable({ detail: `no answer within ${Duration.toSeconds(within)} s` }),
        ),
      ),
    );

  const look = (message: Outgoing) => ({
    parse_mode: "HTML" as const,
    disable_notification: message.isSilent ?? false,
    reply_markup: keyboardOf(message.keyboard),
  });

  const send = (message: Outgoing): Effect.Effect<void, Failure.TelegramFailure> => {
    const { chatId, html, png } = message;
    if (png === undefined) {
      const other = { ...look(message), link_preview_options: { is_disabled: true } };
      return Effect.asVoid(call((signal) => api.sendMessage(chatId, html, other, signal)));
    }
    const other = { ...look(message), caption: html };
    return Effect.asVoid(
      call((signal) => api.sendPhoto(chatId, new InputFile(png, "chart.png"), other, signal)),
    );
  };

  return {
    me: Effect.map(
      call((signal) => api.getMe(signal)),
      ({ id, username }) => ({ id, username }),
    ),

    /** Updates from `offset` on, all before it confirmed; waits for one up to `seconds`. */
    updates: (
      offset: number,
      seconds: number,
    ): Effect.Effect<ReadonlyArray<unknown>, Failure.TelegramFailure> =>
      call(
        (signal) => api.getUpdates({ offset, timeout: seconds, allowed_updates: [...wanted] }, signal),
        Duration.seconds(seconds + 5),
      ),

    send,

    /** Puts other text and buttons in place of a message's; the same again is no error. */
    edit: (message: Outgoing, messageId: number): Effect.Effect<void, Failure.TelegramFailure> =>
      call((signal) =>
        api.editMessageText(message.chatId, messageId, message.html, look(message), signal),
      ).pipe(
        Effect.asVoid,
        Effect.catchTag("CallRefused", (failure) =>
          /not modified/.test(failure.detail) ? Effect.void : Effect.fail(failure),
        ),
      ),

    /** Ends the waiting sign on a tapped button, with a short text over the chat; too late is no error. */
    acknowledge: (tapId: string, text?: string): Effect.Effect<void, Failure.TelegramFailure> =>
      call((signal) =>
        api.answerCallbackQuery(tapId, text === undefined ? {} : { text: text.slice(0, 200) }, signal),
      ).pipe(
        Effect.asVoid,
        Effect.catchTag("CallRefused", () => Effect.void),
      ),

    commands: (
      commands: ReadonlyArray<{ readonly command: string; readonly description: string }>,
    ): Effect.Effect<void, Failure.TelegramFailure> =>
      Effect.asVoid(call((signal) => api.setMyCommands([...commands], {}, signal))),

    /** From now on Telegram posts updates to `url`, with `secret` in a header. */
    webhook: (url: string, webhookSecret: string): Effect.Effect<void, Failure.TelegramFailure> =>
      Effect.asVoid(
        call((signal) =>
          api.setWebhook(url, { secret_token: webhookSecret, allowed_updates: [...wanted] }, signal),
        ),
      ),

    noWebhook: Effect.asVoid(call((signal) => api.deleteWebhook({}, signal))),
  };
};

/** Telegram, as this bot uses it. */
export class BotApi extends Context.Service<BotApi, ReturnType<typeof make>>()("strom/telegram/BotApi") {}

export const layer = (options: Options): Layer.Layer<BotApi> =>
  Layer.sync(BotApi, () => BotApi.of(make(options)));
