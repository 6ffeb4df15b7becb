/**
 * Watches what a pure function must not touch while it runs: clocks, dice, timers, the network, the time zone and the
 * language. The globals keep working and are put back by `restore`; code that took a reference before `install` is
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

/** Where the tables of all languages and zones are. */
const LANGUAGES = "Intl";

/** What text and numbers tell by the machine's language. */
const localized: ReadonlyArray<readonly [owner: object, keys: ReadonlyArray<string>]> = [
  [String.prototype, ["localeCompare", "toLocaleLowerCase", "toLocaleUpperCase"]],
  [Number.prototype, ["toLocaleString"]],
  [BigInt.prototype, ["toLocaleString"]],
];

/** A day alone is of UTC; with a time of day, a text that names no zone is of the machine's. */
const DAY = /^[+-]?\d{4,6}(-\d{2}){0,2}$/;
const ZONED = /:\d{2}([.,]\d+)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})/i;

const isLocalText = (value: unknown): boolean =>
  typeof value === "string" && !DAY.test(value) && !ZONED.test(value);

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

  /** As it is, and noted when it is called or constructed. */
  const noting = (original: object, name: string) =>
    new Proxy(original, {
      apply: (target, self, args) => {
        note(name);
        return typeof target === "function" ? Reflect.apply(target, self, args) : undefined;
      },
      construct: (target, args, newTarget) => {
        note(name);
        return typeof target === "function" ? Reflect.construct(target, args, newTarget) : {};
      },
    });

  const trapMethod = (owner: object, key: string, name: string): void => {
    const original: unknown = Reflect.get(owner, key);
    if (typeof original === "function") replace(owner, key, noting(original, name));
  };

  const note = (name: string): void => {
    if (watching > 0) used.add(name);
  };
  const parse = new Proxy(Date.parse, {
    apply: (target, self, args) => {
      if (isLocalText(args[0])) note(`local time by Date.parse("${args[0]}")`);
      return Reflect.apply(target, self, args);
    },
  });
  const clock = new Proxy(Date, {
    construct: (target, args, newTarget) => {
      if (args.length === 0) note("new Date()");
      if (args.length > 1) note("local time by new Date(year, month)");
      if (args.length === 1 && isLocalText(args[0])) note(`local time by new Date("${args[0]}")`);
      return Reflect.construct(target, args, newTarget);
    },
    apply: (target, self, args) => {
      note("Date()");
      return Reflect.apply(target, self, args);
    },
    get: (target, key, receiver) => {
      if (key === "now") note("Date.now()");
      return key === "parse" ? parse : Reflect.get(target, key, receiver);
    },
  });
  replace(globalThis, "Date", clock);
  for (const [owner, keys] of impure) for (const key of keys) trap(owner, key, used);
  for (const key of local) trapMethod(Date.prototype, key, `local time by ${key}()`);
  for (const [owner, keys] of localized)
    for (const key of keys) trapMethod(owner, key, `the machine's language by ${key}()`);
  const tables: unknown = Reflect.get(globalThis, LANGUAGES);
  if (isOwner(tables)) {
    for (const key of Object.getOwnPropertyNames(tables))
      trapMethod(tables, key, `the machine's language by ${LANGUAGES}.${key}()`);
  }
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
