import { spawnSync } from "node:child_process";

/** Null when npm can fetch packages (or has them in its cache), else what is missing. Asked once. */
export const available = (): string | null => {
  answer ??= ask();
  return answer.reason;
};

let answer: { readonly reason: string | null } | undefined;

const ask = () => {
  const { status } = spawnSync("npm", ["view", "effect@4.1.0", "version", "--prefer-offline"], {
    stdio: "ignore",
    timeout: 60_000,
    shell: process.platform === "win32",
  });
  return { reason: status === 0 ? null : "no package registry reachable; connect npm to one" };
};
