import type { Bar } from "@strom/core";
import { Params, Strategy } from "@strom/core";
import { Schema } from "effect";

/** Strategies that each break a promise in a way that authors do, by what is wrong with them. */

type Step<S> = (
  state: S,
  bar: Bar.Bar,
  params: { readonly window: number },
) => readonly [S, Strategy.Decision | null];

interface Parts<S> {
  readonly init: () => S;
  readonly step: Step<S>;
  readonly warmup?: (window: number) => number;
  readonly scaleFree?: boolean;
  readonly tolerance?: number;
  readonly scan?: Strategy.Definition<{ readonly window: number }, S>["scan"];
}

const params = Schema.Struct({
  window: Params.int({ default: 3, minimum: 1, maximum: 50, description: "Bars looked at" }),
});

export const define = <S>(key: string, parts: Parts<S>) =>
  Strategy.make<{ readonly window: number }, S>({
    key,
    name: key,
    description: "For a test.",
    params,
    warmup: ({ window }) => parts.warmup?.(window) ?? 0,
    init: () => parts.init(),
    step: (p, state, bar) => parts.step(state, bar, p),
    ...(parts.scaleFree === undefined ? {} : { scaleFree: parts.scaleFree }),
    ...(parts.tolerance === undefined ? {} : { tolerance: parts.tolerance }),
    ...(parts.scan === undefined ? {} : { scan: parts.scan }),
  });

export const say = (
  side: "BUY" | "SELL",
  features: Record<string, number> = {},
  confidence = 0.5,
): Strategy.Decision => ({
  side,
  confidence,
  features,
  rule: side === "BUY" ? "rises" : "falls",
});

const byClose = (bar: Bar.Bar) => say(bar.close > bar.open ? "BUY" : "SELL", { close: bar.close });

/** Sound: speaks when a bar closes above the highest close of the window before it. */
export const sound = define<{ readonly closes: ReadonlyArray<number> }>("sound", {
  init: () => ({ closes: [] }),
  warmup: (window) => window,
  scaleFree: true,
  step: ({ closes }, { close }, { window }) => {
    const next = { closes: [...closes, close].slice(-window) };
    return [
      next,
      closes.length === window && closes.every((one) => close > one) ? say("BUY", { close }) : null,
    ];
  },
});

/** Keeps every bar it ever saw in one cache and looks up what came next. */
export const peeksThroughCache = () => {
  const seen = new Map<number, Bar.Bar>();
  return define<null>("peeks_through_cache", {
    init: () => null,
    step: (_, bar) => {
      const next = seen.get(bar.to);
      seen.set(bar.from, bar);
      return [null, next === undefined ? null : say(next.close > bar.close ? "BUY" : "SELL")];
    },
  });
};

/** Holds the very array that the bars come from and reads the next one by its index. */
export const peeksThroughArray = (data: ReadonlyArray<Bar.Bar>) =>
  define<{ readonly index: number }>("peeks_through_array", {
    init: () => ({ index: 0 }),
    step: ({ index }, bar) => [
      { index: index + 1 },
      say((data[index + 1]?.close ?? 0) > bar.close ? "BUY" : "SELL"),
    ],
  });

export const asksTheClock = define<null>("asks_the_clock", {
  init: () => null,
  step: (_, bar) => [null, Date.now() > bar.to ? byClose(bar) : null],
});

export const makesADate = define<null>("makes_a_date", {
  init: () => null,
  step: (_, bar) => [null, new Date().getUTCFullYear() > 2000 ? byClose(bar) : null],
});

export const rollsDice = define<null>("rolls_dice", {
  init: () => null,
  step: (_, bar) => [null, Math.random() < 0.5 ? byClose(bar) : null],
});

/** A reference taken before the trap was set: found by its answers alone. */
export const rollsHiddenDice = (() => {
  let seed = 1;
  return define<null>("rolls_hidden_dice", {
    init: () => null,
    step: (_, bar) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return [null, seed % 2 === 0 ? byClose(bar) : null];
    },
  });
})();

export const mutatesState = define<{ closes: Array<number> }>("mutates_state", {
  init: () => ({ closes: [] }),
  step: (state, bar) => {
    state.closes.push(bar.close);
    return [state, state.closes.length > 3 ? byClose(bar) : null];
  },
});

export const mutatesBar = define<null>("mutates_bar", {
  init: () => null,
  step: (_, bar) => {
    Object.assign(bar, { close: Math.round(bar.close) });
    return [null, byClose(bar)];
  },
});

/** Keeps the last close in a variable of its own: forgotten by a restart, shared by all symbols. */
export const forgetsState = (() => {
  let last = 0;
  return define<{ readonly count: number }>("forgets_state", {
    init: () => {
      last = 0;
      return { count: 0 };
    },
    step: ({ count }, bar) => {
      const decision = last > 0 && bar.close > last ? say("BUY") : null;
      last = bar.close;
      return [{ count: Math.min(count + 1, 100) }, decision];
    },
  });
})();

export const divesByZero = define<{ readonly high: number; readonly low: number }>("divides_by_zero", {
  init: () => ({ high: 0, low: 1e12 }),
  step: (state, bar) => {
    const next = { high: Math.max(state.high, bar.high), low: Math.min(state.low, bar.low) };
    return [next, say("BUY", { position: (bar.close - next.low) / (next.high - next.low) })];
  },
});

export const tooSure = define<null>("too_sure", {
  init: () => null,
  step: (_, bar) => [null, say("BUY", {}, Math.round((bar.high / bar.low) * 100) / 100)],
});

