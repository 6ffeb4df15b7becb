import type { JsonSchema } from "effect";
import { Data, Option, Result, Schema, SchemaGetter, SchemaIssue } from "effect";

/**
 * The parameters of a strategy: fields with a default and bounds, checks across fields, and one decoder that
 * fills the defaults, refuses what it does not know, and reports every problem at once.
 */

export interface NumberField {
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly description: string;
}

const field = (options: NumberField, kind: "integer" | "number") => {
  const noun = kind === "integer" ? "a whole number" : "a number";
  const message = `${noun} from ${options.minimum} to ${options.maximum} is needed`;
  const value = Schema.Number.annotate({ message })
    .check(
      Schema.isFinite({ message }),
      Schema.makeFilter(
        (n: number) =>
          (kind === "number" || Number.isInteger(n)) && n >= options.minimum && n <= options.maximum,
        {
          message,
          toJsonSchema: () => ({ type: kind, minimum: options.minimum, maximum: options.maximum }),
        },
      ),
    )
    .annotate({ description: options.description, default: options.default });
  return Schema.optionalKey(value).pipe(
    Schema.decodeTo(value, {
      decode: SchemaGetter.transformOptional((given: Option.Option<number>) =>
        Option.some(Option.getOrElse(given, () => options.default)),
      ),
      encode: SchemaGetter.passthrough(),
    }),
  );
};

/** A whole number within inclusive bounds; the default stands in when the key is absent. */
export const int = (options: NumberField) => field(options, "integer");

/** A number within inclusive bounds; the default stands in when the key is absent. */
export const number = (options: NumberField) => field(options, "number");

/** A check across two fields: `low` must be below `high`. The problem is reported at `low`. */
export const below = <L extends string, H extends string>(low: L, high: H) =>
  Schema.makeFilter((params: { readonly [K in L | H]: number }) =>
    params[low] < params[high]
      ? undefined
      : { path: [low], issue: `a value below ${high} (${params[high]}) is needed` },
  );

/** One problem: the field it is about (`""` for the whole), and a sentence with the value and what is right. */
export interface ParamsProblem {
  readonly path: string;
  readonly message: string;
}

/** Parameters outside their schema, with every problem found. */
export class ParamsInvalid extends Data.TaggedError("ParamsInvalid")<{
  readonly errors: ReadonlyArray<ParamsProblem>;
}> {
  override get message(): string {
    return this.errors.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
  }
}

/** What a schema of parameters must be: decodable from JSON without services. */
export type Source<P> = Schema.ConstraintDecoder<P>;

const shown = (value: unknown): string => {
  const text = typeof value === "number" || typeof value === "bigint" ? String(value) : JSON.stringify(value);
  if (text === undefined) return String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

const isRecord = (u: unknown): boolean => typeof u === "object" && u !== null && !Array.isArray(u);

const valueAt = (root: unknown, path: ReadonlyArray<PropertyKey>): unknown => {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
};

/** Decodes unknown input: defaults filled, unknown properties refused, every problem reported. */
export const decoder = <P>(schema: Source<P>): ((input: unknown) => Result.Result<P, ParamsInvalid>) => {
  if (isEmpty(schema)) return decodeNone(Schema.decodeUnknownResult(schema));
  const known = Object.keys(describe(schema)["properties"] ?? {});
  const unknownProperty = `no such parameter, there is ${known.join(", ")}`;
  const format = SchemaIssue.makeFormatterStandardSchemaV1({
    leafHook: (issue) => {
      if (issue._tag === "UnexpectedKey") return unknownProperty;
      if (issue._tag === "MissingKey") return "a value is needed";
      return SchemaIssue.defaultLeafHook(issue);
    },
  });
  const strict = Schema.decodeUnknownResult(schema, { errors: "all", onExcessProperty: "error" });
  const lenient = Schema.decodeUnknownResult(schema, { errors: "all", onExcessProperty: "ignore" });
  return (input) => {
    const decoded = strict(input);
    if (Result.isSuccess(decoded)) return Result.succeed(decoded.success);
    const found = [...format(decoded.failure.issue).issues];
    // Checks across fields only run once the fields themselves are right: an unknown property must not hide them.
    const again = lenient(input);
    if (Result.isFailure(again)) found.push(...format(again.failure.issue).issues);
    const errors = new Map<string, ParamsProblem>();
    for (const { path: steps = [], message } of found) {
      const keys = steps.map((step) => (typeof step === "object" ? step.key : step));
      const value = valueAt(input, keys);
      const path = keys.map(String).join(".");
      const reason = path === "" && !isRecord(input) ? "an object of parameters is needed" : message;
      const sentence = value === undefined ? reason : `${shown(value)} is refused: ${reason}`;
      errors.set(`${path} ${sentence}`, { path, message: sentence });
    }
    return Result.fail(new ParamsInvalid({ errors: [...errors.values()] }));
  };
};

const decodeNone =
  <P, E>(decode: (input: unknown) => Result.Result<P, E>) =>
  (input: unknown): Result.Result<P, ParamsInvalid> => {
    const refuse = (path: string, value: unknown, reason: string) => ({
      path,
      message: `${shown(value)} is refused: ${reason}`,
    });
    const errors =
      typeof input === "object" && input !== null && !Array.isArray(input)
        ? Object.entries(input).map(([key, value]) => refuse(key, value, "there are no parameters to set"))
        : [refuse("", input, "an object of parameters is needed")];
    if (errors.length > 0) return Result.fail(new ParamsInvalid({ errors }));
    return Result.mapError(decode(input), () => new ParamsInvalid({ errors }));
  };

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

/** A struct without fields, which effect lets mean "anything but null". */
const isEmpty = ({ ast }: Schema.Constraint): boolean =>
  ast._tag === "Objects" && ast.propertySignatures.length === 0 && ast.indexSignatures.length === 0;

/** The JSON Schema (2020-12) of the parameters as a user writes them: a field with a default is not required. */
export const describe = (schema: Schema.Constraint): JsonSchema.JsonSchema => {
  if (isEmpty(schema)) {
    return { $schema: DIALECT, type: "object", properties: {}, additionalProperties: false };
  }
  const document = Schema.toJsonSchemaDocument(Schema.toType(schema), { onExcessProperty: "error" });
  const { required, ...rest } = document.schema;
  const properties: unknown = rest["properties"];
  const needed = Array.isArray(required)
    ? required.filter((key: string) => valueAt(properties, [key, "default"]) === undefined)
    : [];
  return {
    $schema: DIALECT,
    ...rest,
    ...(needed.length > 0 ? { required: needed } : {}),
    ...(Object.keys(document.definitions).length > 0 ? { $defs: document.definitions } : {}),
  };
};
