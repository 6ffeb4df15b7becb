import type { Effect } from "effect";
import { Context } from "effect";
import type { UserId } from "../Id.ts";
import type { DatabaseUnavailable } from "./Database.ts";

/** Who has an account. */
export class Users extends Context.Service<
  Users,
  {
    /** The user of an e-mail address, made when first seen. Addresses differ in letters, not in case. */
    readonly byEmail: (email: string) => Effect.Effect<UserId, DatabaseUnavailable>;
  }
>()("strom/ports/Users") {}
