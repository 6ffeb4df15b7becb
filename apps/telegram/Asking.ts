import { Clock, Effect } from "effect";
import type { Ask } from "./Command.ts";
import * as Commands from "./Commands.ts";
import * as Html from "./Html.ts";
import type { Link } from "./Links.ts";
import type { Reply } from "./Reply.ts";
import type { Asker } from "./Strom.ts";
import { Strom } from "./Strom.ts";
import * as Text from "./Text.ts";

/** A command as it was written. */
export interface Written {
  readonly name: string;
  readonly args: string;
}

const MOST_ARGS = 500;

/** "/trades@strom_bot momentum 5" as its name and what follows; null for what is no command. */
export const parse = (text: string): Written | null => {
  const parts = /^\/([a-z0-9_]{1,32})(?:@\w+)?(?:\s+([\s\S]*))?$/iu.exec(text.trim());
  return parts === null
    ? null
    : { name: (parts[1] ?? "").toLowerCase(), args: (parts[2] ?? "").trim().slice(0, MOST_ARGS) };
};

/** Runs a command for a linked chat; `cursor` goes on in a list. */
export const run = Effect.fn("Asking.run")(function* (
  asker: Asker,
  link: Link,
  { name, args }: Written,
  cursor: string | null = null,
) {
  const command = Commands.find(name);
  if (command === undefined) {
    const unknown: Reply = {
      html: `There is no command ${Html.code(`/${Text.inline(name, 32)}`)}. /help lists them.`,
    };
    return unknown;
  }
  const strom = yield* Strom;
  const client = yield* strom.as(asker);
  const ask: Ask = { asker, link, client, args, cursor, now: yield* Clock.currentTimeMillis };
  return yield* command.run(ask).pipe(Effect.catchTag("Instead", ({ reply }) => Effect.succeed(reply)));
});
