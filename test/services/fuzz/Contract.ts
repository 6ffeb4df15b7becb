import { Predicate, Result, Schema } from "effect";
import * as JsonSchema from "effect/JsonSchema";
import * as SchemaRepresentation from "effect/SchemaRepresentation";

/** What a server says of itself at /openapi.json, and whether an answer is as it says. */

type Json = JsonSchema.JsonSchema;

export interface Parameter {
  readonly name: string;
  readonly place: "path" | "query" | "header";
  readonly schema: Json;
  readonly isRequired: boolean;
}

export interface Operation {
  /** Such as agents.create. */
  readonly id: string;
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  readonly parameters: ReadonlyArray<Parameter>;
  readonly body: Json | null;
  /** By status, then by content type; null where the type is not JSON. */
  readonly answers: ReadonlyMap<number, ReadonlyMap<string, Check | null>>;
}

/** What is wrong with a value; null when nothing is. */
export type Check = (value: unknown) => string | null;

export interface Contract {
  readonly operations: ReadonlyArray<Operation>;
  /** What `$ref` stands for, by the last part of its path. */
  readonly definitions: Readonly<Record<string, Json>>;
}

export interface Answer {
  readonly status: number;
  /** Without its parameters; empty when it has no body. */
  readonly contentType: string;
  readonly text: string;
}

const Anything = Schema.Record(Schema.String, Schema.Unknown);
const Content = Schema.Record(Schema.String, Schema.Struct({ schema: Anything }));
const Document = Schema.Struct({
  paths: Schema.Record(
    Schema.String,
    Schema.Record(
      Schema.String,
      Schema.Struct({
        operationId: Schema.String,
        parameters: Schema.optionalKey(
          Schema.Array(
            Schema.Struct({
              name: Schema.String,
              in: Schema.Literals(["path", "query", "header"]),
              required: Schema.Boolean,
              schema: Anything,
            }),
          ),
        ),
        requestBody: Schema.optionalKey(Schema.Struct({ content: Content })),
        responses: Schema.Record(Schema.String, Schema.Struct({ content: Schema.optionalKey(Content) })),
      }),
    ),
  ),
  components: Schema.Struct({ schemas: Schema.Record(Schema.String, Anything) }),
});

const modern = (schema: Json): Json => JsonSchema.fromSchemaOpenApi3_1(schema).schema;

/** A JSON Schema as a check, with every property it does not know an error. */
const checkOf = (schema: Json, definitions: Record<string, Json>): Check => {
  const imported = SchemaRepresentation.fromJsonSchemaDocument(
    { dialect: "draft-2020-12", schema: modern(schema), definitions },
    { patterns: "apply" },
  );
  const decode = Schema.decodeUnknownResult(Schema.toType(imported), {
    onExcessProperty: "error",
    errors: "all",
  });
  return (value) => Result.match(decode(value), { onFailure: String, onSuccess: () => null });
};

export const parse = (document: unknown): Contract => {
  const { paths, components } = Schema.decodeUnknownSync(Document)(document);
  const definitions = Object.fromEntries(
    Object.entries(components.schemas).map(([name, schema]) => [name, modern(schema)]),
  );
  const answersOf = (content: typeof Content.Type) =>
    new Map(
      Object.entries(content).map(
        ([type, { schema }]) =>
          [bare(type), /json/.test(type) ? checkOf(schema, definitions) : null] as const,
      ),
    );
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => {
      const body = operation.requestBody?.content["application/json"]?.schema;
      return {
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        parameters: (operation.parameters ?? []).map((parameter) => ({
          name: parameter.name,
          place: parameter.in,
          schema: modern(parameter.schema),
          isRequired: parameter.required,
        })),
        body: body === undefined ? null : modern(body),
        answers: new Map(
          Object.entries(operation.responses).map(([status, { content }]) => [
            Number(status),
            answersOf(content ?? {}),
          ]),
        ),
      };
    }),
  );
  return { operations, definitions };
};

export const bare = (contentType: string): string => (contentType.split(";")[0] ?? "").trim().toLowerCase();

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Of an answer no operation declares: a refusal on the way there. */
const judgeRefusal = ({ status, contentType, text }: Answer, statuses: ReadonlyArray<number>) => {
  if (!statuses.includes(status)) return `${status} instead of ${statuses.join(" or ")}`;
  const problem = json(text);
  return contentType === "application/problem+json" &&
    Predicate.isObject(problem) &&
    Predicate.hasProperty(problem, "code")
    ? null
    : `${status} is not told as a problem`;
};

/** What is wrong with an operation's answer; null when it is as declared. A fault of the server's never is. */
export const judge = (operation: Operation, answer: Answer): string | null => {
  const { status, contentType, text } = answer;
  // To be not ready on a busy machine is what this one is asked about; any other 5xx is what the fuzz looks for.
  if (status >= 500 && operation.id !== "health.ready") return "a fault of the server";
  const types = operation.answers.get(status);
  if (types === undefined) return `${status} is not declared for ${operation.id}`;
  if (types.size === 0) return text === "" ? null : `${status} of ${operation.id} should have no body`;
  const check = types.get(contentType);
  if (check === undefined) return `${contentType} is not declared for ${status} of ${operation.id}`;
  return check === null ? null : check(json(text));
};

/** What is wrong with the answer to a method or a path that nothing declares, or, by chance, somebody else's does. */
export const judgeStray = (answer: Answer): string | null =>
  answer.status >= 500 ? "a fault of the server" : judgeRefusal(answer, [400, 401, 404, 405]);
