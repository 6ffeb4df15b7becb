// `npm run mutants`: breaks a copy of the checkout in ten ways, one after the other, and shows which suite noticed.
// `npm run mutants -- money` only those whose name has the word. Each suite must pass before its mutant counts.
import { hunt, nameOf, run } from "./mutants/Hunt.ts";
import { mutants } from "./mutants/Mutants.ts";
import * as Tree from "./mutants/Tree.ts";

const words = process.argv.slice(2);
const asked = mutants.filter(({ name }) => words.every((word) => name.includes(word)));
if (asked.length === 0) {
  console.error(`no mutant's name has ${words.map((word) => `"${word}"`).join(" and ")}. There are:`);
  for (const { name } of mutants) console.error(`  ${name}`);
  process.exit(1);
}
const { folder, remove } = Tree.copy();
process.once("SIGINT", () => {
  remove();
  process.exit(130);
});
try {
  const suites = new Map(asked.map((mutant) => [JSON.stringify(mutant.suite), mutant]));
  let isSound = true;
  for (const mutant of suites.values()) {
    const { isPassed, text } = run(folder, mutant);
    if (isPassed) continue;
    isSound = false;
    console.log(`${nameOf(mutant)} fails with nothing broken:\n${text.slice(-2_000)}`);
  }
  let caught = 0;
  for (const mutant of isSound ? asked : []) {
    const { name, by, outcome, seconds, detail } = hunt(folder, mutant);
    if (outcome === "caught") caught += 1;
    const mark = outcome === "caught" ? "✓" : "✗";
    console.log(
      `${mark} ${name.padEnd(32)} ${outcome.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s  ${by}`,
    );
    if (detail !== "") console.log(detail);
  }
  console.log(`\n${caught} of ${asked.length} caught`);
  process.exitCode = caught === asked.length ? 0 : 1;
} finally {
  remove();
}
