/** Plain JSON values: how a state must look, how it is frozen, compared and shown. */

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const join = (path: string, key: string): string =>
  /^\d+$/.test(key) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;

/** Freezes a value and everything in it. Views of binary data cannot be frozen and are left. */
export const deepFreeze = <A>(value: A): A => {
  if (isObject(value) && !Object.isFrozen(value) && !ArrayBuffer.isView(value)) {
    Object.freeze(value);
    for (const key of Reflect.ownKeys(value)) deepFreeze(Reflect.get(value, key));
  }
  return value;
};

/** A copy that shares nothing with the original, as far as it is made of arrays and plain objects. */
export const copy = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(copy);
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copy(member)]));
};

const kindOf = (value: object): string => {
  const name: unknown = Reflect.get(value, "constructor");
  return typeof name === "function" && name.name !== ""
    ? `a ${name.name}`
    : "an object without a plain prototype";
};

/** What in a value JSON cannot carry, as `seen: a Map`; undefined when JSON carries it all. */
export const notPlain = (value: unknown, path = ""): string | undefined => {
  const at = path === "" ? "the state itself" : path;
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `${at}: ${value}`;
  if (!isObject(value)) return `${at}: ${value === undefined ? "undefined" : `a ${typeof value}`}`;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const found = notPlain(value[i], `${path}[${i}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) {
    return `${at}: ${kindOf(value)}`;
  }
  for (const key of Reflect.ownKeys(value)) {
    if (typeof key === "symbol") return `${at}: a symbol as a key`;
    const found = notPlain(Reflect.get(value, key), join(path, key));
    if (found !== undefined) return found;
  }
  return undefined;
};

/** Where two plain values differ, as `closes[0]: 1 became 2`; undefined when they are equal. */
export const difference = (before: unknown, after: unknown, path = ""): string | undefined => {
  if (Object.is(before, after) || before === after) return undefined;
  if (isObject(before) && isObject(after) && Array.isArray(before) === Array.isArray(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const found = difference(Reflect.get(before, key), Reflect.get(after, key), join(path, key));
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return `${path === "" ? "it" : path}: ${shown(before)} became ${shown(after)}`;
};

/** A value in at most `max` characters. */
export const shown = (value: unknown, max = 80): string => {
  let text: string | undefined;
  try {
    text = typeof value === "number" ? String(value) : JSON.stringify(value);
  } catch {
    text = undefined;
  }
  const whole = text ?? String(value);
  return whole.length > max ? `${whole.slice(0, max - 1)}…` : whole;
};
