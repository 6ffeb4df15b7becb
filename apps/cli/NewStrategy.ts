import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { Console, Effect } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import * as Paint from "./Paint.ts";
import { InputRefused } from "./Refusal.ts";
import * as Scaffold from "./Scaffold.ts";

/** Writes a file that must not be there yet. */
const writeNew = (path: string, content: string) =>
  Effect.tryPromise({
    try: () => writeFile(path, content, { flag: "wx" }),
    catch: (cause) => {
      const isThere = cause instanceof Error && Reflect.get(cause, "code") === "EEXIST";
      const reason = isThere
        ? "is there already; choose another name, or remove it"
        : `cannot be written: ${cause}`;
      return new InputRefused({ message: `${path} ${reason}` });
    },
  });

export const newStrategy = Command.make(
  "new-strategy",
  {
    name: Argument.String("name").pipe(
      Argument.withDescription('What it is called, such as "opening range"'),
      Argument.filter(
        (name) => Scaffold.namesOf(name) !== null,
        (name) => `"${name}" is no name: letters first, then letters, digits, spaces, - or _, 60 at most`,
      ),
    ),
    folder: Flag.String("folder").pipe(Flag.withDescription("Where to write it"), Flag.withDefault(".")),
  },
  Effect.fnUntraced(function* ({ name, folder }) {
    const names = Scaffold.namesOf(name);
    if (names === null) return yield* new InputRefused({ message: `"${name}" is no name` });
    const source = join(folder, `${names.file}.ts`);
    const test = join(folder, `${names.file}.test.ts`);
    yield* Effect.promise(() => mkdir(folder, { recursive: true }));
    yield* writeNew(source, Scaffold.strategy(names));
    yield* writeNew(test, Scaffold.test(names));
    const paint = Paint.forStream(process.stdout, process.env["NO_COLOR"]);
    const near = relative(".", source);
    const shown = near.startsWith("..") ? source : near;
    yield* Console.log(
      [
        `${paint.green("✓")} ${shown} and its test`,
        paint.dim(`  strom check ${shown}`),
        paint.dim(`  node --test ${shown.replace(/ts$/, "test.ts")}   (where @strom/core is installed)`),
        paint.dim(`  strom backtest --strategy ${shown} --data FILE.csv`),
        paint.dim(`  STROM_STRATEGIES=${folder} strom up --demo`),
      ].join("\n"),
    );
  }),
).pipe(
  Command.withDescription("Writes a strategy that works, with its test, to start from"),
  Command.withExamples([
    {
      command: 'strom new-strategy "opening range"',
      description: "opening-range.ts and opening-range.test.ts",
    },
  ]),
);
