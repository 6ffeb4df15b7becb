import * as Binary from "./Binary.ts";

export const analyze = (): string | null => Binary.find(["systemd-analyze"]);

/** Null when units can be checked here, else what to install. */
export const available = (): string | null =>
  analyze() === null ? "systemd-analyze not found; install systemd" : null;
