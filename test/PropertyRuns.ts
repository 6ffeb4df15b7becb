import * as fc from "fast-check";

/**
 * How many times each property is tried: `STROM_PROPERTY_RUNS`, else 100. `npm test` sets 1,000,
 * `npm run check` few enough to stay under a minute, a torture run 100,000.
 */
const runs = Number(process.env.STROM_PROPERTY_RUNS ?? "100");
if (!Number.isInteger(runs) || runs < 1) {
  throw new Error(
    `STROM_PROPERTY_RUNS must be a whole number of at least 1, but is "${process.env.STROM_PROPERTY_RUNS}"`,
  );
}

fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns: runs });
