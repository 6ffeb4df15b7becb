import { Effect, Latch } from "effect";
import * as TestApi from "./TestApi.ts";

export interface Seen {
  readonly id: string;
  readonly topic: string;
  readonly data: {
    readonly id: string;
    readonly agent_id: string;
    readonly payload: { readonly slot?: number };
  };
}

/** What an event stream says, event by event, as EventSource would read it. */
export const parse = (text: string): ReadonlyArray<Seen> =>
  text
    .split("\n\n")
    .slice(0, -1)
    .flatMap((block) => {
      const field = (name: string) =>
        block
          .split("\n")
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      const [id, topic, data] = [field("id"), field("event"), field("data")];
      return id === undefined || topic === undefined || data === undefined
        ? []
        : [{ id, topic, data: JSON.parse(data) }];
    });

/** Reads until there are `enough` events or it has been long enough, and cuts. Says once it is being answered. */
export const listen = (
  path: string,
  options: {
    readonly user: string;
    readonly lastEventId?: string;
    readonly enough: number;
    readonly ms: number;
    readonly onOpen?: () => void;
  },
) =>
  Effect.gen(function* () {
    const url = yield* TestApi.baseUrl;
    return yield* Effect.promise(async () => {
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), options.ms);
      let text = "";
      try {
        const response = await fetch(`${url}${path}`, {
          signal: abort.signal,
          headers: {
            "x-strom-user": options.user,
            ...(options.lastEventId === undefined ? {} : { "last-event-id": options.lastEventId }),
          },
        });
        options.onOpen?.();
        const decoder = new TextDecoder();
        for await (const chunk of response.body ?? []) {
          text += decoder.decode(chunk, { stream: true });
          if (parse(text).length >= options.enough) break;
        }
      } catch {
        // Cut.
      } finally {
        clearTimeout(timer);
        abort.abort();
      }
      return parse(text);
    });
  });

/** The same in a fiber of its own, from an instant on at which nothing that comes is missed. */
export const listening = (path: string, options: Omit<Parameters<typeof listen>[1], "onOpen">) =>
  Effect.gen(function* () {
    const open = yield* Latch.make(false);
    const onOpen = () => void open.openUnsafe();
    const reader = yield* listen(path, { ...options, onOpen }).pipe(Effect.forkChild);
    yield* open.await;
    return reader;
  });
