import { Context } from "effect";
import type { Settings } from "../Settings.ts";

/** What the variables say the API takes at most. */
export const Limits: Context.Reference<Pick<Settings, "feedJump">> = Context.Reference(
  "strom/apps/api/Limits",
  { defaultValue: () => ({ feedJump: 2 }) },
);
