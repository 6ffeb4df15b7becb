import { openingRule } from "./Rule.ts";

/** Since the agent's last fill in the symbol, by slot time; exactly the cooldown is enough. */
export const Cooldown = openingRule(
  "cooldown_active",
  ({ sinceFillMs, cooldownSeconds }) => sinceFillMs === null || sinceFillMs >= cooldownSeconds * 1000,
  ({ sinceFillMs, cooldownSeconds }) => ({
    limit: String(cooldownSeconds * 1000),
    base: null,
    value: sinceFillMs === null ? null : String(sinceFillMs),
    text:
      sinceFillMs === null
        ? `the symbol was never filled; the cooldown is ${cooldownSeconds} s`
        : `the last fill in the symbol was ${sinceFillMs} ms ago; the cooldown is ${cooldownSeconds} s`,
  }),
);
