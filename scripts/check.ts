// `npm run check`: what should be green before every commit, in under a minute: format, lint, types, the rules
// of the house, and the tests of the core, with few runs of each property. `npm test` runs all of them.
import * as Checks from "./Checks.ts";
import * as Suites from "./Suites.ts";
import * as Summary from "./Summary.ts";

const projects = ["tidy", "core"].map((name) => `--project=${name}`);
const checks = await Checks.run();
const suites = await Suites.run([...projects, ...process.argv.slice(2)], 25);
for (const line of Summary.of(checks, suites)) console.log(line);
process.exitCode = Summary.isPassed(checks, suites) ? 0 : 1;
