import type { Catalog } from "@strom/core";
import { RuntimeStore } from "@strom/core/ports";
import { Effect } from "effect";

/** What running agents ask for and these strategies do not hold, as a sentence; null when they have all. */
export const sentence = Effect.fnUntraced(function* (catalog: Catalog.Catalog) {
  const store = yield* RuntimeStore;
  const found = yield* store.strangers(catalog.strategies.map(({ id }) => id));
  if (found.length === 0) return null;
  const counts = [...Map.groupBy(found, ({ key }) => key)].map(([key, of]) => `${key} of ${of.length}`);
  return `running agents have strategies this process does not: ${counts.join(", ")}`;
});

/** Says so, loudly, where there are any. Not a reason to stop: one agent is no reason to let all the others stand. */
export const warn = Effect.fnUntraced(function* (catalog: Catalog.Catalog) {
  const found = yield* sentence(catalog);
  if (found === null) return;
  yield* Effect.logError(
    `${found}. Their slots fail where they fall to it: give it the STROM_STRATEGIES of the others, or stop those agents`,
  );
});
