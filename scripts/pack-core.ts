// `npm run pack`: builds @strom/core into core/dist/strom-core-VERSION.tgz, checked by publint and by
// "are the types wrong".
import { spawnSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { root } from "./Checks.ts";
import { pack, stageCore } from "./Package.ts";
import { program } from "./ReleaseTools.ts";

const areTypesRight = (tarball: string): boolean => {
  const args = [program("@arethetypeswrong/cli/dist/index.js"), tarball, "--profile", "esm-only", "--quiet"];
  return spawnSync(process.execPath, args, { stdio: "inherit" }).status === 0;
};

const stage = await stageCore();
try {
  const { messages, pkg } = await publint({ pkgDir: stage, strict: true, pack: "npm" });
  for (const message of messages) console.error(`✗ ${formatMessage(message, pkg, { color: false })}`);
  const tarball = await pack(stage, join(root, "core/dist"));
  const isSound = messages.length === 0 && areTypesRight(tarball);
  console.log(`${isSound ? "✓" : "✗"} ${relative(root, tarball)}`);
  if (!isSound) process.exitCode = 1;
} finally {
  await rm(stage, { recursive: true, force: true });
}
