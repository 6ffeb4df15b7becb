import { Console, Effect, Schema } from "effect";
import { Command, Flag } from "effect/cli";
import * as ConfigLines from "../ConfigLines.ts";
import * as Paint from "./Paint.ts";

/** Some variable is wrong; what is wrong was printed beside it. */
export class ConfigHasProblems extends Schema.TaggedError<ConfigHasProblems>()("ConfigHasProblems", {
  count: Schema.Int,
}) {
  override get message() {
    return this.count === 1 ? "one variable is wrong" : `${this.count} variables are wrong`;
  }
}

/** A variable as a reader sees it: its name and value, its meaning, its default, and what is wrong with it. */
const text = (paint: Paint.Paint, { name, meaning, fallback, current, problem }: ConfigLines.Line): string =>
  [
    `${paint.bold(name)} = ${current ?? paint.dim(fallback === null ? "not set" : `${JSON.stringify(fallback)} (default)`)}`,
    `  ${meaning}`,
    ...(current !== null && fallback !== null ? [paint.dim(`  default ${JSON.stringify(fallback)}`)] : []),
    ...(problem === null ? [] : [paint.red(`  ${problem}`)]),
  ].join("\n");

export const config = Command.make(
  "config",
  {
    json: Flag.Boolean("json").pipe(Flag.withDescription("As JSON, for programs"), Flag.withDefault(false)),
  },
  Effect.fnUntraced(function* ({ json }) {
    const lines = yield* ConfigLines.all;
    const paint = Paint.forStream(process.stdout, process.env["NO_COLOR"]);
    yield* Console.log(
      json ? JSON.stringify(lines, null, 2) : lines.map((line) => text(paint, line)).join("\n"),
    );
    const count = lines.filter(({ problem }) => problem !== null).length;
    if (count > 0) return yield* new ConfigHasProblems({ count });
  }),
).pipe(
  Command.withDescription(
    "Prints every variable: its meaning, its default and what it is now; secrets are not shown",
  ),
  Command.withExamples([
    { command: "strom config", description: "Everything that can be set" },
    { command: "STROM_HTTP_PORT=99999 strom config", description: "What is wrong with a value" },
  ]),
);
