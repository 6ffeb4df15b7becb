// The door of every npm script. Plain JavaScript without dependencies, because it runs before anything is
// installed, on whatever Node the user has. It installs what the lock file says when that is needed, then
// hands over to the Node this project is pinned to.

/** A slot leaves much behind that nobody needs a moment later: with room for it, little of it is ever copied. */
const ROOM = "--max-semi-space-size=32";

const COMMANDS = {
  start: [ROOM, "apps/strom.ts", "up", "--demo"],
  strom: [ROOM, "apps/strom.ts"],
  test: ["scripts/test.ts"],
  check: ["scripts/check.ts"],
  bench: [ROOM, "bench/main.ts"],
  mutants: ["scripts/mutants.ts"],
  torture: [ROOM, "test/services/torture.ts"],
  pack: ["scripts/pack-core.ts"],
  reference: ["scripts/reference.ts"],
};

const fail = (message) => {
  console.error(`strom: ${message}`);
  process.exit(1);
};

const [name, ...args] = process.argv.slice(2);
const major = Number(process.versions.node.split(".")[0]);

if (major < 20) {
  fail(
    `Node ${process.versions.node} is too old to install STROM. Node 20 or newer is enough; it then brings the Node it runs on.`,
  );
} else if (!Object.hasOwn(COMMANDS, name)) {
  fail(`"${name}" is not a script. It is one of: ${Object.keys(COMMANDS).join(", ")}.`);
} else {
  // Imported only now: an older Node could not even read it.
  import("./Installation.mjs")
    .then(async ({ ensureInstalled }) => {
      const { handOver } = await import("./Handover.mjs");
      const { root, node } = await ensureInstalled();
      handOver(node, [...COMMANDS[name], ...args], root);
    })
    .catch((error) => fail(error.message));
}
