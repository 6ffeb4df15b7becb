import { openingRule } from "./Rule.ts";

/** Since the agent's last fill in the symbol, by slot time; exactly the cooldown is enough. */
export const Cooldown = openingRule(
  "cooldown_active",
  ({ sinceFillMs, profile }) => sinceFillMs === null || sinceFillMs >= profile.cooldown_seconds * 1000,
  ({ sinceFillMs, profile: { cooldown_seconds } }) => ({
    limit: String(cooldown_seconds * 1000),
    base: null,
    value: sinceFillMs === null ? null : String(sinceFillMs),
    text:
      sinceFillMs === null
        ? `the symbol was never filled; the cooldown is ${cooldown_seconds} s`
        : `the last fill in the symbol was ${sinceFillMs} ms ago; the cooldown is ${cooldown_seconds} s`,
  }),
);
