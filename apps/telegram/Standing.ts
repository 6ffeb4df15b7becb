import { Context, Layer, MutableRef } from "effect";

/** How the bot itself is doing, for `/health`. */
export interface State {
  readonly startedAt: number;
  readonly updates: number;
  readonly lastUpdateAt: number | null;
  readonly sent: number;
  readonly failures: number;
  /** Notices that wait to be sent. */
  readonly waiting: number;
}

export class Standing extends Context.Service<Standing, MutableRef.MutableRef<State>>()(
  "strom/telegram/Standing",
) {}

export const layer = (startedAt: number): Layer.Layer<Standing> =>
  Layer.sync(Standing, () =>
    MutableRef.make<State>({
      startedAt,
      updates: 0,
      lastUpdateAt: null,
      sent: 0,
      failures: 0,
      waiting: 0,
    }),
  );
