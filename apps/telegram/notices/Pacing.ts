import { Clock, Context, Duration, Effect, Layer } from "effect";

/** Telegram takes about 30 messages a second from a bot; answers to people need some of them. */
const EVERY_MS = 50;

/** Waits for one's turn to send a notice, over all chats. */
export class Pacing extends Context.Service<Pacing, { readonly turn: Effect.Effect<void> }>()(
  "strom/telegram/Pacing",
) {}

export const layer: Layer.Layer<Pacing> = Layer.sync(Pacing, () => {
  let free = 0;
  return Pacing.of({
    turn: Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const at = Math.max(now, free);
      free = at + EVERY_MS;
      return Effect.sleep(Duration.millis(at - now));
    }),
  });
});
