// `npm test`: every check and every suite this machine can run, then plainly what was left out.
// `npm test -- FILTER…` hands the filter (and any flag) to vitest and leaves the static checks out.
import * as Checks from "./Checks.ts";
import * as Suites from "./Suites.ts";
import * as Summary from "./Summary.ts";

const args = process.argv.slice(2);
const checks = args.length === 0 ? await Checks.run() : [];
const suites = await Suites.run(args, 1000);
for (const line of Summary.of(checks, suites)) console.log(line);
process.exitCode = Summary.isPassed(checks, suites) ? 0 : 1;
