import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import { Catalog } from "@strom/core";
import { Console, Effect, Predicate } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import * as Folder from "./Folder.ts";
import * as Paint from "./Paint.ts";
import { InputRefused } from "./Refusal.ts";
import * as Scaffold from "./Scaffold.ts";

/** A folder of their own: everything in STROM_STRATEGIES is code that is run at the start. */
const FOLDER = "strategies";

/** Writes a file that must not be there yet. */
const writeNew = (path: string, content: string) =>
  Effect.tryPromise({
    try: () => writeFile(path, content, { flag: "wx" }),
    catch: (cause) => {
      const isThere = Predicate.hasProperty(cause, "code") && cause.code === "EEXIST";
      const reason = isThere
        ? "is there already; choose another name, or remove it"
        : `cannot be written: ${Folder.reasonOf(cause)}`;
      return new InputRefused({ message: `${path} ${reason}` });
    },
  });

/** STROM would not start over a folder with two strategies of one key. */
const refuseBuiltIn = (name: string, key: string) =>
  Catalog.builtIn.some((strategy) => strategy.key === key)
    ? Effect.fail(
        new InputRefused({
          message: `"${name}" has the key ${key}, which is that of a built-in strategy; choose another name, such as "my ${name}"`,
        }),
      )
    : Effect.void;

const isFound = (file: string): boolean => {
  try {
    return createRequire(resolve(file)).resolve("@strom/core/testing") !== "";
  } catch {
    return false;
  }
};

/** As a word of a shell, and from where the user stands unless that leads out of it. */
const near = (path: string): string => {
  const short = relative(".", path) || ".";
  const shown = short.startsWith("..") ? path : short;
  return /^[\w./@:+,-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
};

/** What to do next, as it can be typed where the user stands: npm says through which of its doors we came. */
const nextSteps = (folder: string, source: string, test: string): ReadonlyArray<string> => {
  const isInstalled = process.env["npm_command"] === "exec";
  const strom = isInstalled ? "npx strom" : "npm run strom --";
  return [
    `${strom} check ${near(source)}`,
    // By way of npx it is the Node that came with STROM, which runs TypeScript as it is.
    ...(isFound(test) ? [`npx node --test ${near(test)}`] : []),
    `${strom} backtest --strategy ${near(source)} --data FILE.csv`,
    `STROM_STRATEGIES=${near(folder)} ${isInstalled ? "npx strom up --demo" : "npm start"}`,
  ];
};

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
    folder: Flag.String("folder").pipe(
      Flag.withDescription(`Where to write it; made when it is not there; default ${FOLDER}`),
      Flag.withDefault(FOLDER),
    ),
  },
  Effect.fnUntraced(function* ({ name, folder }) {
    const names = Scaffold.namesOf(name);
    if (names === null) return yield* new InputRefused({ message: `"${name}" is no name` });
    yield* refuseBuiltIn(name, names.key);
    if (folder.trim() === "") {
      return yield* new InputRefused({
        message: `--folder "${folder}": the name of a folder is needed, such as ${FOLDER}`,
      });
    }
    yield* Folder.make(folder).pipe(
      Effect.mapError(
        (reason) =>
          new InputRefused({
            message: `--folder ${folder} cannot be made: ${reason}; name a folder, such as ${FOLDER}`,
          }),
      ),
    );
    const source = join(folder, `${names.file}.ts`);
    const test = join(folder, `${names.file}.test.ts`);
    yield* writeNew(source, Scaffold.strategy(names));
    yield* writeNew(test, Scaffold.test(names));
    const paint = Paint.forStream(process.stdout, process.env["NO_COLOR"]);
    yield* Console.log(
      [
        `${paint.green("✓")} ${near(source)} and its test`,
        ...nextSteps(folder, source, test).map((line) => paint.dim(`  ${line}`)),
      ].join("\n"),
    );
  }),
).pipe(
  Command.withDescription("Writes a strategy that works, with its test, to start from"),
  Command.withExamples([
    {
      command: 'strom new-strategy "opening range"',
      description: "strategies/opening-range.ts and strategies/opening-range.test.ts",
    },
  ]),
);
