import { writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Console, Effect, Option } from "effect";
import { Flag } from "effect/cli";
import * as Folder from "../Folder.ts";
import * as Given from "../Given.ts";
import * as Json from "../Json.ts";
import { InputRefused } from "../Refusal.ts";

/** Where a report goes: to the terminal, to a program, or into a page. */
export const flags = {
  json: Json.isWanted,
  out: Given.text("out", "the name of a file, such as report.html").pipe(
    Flag.withDescription("Writes the report as one HTML page as well"),
    Flag.optional,
  ),
} as const;

/** Writes the page where it was asked for, then prints the report in the form that was asked for. */
export const print = Effect.fnUntraced(function* (
  asked: { readonly json: boolean; readonly out: Option.Option<string> },
  forms: { readonly text: () => string; readonly json: () => unknown; readonly page: () => string },
) {
  if (Option.isSome(asked.out)) {
    const path = asked.out.value;
    yield* Folder.make(dirname(path)).pipe(
      Effect.andThen(Effect.tryPromise({ try: () => writeFile(path, forms.page()), catch: Folder.reasonOf })),
      Effect.mapError(
        (reason) => new InputRefused({ message: `--out ${path} cannot be written: ${reason}` }),
      ),
    );
    yield* Console.error(`wrote ${path}`);
  }
  yield* Console.log(asked.json ? Json.text(forms.json()) : forms.text());
});
