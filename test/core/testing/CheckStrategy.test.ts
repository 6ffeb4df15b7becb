import type { Bar, Strategy } from "@strom/core";
import { Catalog } from "@strom/core";
import type { Options, Property } from "@strom/core/testing";
import { checkStrategy, inspectStrategy, StrategyBroken } from "@strom/core/testing";
import { assert, describe, it } from "vitest";
import * as Broken from "./BrokenStrategies.ts";

const runs = Number(process.env.STROM_PROPERTY_RUNS ?? "25");

const broken = (strategy: Strategy.Any, options: Options = {}): StrategyBroken => {
  try {
    checkStrategy(strategy, { runs: 100, ...options });
  } catch (cause) {
    if (cause instanceof StrategyBroken) return cause;
    throw cause;
  }
  throw new Error(`${strategy.key} was not caught`);
};

const feed: Array<Bar.Bar> = Array.from({ length: 80 }, (_, i) => {
  const close = 100 + ((i * 7) % 11);
  return {
    symbol: "X",
    from: i * 60_000,
    to: (i + 1) * 60_000,
    open: close,
    high: close,
    low: close,
    close,
    volume: 1,
    ticks: 1,
  };
});

type Case = readonly [
  what: string,
  strategy: Strategy.Any,
  property: Property,
  sentence: RegExp,
  options?: Options,
];

