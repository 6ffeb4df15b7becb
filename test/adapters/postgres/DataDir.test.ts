import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { assert, describe, it } from "@effect/vitest";
import * as DataDir from "@strom/adapters/postgres/DataDir.ts";
import { Effect, Exit } from "effect";

const holder = path.join(import.meta.dirname, "DataDirHolder.ts");

const temporary = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "strom-datadir-"))),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true })),
);

interface Holder {
  readonly child: ChildProcess;
  /** The first line it printed. */
  readonly said: string;
}

const gone = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once("exit", () => resolve()));

/** Starts a process on the folder and waits for what it says. */
const start = (folder: string) =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<Holder>((resolve) => {
          const child = spawn(process.execPath, [holder, folder], { stdio: ["ignore", "pipe", "inherit"] });
          let said = "";
          child.stdout.on("data", (chunk: Buffer) => {
            said += chunk.toString();
            if (said.includes("\n")) resolve({ child, said: said.trim() });
          });
          // Not "exit": that may come before what it said.
          child.once("close", () => resolve({ child, said: said.trim() }));
        }),
    ),
    ({ child }) =>
      Effect.promise(async () => {
        child.kill("SIGKILL");
        await gone(child);
      }),
  );

const refusal = (folder: string) => Effect.flip(Effect.scoped(DataDir.open(folder)));

/** Names and contents of everything in a folder. */
const contents = (folder: string): ReadonlyArray<string> =>
  fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const file = path.join(folder, name);
      return fs.statSync(file).isFile() ? `${name}: ${fs.readFileSync(file, "utf8")}` : name;
    });

const NOBODY = 65_534;

/** Root may write everywhere, so for a while it is nobody. */
const asNobody = Effect.acquireRelease(
  Effect.sync(() => {
    if (process.getuid?.() === 0) process.seteuid?.(NOBODY);
  }),
  () =>
    Effect.sync(() => {
      if (process.getuid?.() === 0) process.seteuid?.(0);
    }),
);

describe("the data directory", () => {
  it.live("is made when it is not there, and taken again after it was given back", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "not", "yet", "there");
      for (const _ of [1, 2]) {
        const dir = yield* Effect.scoped(DataDir.open(folder));
        assert.strictEqual(dir.database, path.join(folder, "postgres"));
      }
      assert.strictEqual(
        JSON.parse(fs.readFileSync(path.join(folder, "strom.json"), "utf8")).product,
        "strom",
      );
    }).pipe(Effect.scoped),
  );

  it.live("is refused when it is in use, by this process or another, naming its pid", () =>
    Effect.gen(function* () {
      const folder = yield* temporary;
      const { child, said } = yield* start(folder);
      assert.strictEqual(said, "held");
      const refused = yield* refusal(folder);
      assert.strictEqual(refused.reason, "InUse");
      assert.include(refused.message, `process ${child.pid} is using it`);
      const own = path.join(folder, "own");
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* DataDir.open(own);
          assert.include((yield* refusal(own)).message, `process ${process.pid} is using it`);
        }),
      );
    }).pipe(Effect.scoped),
  );

  it.live("is free the moment its holder is killed", () =>
    Effect.gen(function* () {
      const folder = yield* temporary;
      for (const _ of [1, 2, 3]) {
        const { child, said } = yield* start(folder);
        assert.strictEqual(said, "held");
        child.kill("SIGKILL");
        yield* Effect.promise(() => gone(child));
      }
      yield* Effect.scoped(DataDir.open(folder));
    }).pipe(Effect.scoped),
  );

  it.live(
    "is held by one of 20 that start at once",
    () =>
      Effect.gen(function* () {
        const folder = path.join(yield* temporary, "new");
        const said = (yield* Effect.all(
          Array.from({ length: 20 }, () => start(folder)),
          { concurrency: 20 },
        )).map((one) => one.said);
        assert.strictEqual(said.filter((line) => line === "held").length, 1);
        assert.strictEqual(said.filter((line) => line.startsWith("InUse ")).length, 19);
      }).pipe(Effect.scoped),
    60_000,
  );

  it.live("may lie under a path longer than any socket's", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "a".repeat(120), "b".repeat(120));
      const { said } = yield* start(folder);
      assert.strictEqual(said, "held");
      assert.strictEqual((yield* refusal(folder)).reason, "InUse");
    }).pipe(Effect.scoped),
  );

  const marker = (layout: unknown): string =>
    JSON.stringify({ product: "strom", layout, created_at: "2026-01-01T00:00:00.000Z" });

  const strange: ReadonlyArray<
    readonly [what: string, file: string, text: string, reason: string, says: string]
  > = [
    ["holds someone else's files", "holiday.jpg", "…", "Foreign", "not ours (it holds holiday.jpg)"],
    [
      "holds a marker of something else",
      "strom.json",
      '{"product":"other"}',
      "Foreign",
      "strom.json is not ours",
    ],
    ["holds a marker that is no JSON", "strom.json", "{", "Foreign", "strom.json is not ours"],
    [
      "is from a newer version",
      "strom.json",
      marker(2),
      "Newer",
      "(layout 2, this one knows 1); update strom",
    ],
  ];
  for (const [what, file, text, reason, says] of strange)
    it.live(`is refused, and left as it was, when it ${what}`, () =>
      Effect.gen(function* () {
        const folder = yield* temporary;
        fs.writeFileSync(path.join(folder, file), text);
        const before = contents(folder);
        const refused = yield* refusal(folder);
        assert.strictEqual(refused.reason, reason);
        assert.include(refused.message, says);
        assert.include(refused.message, folder);
        assert.deepStrictEqual(contents(folder), before);
      }).pipe(Effect.scoped),
    );

  it.live("is refused when it is a file, or under one", () =>
    Effect.gen(function* () {
      const file = path.join(yield* temporary, "file");
      fs.writeFileSync(file, "");
      assert.strictEqual((yield* refusal(file)).reason, "NotAFolder");
      assert.strictEqual((yield* refusal(path.join(file, "under"))).reason, "NotAFolder");
    }).pipe(Effect.scoped),
  );

  it.live("is refused where the file system makes no folders", () =>
    Effect.gen(function* () {
      // Linux makes none there, macOS has no such place.
      assert.strictEqual((yield* refusal("/proc/nope")).reason, "NotWritable");
    }),
  );

  it.live("is refused when it may not be written", () =>
    Effect.gen(function* () {
      const folder = yield* temporary;
      fs.chmodSync(folder, 0o555);
      yield* asNobody;
      assert.strictEqual((yield* refusal(path.join(folder, "new"))).reason, "NotWritable");
      assert.strictEqual((yield* refusal(folder)).reason, "NotWritable");
    }).pipe(Effect.scoped),
  );

  it.live("is ours again after a start that was killed before it could say so", () =>
    Effect.gen(function* () {
      const folder = yield* temporary;
      fs.writeFileSync(path.join(folder, "strom.json.draft"), "{");
      fs.writeFileSync(path.join(folder, "lock"), "");
      assert.isTrue(Exit.isSuccess(yield* Effect.exit(Effect.scoped(DataDir.open(folder)))));
    }).pipe(Effect.scoped),
  );
});
