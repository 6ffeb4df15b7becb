import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Console, Effect, Option } from "effect";
import { Flag } from "effect/cli";
import * as Json from "../Json.ts";
import { InputRefused } from "../Refusal.ts";

/** Where a report goes: to the terminal, to a program, or into a page. */
export const flags = {
  json: Json.isWanted,
  out: Flag.String("out").pipe(
    Flag.withDescription("Writes the report as one HTML page as well"),
    Flag.optional,
  ),
} as const;

const reasonOf = (cause: unknown): string => {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, "code") : undefined;
  if (code === "EISDIR") return "it is a folder; name a file in it, such as report.html";
  if (code === "EEXIST" || code === "ENOTDIR") return "a file is where its folder should be";
  if (code === "EACCES" || code === "EROFS") return "this user may not write there";
  return cause instanceof Error ? cause.message : String(cause);
};

/** Writes the page where it was asked for, then prints the report in the form that was asked for. */
export const print = Effect.fnUntraced(function* (
  asked: { readonly json: boolean; readonly out: Option.Option<string> },
  forms: { readonly text: () => string; readonly json: () => unknown; readonly page: () => string },
) {
  if (Option.isSome(asked.out)) {
    const path = asked.out.value;
    yield* Effect.tryPromise({
      try: async () => {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, forms.page());
      },
      catch: (cause) => new InputRefused({ message: `--out ${path} cannot be written: ${reasonOf(cause)}` }),
    });
    yield* Console.error(`wrote ${path}`);
  }
  yield* Console.log(asked.json ? Json.text(forms.json()) : forms.text());
});
