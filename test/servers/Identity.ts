import { readFileSync } from "node:fs";

export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** Who a server runs as when we are root, since Postgres refuses root: `postgres`, else `nobody`. Undefined: as we are. */
export const unprivileged = (): Identity | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const user = users.find(([name]) => name === "postgres") ?? users.find(([name]) => name === "nobody");
  if (user === undefined) throw new Error("running as root, and there is neither a user postgres nor nobody");
  return { uid: Number(user[2]), gid: Number(user[3]) };
};
