import type * as Checks from "./Checks.ts";
import type * as Suites from "./Suites.ts";

/**
 * The end of a run in plain words. Its last line is `N passed, N failed, N skipped`, counting each test and each
 * static check once.
 */
export const of = (checks: ReadonlyArray<Checks.Outcome>, suites: Suites.Outcome): ReadonlyArray<string> => {
  const broken = checks.filter(({ isPassed }) => !isPassed);
  return [
    "",
    ...checks.map(({ name, isPassed }) => `${isPassed ? "ran" : "FAILED"}: ${name}`),
    ...[...suites.ran]
      .filter(([, tests]) => tests > 0)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([room, tests]) => `ran: ${room} (${tests} ${tests === 1 ? "test" : "tests"})`),
    ...suites.leftOut.map(({ suite, reason }) => `left out: ${suite} (${reason})`),
    "",
    [
      `${suites.passed + checks.length - broken.length} passed`,
      `${suites.failed + broken.length} failed`,
      ...(suites.skipped > 0 ? [`${suites.skipped} skipped`] : []),
    ].join(", "),
  ];
};

export const isPassed = (checks: ReadonlyArray<Checks.Outcome>, suites: Suites.Outcome): boolean =>
  suites.isPassed && checks.every((check) => check.isPassed);