export const speaksTooSoon = define<{ readonly count: number }>("speaks_too_soon", {
  init: () => ({ count: 0 }),
  warmup: (window) => window,
  step: ({ count }, bar, { window }) => [{ count: count + 1 }, count + 1 >= window ? byClose(bar) : null],
});

export const throwsOnAGap = define<{ readonly to: number | null }>("throws_on_a_gap", {
  init: () => ({ to: null }),
  step: ({ to }, bar) => {
    if (to !== null && bar.from !== to) throw new Error("bars must be contiguous");
    return [{ to: bar.to }, null];
  },
});

/** Only where nobody traded and it closed where it opened. */
export const throwsOnADoji = define<null>("throws_on_a_doji", {
  init: () => null,
  step: (_, { open, high, low, close, volume }) => {
    if (volume === 0 && open === close && high > low) throw new Error("no direction");
    return [null, null];
  },
});

export const asksTheTimeZone = define<null>("asks_the_time_zone", {
  init: () => null,
  step: (_, bar) => [null, new Date(bar.from).getHours() < 12 ? byClose(bar) : null],
});

/** Asks the machine's zone or language in one of many ways. */
export const asksTheMachine = (what: string, hourOf: (at: number) => number) =>
  define<null>(`asks_by_${what}`, {
    init: () => null,
    step: (_, bar) => [null, hourOf(bar.from) < 12 ? byClose(bar) : null],
  });

/** Keeps the last close of each symbol beside its state: forgotten by a restart, shared by the agents of a symbol. */
export const remembersBySymbol = (() => {
  const closes = new Map<string, number>();
  return define<{ readonly count: number }>("remembers_by_symbol", {
    init: () => ({ count: 0 }),
    warmup: (window) => window,
    step: ({ count }, { symbol, close }, { window }) => {
      const last = closes.get(symbol);
      closes.set(symbol, close);
      const isWarm = count >= window && last !== undefined;
      return [{ count: Math.min(count + 1, 100) }, isWarm && close > last ? say("BUY") : null];
    },
  });
})();

/** Sound, but its window could as well not be there. */
export const ignoresItsWindow = define<{ readonly last: number | null }>("ignores_its_window", {
  init: () => ({ last: null }),
  step: ({ last }, { close }) => [{ last: close }, last !== null && close > last ? say("BUY") : null],
});

/** Sound, but never forgets. */
export const keepsAll = define<{ readonly closes: ReadonlyArray<number> }>("keeps_all", {
  init: () => ({ closes: [] }),
  warmup: (window) => window,
  tolerance: 1,
  step: ({ closes }, { close }, { window }) => [
    { closes: [...closes, close] },
    closes.length >= window && close > (closes.at(-window) ?? 0) ? say("BUY") : null,
  ],
});

export const keepsAMap = define<{ readonly closes: Map<number, number> }>("keeps_a_map", {
  init: () => ({ closes: new Map() }),
  step: ({ closes }, bar) => [{ closes: new Map(closes).set(bar.from, bar.close) }, byClose(bar)],
});

export const keepsADate = define<{ readonly at: Date | null }>("keeps_a_date", {
  init: () => ({ at: null }),
  step: (_, bar) => [{ at: new Date(bar.from) }, byClose(bar)],
});

export const keepsUndefined = define<{ readonly last: number | undefined }>("keeps_undefined", {
  init: () => ({ last: undefined }),
  step: (_, bar) => [{ last: bar.close }, byClose(bar)],
});

export const comparesAmounts = define<{ readonly last: number | null }>("compares_amounts", {
  init: () => ({ last: null }),
  scaleFree: true,
  step: ({ last }, { close }) => [{ last: close }, last !== null && close - last > 10 ? say("BUY") : null],
});

/** An average over all of history that claims to forget. */
export const remembersForever = define<{ readonly count: number; readonly mean: number }>(
  "remembers_forever",
  {
    init: () => ({ count: 0, mean: 0 }),
    warmup: (window) => window,
    step: ({ count, mean }, { close }, { window }) => {
      const next = { count: count + 1, mean: mean + (close - mean) / (count + 1) };
      return [next, count >= window ? say("BUY", { mean: next.mean }) : null];
    },
  },
);

export const scansOtherwise = define<{ readonly last: number }>("scans_otherwise", {
  init: () => ({ last: 0 }),
  step: ({ last }, bar) => [{ last: bar.close }, bar.close > last ? say("BUY") : null],
  scan: (_, { last }, columns, from, to) => {
    let before = last;
    for (let index = from; index < to; index++) {
      const close = columns.close[index] ?? 0;
      // >= where step has >
      if (close >= before) return { index, state: { last: close }, decision: say("BUY") };
      before = close;
    }
    return { index: to, state: { last: before }, decision: null };
  },
});

/** Its fast path looks at bars beyond those it is asked about, and tells of them. */
export const scansOn = define<{ readonly last: number }>("scans_on", {
  init: () => ({ last: 0 }),
  step: ({ last }, bar) => [{ last: bar.close }, bar.close > last ? say("BUY") : null],
  scan: (_, { last }, columns, from, to) => {
    let before = last;
    for (let index = from; index < columns.length; index++) {
      const close = columns.close[index] ?? 0;
      if (close > before) return { index, state: { last: close }, decision: say("BUY") };
      before = close;
    }
    return { index: to, state: { last: before }, decision: null };
  },
});

/** Its fast path gives up at the first fall. */
export const scansLazily = define<{ readonly last: number }>("scans_lazily", {
  init: () => ({ last: 0 }),
  step: ({ last }, bar) => [{ last: bar.close }, bar.close > last ? say("BUY") : null],
  scan: (_, { last }, columns, from) => {
    const close = columns.close[from] ?? 0;
    return { index: from, state: { last: close }, decision: close > last ? say("BUY") : null };
  },
});
