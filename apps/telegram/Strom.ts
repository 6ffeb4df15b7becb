import { chatHeader, userHeader } from "@strom/adapters/http/BotIdentity.ts";
import * as Problem from "@strom/adapters/http/Problem.ts";
import * as StromClient from "@strom/adapters/http/StromClient.ts";
import { Context, Data, Duration, Effect, Layer, Redacted, Schedule } from "effect";
import type { HttpClient } from "effect/http";
import { HttpClientError } from "effect/http";

export type Client = StromClient.StromClient["Service"];

/** STROM's API does not answer, or answers that it cannot now. What was asked may or may not have happened. */
export class StromDown extends Data.TaggedError("StromDown")<{ readonly detail: string }> {
  override get message(): string {
    return `STROM does not answer: ${this.detail}`;
  }
}

/** STROM's API said no, and would again. */
export class StromRefused extends Data.TaggedError("StromRefused")<{
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}> {
  override get message(): string {
    return this.detail;
  }
}

/** Who asked: the chat, and the person who wrote in it. */
export interface Asker {
  readonly chatId: number;
  readonly userId: number;
}

const failureOf = (error: unknown): StromDown | StromRefused => {
  if (Problem.isProblem(error)) {
    const { status, code } = error;
    const detail = error.detail ?? error.title;
    // A stream too many is refused until another one is closed: no patience of a few seconds helps.
    const isPassing = (status === 429 && code !== "too_many_streams") || status >= 500;
    return isPassing ? new StromDown({ detail }) : new StromRefused({ status, code, detail });
  }
  if (HttpClientError.isHttpClientError(error)) return new StromDown({ detail: error.reason._tag });
  return new StromDown({ detail: error instanceof Error ? error.name : String(error) });
};

/** Tried again for a few seconds: long enough for a restart to go unnoticed, short enough to be waited for. */
const patience = Schedule.exponential(Duration.millis(200)).pipe(
  Schedule.upTo({ duration: Duration.millis(2_500) }),
);

/** One call of the API, made once. */
export const callOnce = <A, E, R>(
  request: Effect.Effect<A, E, R>,
): Effect.Effect<A, StromDown | StromRefused, R> =>
  request.pipe(Effect.timeout(Duration.seconds(10)), Effect.mapError(failureOf));

/**
 * One call of the API. Safe to repeat: reads are, and whatever changes something carries a key that makes the
 * second time answer what the first did.
 */
export const call = <A, E, R>(
  request: Effect.Effect<A, E, R>,
): Effect.Effect<A, StromDown | StromRefused, R> =>
  callOnce(request).pipe(
    Effect.retry({ schedule: patience, while: (failure) => failure._tag === "StromDown" }),
  );

export interface Options {
  readonly apiUrl: string;
  readonly botToken: Redacted.Redacted<string>;
}

/** STROM's API: for the bot itself, and for whoever a chat is linked to. */
export class Strom extends Context.Service<
  Strom,
  {
    readonly bot: Client;
    readonly as: (asker: Asker) => Effect.Effect<Client>;
  }
>()("strom/telegram/Strom") {}

const MOST_CLIENTS = 10_000;

export const layer = ({ apiUrl, botToken }: Options): Layer.Layer<Strom, never, HttpClient.HttpClient> =>
  Layer.effect(
    Strom,
    Effect.gen(function* () {
      const context = yield* Effect.context<HttpClient.HttpClient>();
      const authorization = `Bearer ${Redacted.value(botToken)}`;
      const make = (headers: Readonly<Record<string, string>>) =>
        StromClient.make({ baseUrl: apiUrl, headers: { authorization, ...headers } }).pipe(
          Effect.provideContext(context),
        );
      const clients = new Map<string, Client>();

      const as = Effect.fnUntraced(function* ({ chatId, userId }: Asker) {
        const key = `${chatId}/${userId}`;
        const known = clients.get(key);
        if (known !== undefined) return known;
        const client = yield* make({ [chatHeader]: String(chatId), [userHeader]: String(userId) });
        if (clients.size >= MOST_CLIENTS) clients.clear();
        clients.set(key, client);
        return client;
      });
      return Strom.of({ bot: yield* make({}), as });
    }),
  );
