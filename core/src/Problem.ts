import { Result, Schema, SchemaIssue } from "effect";

/** What is wrong with an input: the field (`""` for the whole), and a sentence with the value and what is right. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** Problems as one line. */
export const sentence = (problems: ReadonlyArray<Problem>): string =>
  problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");

/** As JSON; what has none, as a circle or a bigint inside, by its kind. */
const written = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
};

/** A value as it may be quoted in a sentence: short, and never a wall of text. */
export const shown = (value: unknown): string => {
  const text = typeof value === "number" || typeof value === "bigint" ? String(value) : written(value);
  if (text === undefined) return String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

const valueAt = (root: unknown, path: ReadonlyArray<PropertyKey>): unknown => {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
};

const describeLeaf: SchemaIssue.LeafHook = (issue) => {
  if (issue._tag === "MissingKey") return "a value is needed";
  if (issue._tag === "UnexpectedKey") {
    const known =
      issue.ast._tag === "Objects" ? issue.ast.propertySignatures.map(({ name }) => String(name)) : [];
    return known.length === 0 ? "no such property" : `no such property, there is ${known.join(", ")}`;
  }
  const message = SchemaIssue.defaultLeafHook(issue);
  // Where the schema has no words of its own, the kind of value that is needed says enough.
  return issue._tag === "InvalidType" && message.startsWith("Expected ")
    ? (KINDS[issue.ast._tag] ?? message)
    : message;
};

const KINDS: { readonly [tag: string]: string } = {
  String: "a text is needed",
  Number: "a number is needed",
  Boolean: "true or false is needed",
  Arrays: "a list is needed",
  Objects: "an object is needed",
};

const isNumeric = (value: unknown): boolean => typeof value === "bigint" || Number.isFinite(value);

const format = SchemaIssue.makeFormatterStandardSchemaV1({ leafHook: describeLeaf });

/** Decodes unknown input; unknown properties are refused, and every problem is reported. */
export const decoder = <A>(
  schema: Schema.ConstraintDecoder<A>,
): ((input: unknown) => Result.Result<A, ReadonlyArray<Problem>>) => {
  const strict = Schema.decodeUnknownResult(schema, { errors: "all", onExcessProperty: "error" });
  const lenient = Schema.decodeUnknownResult(schema, { errors: "all", onExcessProperty: "ignore" });
  return (input) => {
    const decoded = strict(input);
    if (Result.isSuccess(decoded)) return Result.succeed(decoded.success);
    const found = [...format(decoded.failure.issue).issues];
    // Checks across fields run only once the fields are right: an unknown property must not hide them.
    const again = lenient(input);
    if (Result.isFailure(again)) found.push(...format(again.failure.issue).issues);
    const problems = new Map<string, Problem>();
    for (const { path: steps = [], message } of found) {
      const keys = steps.map((step) => (typeof step === "object" ? step.key : step));
      const value = valueAt(input, keys);
      const path = keys.map(String).join(".");
      // Amounts are texts, which is easily forgotten.
      const hint = message === KINDS["String"] && isNumeric(value) ? `, like "${value}"` : "";
      const full = value === undefined ? message : `${shown(value)} is refused: ${message}${hint}`;
      problems.set(`${path} ${full}`, { path, message: full });
    }
    return Result.fail([...problems.values()]);
  };
};