/** Ways to ask for the zone and the language of a machine, each with what it is told. */
const zones = (
  [
    [
      "formatting",
      /language by Intl\.DateTimeFormat\(\)/,
      (at) => Number(new Intl.DateTimeFormat("en-GB", { hour: "2-digit" }).format(at)),
    ],
    [
      "printing",
      /language by toLocaleString\(\).*toFixed/,
      (at) => (at.toLocaleString().includes(",") ? 1 : 13),
    ],
    ["comparing", /language by localeCompare\(\).* with </, (at) => 12 * "b".localeCompare(String(at))],
    [
      "parsing",
      /local time by Date\.parse\("\d.*name their zone/,
      (at) => (Date.parse(new Date(at).toISOString().slice(0, 19)) - at) / 3_600_000,
    ],
    [
      "reading",
      /local time by new Date\("\d/,
      (at) => new Date(`${new Date(at).toISOString().slice(0, 10)} 00:00`).getUTCHours(),
    ],
  ] satisfies ReadonlyArray<readonly [string, RegExp, (at: number) => number]>
).map(
  ([what, sentence, hourOf]): Case => [
    `asks the machine by ${what}`,
    Broken.asksTheMachine(what, hourOf),
    "purity",
    sentence,
  ],
);

const cases: ReadonlyArray<Case> = [
  [
    "peeks ahead through a cache of earlier runs",
    Broken.peeksThroughCache(),
    "prefix invariance",
    /array or a cache/,
  ],
  [
    "peeks ahead in the array the bars come from",
    Broken.peeksThroughArray(feed),
    "prefix invariance",
    /looks ahead/,
    { bars: feed },
  ],
  ["asks the clock", Broken.asksTheClock, "purity", /calls Date\.now\(\).*bar\.to/],
  ["makes a date of now", Broken.makesADate, "purity", /calls new Date\(\)/],
  ["rolls dice", Broken.rollsDice, "purity", /calls Math\.random\(\).*seed/],
  ["rolls dice of its own", Broken.rollsHiddenDice, "purity", /two answers|variable of its own/],
  ["changes its state in place", Broken.mutatesState, "purity", /changes state \(closes\[0\].*\.\.\.state/],
  [
    "changes the bar",
    Broken.mutatesBar,
    "purity",
    /changes (bar \(close: |something it was given .*'close')/,
  ],
  ["keeps what it remembers outside of its state", Broken.forgetsState, "purity", /variable of its own/],
  [
    "forgets it in a restart",
    Broken.forgetsState,
    "state round-trip",
    /restarted agent would have forgotten/,
  ],
  ["divides by a range of zero", Broken.divesByZero, "totality", /feature position NaN.*division/],
  ["is surer than sure", Broken.tooSure, "totality", /confidence 1\.\d+; it is a number from 0 to 1/],
  ["speaks before it is warm", Broken.speaksTooSoon, "warm-up", /speaks on bar \d+ .* asks for \d+ bars/],
  ["throws on a gap", Broken.throwsOnAGap, "totality", /threw "bars must be contiguous".*every valid bar/],
  ["throws on a doji without volume", Broken.throwsOnADoji, "totality", /threw "no direction"/],
  ["asks for the time zone", Broken.asksTheTimeZone, "purity", /local time by getHours\(\).*getUTCHours/],
  ...zones,
  [
    "keeps what it remembers of each symbol outside of its state",
    Broken.remembersBySymbol,
    "purity",
    /beside another agent of the same symbol/,
  ],
  [
    "forgets what it remembers of a symbol in a restart",
    Broken.remembersBySymbol,
    "state round-trip",
    /restarted agent would have forgotten/,
  ],
  ["keeps a Map in its state", Broken.keepsAMap, "state round-trip", /closes: a Map.*plain objects/],
  ["keeps a Date in its state", Broken.keepsADate, "state round-trip", /at: a Date/],
  [
    "keeps undefined in its state",
    Broken.keepsUndefined,
    "state round-trip",
    /last: undefined.*null for what is not known/,
  ],
  [
    "compares amounts though it declares to be scale-free",
    Broken.comparesAmounts,
    "scale",
    /times \d+ .* ratios/,
  ],
  [
    "remembers forever though it declares to forget",
    Broken.remembersForever,
    "warm-up",
    /feature mean .* tolerance/,
  ],
  ["scans otherwise than it steps", Broken.scansOtherwise, "scan", /step and scan disagree/],
  ["scans bars it is not asked about", Broken.scansOn, "scan", /no bar from \d+ on|step and scan/],
  [
    "scans only some of the bars it is asked about",
    Broken.scansLazily,
    "scan",
    /without a decision; it goes on/,
  ],
];

describe("a strategy that", () => {
  it.each(cases.map((one) => ({ what: one[0], one })))(
    "$what is caught, with a sentence for its author",
    ({ one: [, strategy, property, sentence, options] }) => {
      const { report, message } = broken(strategy, options);
      const failure = report.failures.find((one) => one.property === property);
      assert.match(failure?.sentence ?? message, sentence);
      assert.include(message, "again: checkStrategy(strategy, { seed: 42");
    },
  );
});

describe("a counterexample", () => {
  it("is the smallest one: one flat bar for a range of zero", () => {
    const { message, report } = broken(Broken.divesByZero);
    assert.equal(report.failures[0]?.bars.length, 1);
    // Where "bar 0" in its sentence is found.
    assert.match(message, /at bar 0 [\s\S]* on 1 bar, the first of them bar 0:/);
  });

  it("is seen again by its seed, path and property alone", () => {
    const [first] = broken(Broken.throwsOnAGap).report.failures;
    if (first === undefined) throw new Error("no failure");
    const again = broken(Broken.throwsOnAGap, { seed: first.seed, path: first.path, only: [first.during] });
    assert.deepEqual(again.report.failures[0]?.bars, first.bars);
  });

  it("is found alike on every run", () => {
    assert.equal(broken(Broken.comparesAmounts).message, broken(Broken.comparesAmounts).message);
  });
});

describe("checking", () => {
  it("lets a sound strategy pass", () => {
    const report = checkStrategy(Broken.sound);
    assert.deepEqual(report.warnings, []);
    assert.deepEqual(
      report.checks.filter((check) => check.status === "broken"),
      [],
    );
  });

  it("leaves the clock, the dice and the author's bars as they were", () => {
    const before = [
      Date,
      Date.now,
      Math.random,
      performance.now,
      Math.log,
      crypto.randomUUID,
      Intl.DateTimeFormat,
      String.prototype.localeCompare,
      globalThis.setTimeout,
    ];
    const bars = structuredClone(feed);
    inspectStrategy(Broken.rollsDice, { bars });
    inspectStrategy(Broken.peeksThroughArray(bars), { bars });
    assert.deepEqual(bars, feed);
    const after = [
      Date,
      Date.now,
      Math.random,
      performance.now,
      Math.log,
      crypto.randomUUID,
      Intl.DateTimeFormat,
      String.prototype.localeCompare,
      globalThis.setTimeout,
    ];
    assert.isTrue(before.every((value, i) => value === after[i]));
  });

  it("lets dates be read from texts that say all", () => {
    const reads = Broken.define<null>("reads_dates", {
      init: () => null,
      step: (_, bar) => {
        const iso = new Date(bar.from).toISOString();
        const texts = [iso, iso.slice(0, 10), iso.slice(0, 7), new Date(bar.from).toUTCString()];
        const zoned = `${iso.slice(0, 16)}+02:00`;
        const all = [...texts.map((text) => Date.parse(text)), new Date(zoned).getTime()];
        return [null, Broken.say("BUY", { sum: all.reduce((sum, at) => sum + at, 0) })];
      },
    });
    assert.deepEqual(checkStrategy(reads).failures, []);
  });

  it("says when nothing was tried, because the strategy never speaks", () => {
    const silent = Broken.define<null>("silent", { init: () => null, step: () => [null, null] });
    assert.match(checkStrategy(silent).warnings.join(), /never decided/);
  });

  it("warns of arithmetic that differs between engines", () => {
    const logs = Broken.define<null>("logs", {
      init: () => null,
      step: (_, bar) => [null, Broken.say("BUY", { log: Math.log(bar.close) })],
    });
    assert.match(checkStrategy(logs).warnings.join(), /Math\.log\(\)/);
  });

  it("says when a parameter changes nothing, and when a state grows for ever", () => {
    assert.deepEqual(checkStrategy(Broken.ignoresItsWindow).warnings, [
      "its parameter window never changed a decision; is it used?",
    ]);
    const [warning, ...others] = checkStrategy(Broken.keepsAll).warnings;
    assert.match(warning ?? "", /^its state grows: \d+ characters of JSON after \d+ bars, \d+ after \d+\./);
    assert.isEmpty(others);
  });

  it("does not say of the engine what the strategy alone is to blame for", () => {
    const { report } = broken(Broken.throwsOnAGap);
    assert.deepEqual(
      report.failures.map(({ property }) => property),
      ["totality"],
    );
    const limits = report.checks.find(({ property }) => property === "limits");
    assert.deepEqual(
      [limits?.status, limits?.reason],
      ["skipped", "cannot be told while totality is broken"],
    );
  });

  it("refuses parameters that the strategy refuses", () => {
    assert.match(
      broken(Broken.sound, { params: { window: 99 } }).message,
      /options\.params are refused.*window/,
    );
  });

  it("stops when its time is up", () => {
    const report = inspectStrategy(Broken.sound, { runs: 1_000_000, budgetMs: 200 });
    assert.isTrue(report.checks.every((check) => check.runs < 1_000_000));
  });
});

describe("the built-in strategy", () => {
  it.each(Catalog.builtIn.map((strategy) => [strategy.key, strategy] as const))(
    "%s keeps every promise",
    (_, strategy) => {
      const report = checkStrategy(strategy, { runs });
      assert.deepEqual(report.warnings, []);
    },
    60_000 + runs * 20,
  );
});
