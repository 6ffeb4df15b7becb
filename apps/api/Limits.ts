import { Context } from "effect";
import type { Settings } from "../Settings.ts";

/** What the variables say the API takes at most. */
export const Limits: Context.Reference<Pick<Settings, "agentsMax" | "feedJump">> = Context.Reference(
  "strom/apps/api/Limits",
  { defaultValue: () => ({ agentsMax: 20_000, feedJump: 2 }) },
);
