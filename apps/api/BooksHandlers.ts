import { CurrentUser } from "@strom/adapters/http/Identity.ts";
import { StromApi } from "@strom/adapters/http/StromApi.ts";
import type { Id } from "@strom/core";
import type { AgentNotFound, BookRows, DatabaseUnavailable, Page, Slice } from "@strom/core/ports";
import { Books } from "@strom/core/ports";
import { Effect, Struct } from "effect";
import { HttpApiBuilder } from "effect/http-api";
import * as Cursor from "./Cursor.ts";
import * as Failures from "./Failures.ts";

type Query = BookRows.Filter & {
  readonly limit?: number;
  readonly cursor?: string;
  readonly every_seconds?: number;
};

/** Every list of the books is read the same way: whose, which rows, which page. */
const list =
  <A>(
    read: (
      owned: BookRows.Owned,
      filter: BookRows.CurveFilter,
      slice: Slice,
    ) => Effect.Effect<Page<A>, AgentNotFound | DatabaseUnavailable>,
  ) =>
  ({ params, query }: { readonly params: { readonly id: Id.AgentId }; readonly query: Query }) =>
    Effect.gen(function* () {
      const user = yield* CurrentUser;
      const slice = yield* Cursor.slice(query);
      const { every_seconds: everySeconds, ...rest } = Struct.omit(query, ["limit", "cursor"]);
      const filter = everySeconds === undefined ? rest : { ...rest, everySeconds };
      return Cursor.page(yield* read({ userId: user.id, agentId: params.id }, filter, slice));
    }).pipe(Effect.catchTags(Failures.read));

export const layer = HttpApiBuilder.group(
  StromApi,
  "books",
  Effect.fn(function* (handlers) {
    const books = yield* Books;
    return handlers.handleAll({
      runs: list(books.runs),
      signals: list(books.signals),
      orders: list(books.orders),
      trades: list(books.trades),
      positions: list(books.positions),
      pnl: list(books.pnl),
      riskDecisions: list(books.riskDecisions),
    });
  }),
);
