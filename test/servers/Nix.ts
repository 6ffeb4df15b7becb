import * as Binary from "./Binary.ts";

/** Null when flakes can be evaluated here, else what to install. */
export const available = (): string | null =>
  Binary.find(["nix"]) === null ? "nix not found; install it (Debian: nix-bin)" : null;
