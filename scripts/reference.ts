// `npm run reference`: the API reference of @strom/core as a site in core/dist/reference.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./Checks.ts";
import { program } from "./ReleaseTools.ts";

const { status } = spawnSync(
  process.execPath,
  [program("typedoc/bin/typedoc"), "--options", "typedoc.json"],
  {
    cwd: join(root, "core"),
    stdio: "inherit",
  },
);
process.exitCode = status ?? 1;
