import * as StromClient from "@strom/adapters/http/StromClient.ts";
import { Console, Effect, Option } from "effect";
import { Command, Flag } from "effect/cli";
import { FetchHttpClient } from "effect/http";
import * as DevIdentity from "../api/DevIdentity.ts";
import * as Config from "../Config.ts";
import type { StromDown } from "../telegram/Strom.ts";
import { callOnce } from "../telegram/Strom.ts";
import * as Given from "./Given.ts";
import * as Json from "./Json.ts";
import { InputRefused, refuse } from "./Refusal.ts";

/** The API goes by a header, which takes no other characters. */
const isUser = (text: string): boolean => /^[\x21-\x7e]+$/.test(text) && DevIdentity.isEmail(text);

const user = Given.text("user", "an e-mail address such as someone@example.com", isUser).pipe(
  Flag.withMetavar("email"),
  Flag.withDescription(`Whose agents the chat will speak for; without it ${DevIdentity.fallbackEmail}`),
  Flag.optional,
);

/** Whatever is there is not STROM, or there is nothing. */
const nowhere = (apiUrl: string, { message }: StromDown): InputRefused =>
  new InputRefused({
    message: `STROM_API_URL ${new URL(apiUrl).origin}: ${message}; start STROM there, or name where its API is`,
  });

const run = Effect.fnUntraced(function* (email: Option.Option<string>, isJson: boolean) {
  const { apiUrl } = yield* Config.read;
  const headers = Option.match(email, {
    onNone: () => ({}),
    onSome: (email) => ({ "x-strom-user": email }),
  });
  const client = yield* StromClient.make({ baseUrl: apiUrl.replace(/\/+$/, ""), headers });
  const [me, code] = yield* Effect.all([
    callOnce(client.me.me()),
    callOnce(client.telegram.issueCode()),
  ]).pipe(
    Effect.mapError((failure) => (failure._tag === "StromDown" ? nowhere(apiUrl, failure) : refuse(failure))),
  );
  if (isJson) return yield* Console.log(Json.text(code));
  const until = `${new Date(code.expires_at).toISOString().slice(11, 19)} UTC`;
  yield* Console.log(
    `${code.command}\n\nSend this to your bot in a private chat. It links that chat to ${me.email}, once, until ${until}.`,
  );
});

export const link = Command.make("link", { user, json: Json.isWanted }, ({ user, json }) =>
  run(user, json).pipe(Effect.provide(FetchHttpClient.layer)),
).pipe(
  Command.withDescription("Asks the API at STROM_API_URL for a one-time code that links a Telegram chat"),
  Command.withExamples([
    { command: "strom telegram link", description: "A message to send to the bot" },
    {
      command: "STROM_API_URL=http://127.0.0.1:9090 strom telegram link --user ann@example.com",
      description: "For another user, of an API somewhere else",
    },
  ]),
);
