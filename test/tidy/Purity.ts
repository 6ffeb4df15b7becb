import * as Code from "./Code.ts";
import type { Rule } from "./Rule.ts";
import { sample } from "./Rule.ts";
import type { Finding, Source } from "./Source.ts";
import { matches } from "./Source.ts";

const isPure = ({ path }: Source): boolean => path.startsWith("core/src/");
/** The property kit generates samples and sets traps for impure strategies: it decides nothing. */
const isKit = ({ path }: Source): boolean => path.startsWith("core/src/testing/");
/** Reading files, declaring ports and threads may wait; nothing else of the core does. */
const mayWait = ({ path }: Source): boolean => /^core\/src\/(files|ports|threads)\//.test(path);

const inCore = (
  source: Source,
  pattern: RegExp,
  message: (found: string) => string,
): ReadonlyArray<Finding> =>
  isPure(source) ? matches(Code.only(source), pattern, ([found]) => message(found.trim())) : [];

const core = (text: string) => sample("core/src/Sample.ts", text);

const noClock: Rule = {
  name: "asks no clock in the core",
  check: (source) =>
    inCore(
      source,
      /\bDate\.now\b|\bnew Date\(\s*\)|\bnew Date\b(?!\s*\()|(?<!new |\.)\bDate\(|\bperformance\.(?:now|timeOrigin|mark|measure)\b|\bset(?:Timeout|Interval|Immediate)\b|\bqueueMicrotask\b|\bTemporal\.Now\b/g,
      (found) => `${found}: time is an input`,
    ),
  bad: [
    core("const t = Date.now();"),
    core("const t = new Date();"),
    core("setTimeout(f, 1)"),
    core("performance.now()"),
  ],
  good: [core("const d = new Date(barAt).toISOString(); // not Date.now()"), core('const s = "Date.now()";')],
};

const noDice: Rule = {
  name: "throws no dice in the core",
  check: (source) =>
    inCore(
      source,
      /\bMath\.random\b|\bcrypto\.\w+|\brandomUUID\b|\bgetRandomValues\b/g,
      (found) => `${found}: chance is an input, see Rng`,
    ),
  bad: [core("Math.random()"), core("crypto.randomUUID()")],
  good: [core("Rng.uniform(state)")],
};

const TRANSCENDENTAL =
  /\bMath\.(?:exp|expm1|log|log1p|log2|log10|a?sinh?|a?cosh?|a?tanh?|atan2|pow|cbrt|hypot)\b|(?<!\dn\s*)\*\*(?!=?\s*-?\d+n?\b(?!\.))=?/g;

const noTranscendentals: Rule = {
  name: "computes in the core with arithmetic alone: the last bit of the rest differs between engines",
  check: (source) =>
    isKit(source)
      ? []
      : inCore(source, TRANSCENDENTAL, (found) =>
          found.startsWith("**")
            ? "** only with a whole literal exponent"
            : `${found} differs between engines`,
        ),
  bad: [
    core("Math.exp(x)"),
    core("Math.log10(x)"),
    core("x ** y"),
    core("x ** 0.5"),
    core("Math.atan2(a, b)"),
  ],
  good: [
    core("Math.sqrt(x) + Math.floor(x) + x ** 2 + 10n ** 6n + 10n ** BigInt(d) + 2 ** -54"),
    core("/** Math.exp(x) */ const a = 1;"),
  ],
};

const noLocale: Rule = {
  name: "asks no locale in the core",
  check: (source) =>
    inCore(
      source,
      /\.localeCompare\b|\.toLocale\w+|\bIntl\b/g,
      (found) => `${found} differs between machines`,
    ),
  bad: [core("a.localeCompare(b)"), core("n.toLocaleString()")],
  good: [core("a < b ? -1 : 1")],
};

const noWaiting: Rule = {
  name: "waits for nothing in the core",
  check: (source) =>
    mayWait(source)
      ? []
      : inCore(
          source,
          /\basync\b|\bawait\b|\bnew Promise\b|\bPromise\./g,
          (found) => `${found}: the core is synchronous`,
        ),
  bad: [core("const f = async () => 1;"), core("await x")],
  good: [core("const asyncish = 1;"), sample("core/src/files/Csv.ts", "export const read = async () => 1;")],
};

const noMachine: Rule = {
  name: "touches no machine in the core",
  check: (source) =>
    isKit(source)
      ? []
      : inCore(
          source,
          /\bprocess\b\s*[.[]|\bconsole\b\s*[.[]|\bglobalThis\b|\bfetch\(|\bnavigator\b/g,
          (found) => `${found}: the core touches no machine`,
        ),
  bad: [core("process.env.X"), core("console.log(1)"), core("globalThis.x")],
  good: [core("const processed = 1; outcome.process(1);"), core("// console.log")],
};

export const rules: ReadonlyArray<Rule> = [
  noClock,
  noDice,
  noTranscendentals,
  noLocale,
  noWaiting,
  noMachine,
];
