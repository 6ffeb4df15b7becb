import { defineConfig } from "vitest/config";

/**
 * Which test runs where. Two cores are assumed: files of the pure and the shell suites run three at a time, since many
 * of them wait; then the page, which waits too, beside the simulation; suites that start servers and processes run one
 * after the other, after everything else.
 *
 * - `tidy`       the rules of the house
 * - `core`       pure: no isolation between files, because there is nothing they could share
 * - `shell`      adapters and apps in one process, nothing but Node needed
 * - `simulation` the whole system in one process under a test clock
 * - `servers`    contracts and services; parts that need a real server skip themselves (test/servers/Needs.ts)
 * - `browser`    the page, in a real Chromium
 */
const second = 1000;

interface Project {
  readonly name: string;
  readonly include: ReadonlyArray<string>;
  readonly order: number;
  readonly workers: number;
  readonly timeoutSeconds: number;
  readonly isolate: boolean;
}

const projects: ReadonlyArray<Project> = [
  { name: "tidy", include: ["test/*.test.ts"], order: 0, workers: 3, timeoutSeconds: 30, isolate: false },
  {
    name: "core",
    include: ["test/core/**/*.test.ts"],
    order: 0,
    workers: 3,
    timeoutSeconds: 60,
    isolate: false,
  },
  {
    name: "shell",
    include: ["test/{adapters,apps,migrations,bench,scripts}/**/*.test.ts"],
    order: 0,
    workers: 3,
    timeoutSeconds: 90,
    isolate: true,
  },
  {
    name: "simulation",
    include: ["test/simulation/**/*.test.ts"],
    order: 1,
    workers: 2,
    timeoutSeconds: 900,
    isolate: true,
  },
  {
    name: "servers",
    include: ["test/{servers,contracts,services}/**/*.test.ts"],
    order: 2,
    workers: 1,
    timeoutSeconds: 120,
    isolate: true,
  },
  {
    name: "browser",
    include: ["test/browser/**/*.test.ts"],
    order: 1,
    workers: 2,
    timeoutSeconds: 120,
    isolate: true,
  },
];

export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: projects.map(({ name, include, order, workers, timeoutSeconds, isolate }) => ({
      test: {
        name,
        include: [...include],
        // A process of its own, so that a suite that crashes takes nothing else with it.
        pool: "forks",
        isolate,
        maxWorkers: workers,
        sequence: { groupOrder: order },
        testTimeout: timeoutSeconds * second,
        hookTimeout: 60 * second,
        teardownTimeout: 10 * second,
        setupFiles: ["test/PropertyRuns.ts"],
      },
    })),
  },
});
