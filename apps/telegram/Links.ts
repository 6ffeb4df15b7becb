import type * as TelegramApi from "@strom/adapters/http/TelegramApi.ts";
import { Context, Effect, Layer, PubSub, Stream } from "effect";
import type { StromDown, StromRefused } from "./Strom.ts";
import { call, Strom } from "./Strom.ts";

export type Link = typeof TelegramApi.Link.Type;

/** Which chats are linked, as last heard from the API. It checks again itself, whatever is remembered here. */
export class Links extends Context.Service<
  Links,
  {
    /** The link of a chat, if the person in it is the one who linked it. */
    readonly find: (chatId: number, userId: number) => Link | undefined;
    readonly all: () => ReadonlyArray<Link>;
    /** Remembers a new link, or what changed of one. */
    readonly put: (link: Link) => Effect.Effect<void>;
    readonly drop: (chatId: number) => Effect.Effect<void>;
    /** Asks the API for all links. Answers how many codes wait to be used. */
    readonly refresh: Effect.Effect<number, StromDown | StromRefused>;
    /** Emits whenever links came, went or changed; at once for a new listener. */
    readonly changes: Stream.Stream<void>;
  }
>()("strom/telegram/Links") {}

export const layer: Layer.Layer<Links, never, Strom> = Layer.effect(
  Links,
  Effect.gen(function* () {
    const { bot } = yield* Strom;
    const links = new Map<number, Link>();
    const changed = yield* PubSub.sliding<void>(1);
    const tell = Effect.asVoid(PubSub.publish(changed, undefined));

    const refresh = Effect.gen(function* () {
      const found = new Map<number, Link>();
      let openCodes = 0;
      let query: { readonly limit: number; readonly cursor?: string } | null = { limit: 200 };
      while (query !== null) {
        const page: Effect.Success<ReturnType<typeof bot.telegramBot.links>> = yield* call(
          bot.telegramBot.links({ query }),
        );
        for (const link of page.items) found.set(link.chat_id, link);
        openCodes = page.open_codes;
        query = page.next_cursor === null ? null : { limit: 200, cursor: page.next_cursor };
      }
      for (const chatId of links.keys()) if (!found.has(chatId)) links.delete(chatId);
      for (const [chatId, link] of found) {
        // Where a chat is among the events is known better here.
        const position = links.get(chatId)?.position ?? link.position;
        links.set(chatId, { ...link, position });
      }
      yield* tell;
      return openCodes;
    });

    return Links.of({
      find: (chatId, userId) => {
        const link = links.get(chatId);
        return link?.telegram_user_id === userId ? link : undefined;
      },
      all: () => [...links.values()],
      put: (link) => {
        links.set(link.chat_id, link);
        return tell;
      },
      drop: (chatId) => {
        links.delete(chatId);
        return tell;
      },
      refresh,
      changes: Stream.concat(Stream.succeed(undefined), Stream.fromPubSub(changed)),
    });
  }),
);
