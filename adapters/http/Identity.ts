import type { Id } from "@strom/core";
import { Context } from "effect";
import { HttpApiMiddleware } from "effect/http-api";
import * as Problem from "./Problem.ts";

export type Role = "trader" | "viewer" | "admin" | "feeder";

/** Who is calling. `id` is the row in `users`; everything a user owns hangs on it. */
export class CurrentUser extends Context.Service<
  CurrentUser,
  {
    readonly id: Id.UserId;
    readonly email: string;
    readonly roles: ReadonlyArray<Role>;
    /** The Telegram chat the bot asks for, when it is the bot that asks. */
    readonly chatId?: number;
  }
>()("strom/http/CurrentUser") {}

/** Finds out who is calling before a handler runs. Each way of identifying people is one layer of it. */
export class Identity extends HttpApiMiddleware.Service<Identity, { provides: CurrentUser }>()(
  "strom/http/Identity",
  { error: [Problem.Unauthenticated, Problem.Forbidden] },
) {}
