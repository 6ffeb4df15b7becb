/**
 * Watches what a pure function must not touch while it runs: clocks, dice, timers, the network, the time zone. The
 * globals keep working and are put back by `restore`; code that took a reference before `install` is
 * not seen here, but gives itself away by answering twice in different ways.
 */
export interface Traps {
  /** Runs `body`; every use inside is noted. */
  readonly watch: <A>(body: () => A) => A;
  /** The first impure thing used since it was last asked, such as `Date.now()`. */
  readonly take: () => string | undefined;
  /** Math functions used whose last bit differs between engines. */
  readonly inexact: () => ReadonlyArray<string>;
  readonly restore: () => void;
}

const inexactMath = [
  "acos acosh asin asinh atan atan2 atanh cbrt cos cosh exp expm1 hypot",
  "log log10 log1p log2 pow sin sinh tan tanh",
]
  .join(" ")
  .split(" ");

const impure: ReadonlyArray<readonly [owner: string, keys: ReadonlyArray<string>]> = [
  ["Math", ["random"]],
  ["performance", ["now"]],
  ["crypto", ["getRandomValues", "randomUUID"]],
  ["process", ["hrtime", "cwd", "memoryUsage", "uptime"]],
  ["", ["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "fetch"]],
];

/** What a date tells by the machine's time zone and language. */
const local = [
  "getFullYear getMonth getDate getDay getHours getMinutes getTimezoneOffset setHours setDate setMonth",
  "toString toDateString toTimeString toLocaleString toLocaleDateString toLocaleTimeString",
]
  .join(" ")
  .split(" ");

const isOwner = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function";

export const install = (): Traps => {
  const used = new Set<string>();
  const inexact = new Set<string>();
  const undo: Array<() => void> = [];
  let watching = 0;

  const replace = (owner: object, key: string, value: unknown): void => {
    const original = Reflect.getOwnPropertyDescriptor(owner, key);
    const isDone = Reflect.defineProperty(owner, key, { value, configurable: true, writable: true });
    if (!isDone) return;
    undo.push(() => {
      if (original === undefined) Reflect.deleteProperty(owner, key);
      else Reflect.defineProperty(owner, key, original);
    });
  };

  const trap = (ownerName: string, key: string, notes: Set<string>): void => {
    const owner: unknown = ownerName === "" ? globalThis : Reflect.get(globalThis, ownerName);
    if (!isOwner(owner)) return;
    const original: unknown = Reflect.get(owner, key);
    if (typeof original !== "function") return;
    const name = `${ownerName === "" ? "" : `${ownerName}.`}${key}()`;
    const spy = new Proxy(original, {
      apply: (target, _self, args) => {
        if (watching > 0) notes.add(name);
        return Reflect.apply(target, owner, args);
      },
    });
    replace(owner, key, spy);
  };

  const trapLocal = (key: string): void => {
    const original: unknown = Reflect.get(Date.prototype, key);
    if (typeof original !== "function") return;
    const spy = new Proxy(original, {
      apply: (target, self, args) => {
        if (watching > 0) used.add(`local time by ${key}()`);
        return Reflect.apply(target, self, args);
      },
    });
    replace(Date.prototype, key, spy);
  };

  const note = (name: string): void => {
    if (watching > 0) used.add(name);
  };
  const clock = new Proxy(Date, {
    construct: (target, args, newTarget) => {
      if (args.length === 0) note("new Date()");
      if (args.length > 1) note("local time by new Date(year, month)");
      return Reflect.construct(target, args, newTarget);
    },
    apply: (target, self, args) => {
      note("Date()");
      return Reflect.apply(target, self, args);
    },
    get: (target, key, receiver) => {
      if (key === "now") note("Date.now()");
      return Reflect.get(target, key, receiver);
    },
  });
  replace(globalThis, "Date", clock);
  for (const [owner, keys] of impure) for (const key of keys) trap(owner, key, used);
  for (const key of local) trapLocal(key);
  for (const key of inexactMath) trap("Math", key, inexact);

  return {
    watch: (body) => {
      watching += 1;
      try {
        return body();
      } finally {
        watching -= 1;
      }
    },
    take: () => {
      const [first] = used;
      used.clear();
      return first;
    },
    inexact: () => [...inexact],
    restore: () => {
      for (const step of undo.reverse()) step();
      undo.length = 0;
    },
  };
};
