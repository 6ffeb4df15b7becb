import * as Html from "@strom/apps/telegram/Html.ts";
import type { Notice } from "@strom/apps/telegram/notices/Notice.ts";
import * as Outbox from "@strom/apps/telegram/notices/Outbox.ts";
import * as fc from "fast-check";
import { assert, describe, it } from "vitest";

const pace: Outbox.Pace = { burst: 3, everyMs: 1_000, mostLines: 50 };
const loud = { fills: "on", rejects: "on", errors: "on", daily: "on" } as const;

const notice = (index: number, kind: Notice["kind"] = "fills", length = 40): Notice => ({
  kind,
  html: `#${index}# ${"x".repeat(length)}`,
  group: `group ${index % 3}`,
});

const filledWith = (count: number, box = Outbox.make("0", 0, pace)): Outbox.Outbox => {
  let filled = box;
  for (let index = 1; index <= count; index++) {
    filled = Outbox.add(filled, String(index), notice(index), loud, pace);
  }
  return filled;
};

const indexesOf = (html: string): ReadonlyArray<number> =>
  [...html.matchAll(/#(\d+)#/g)].map(([, index]) => Number(index));

type Step = "add" | "deliver" | "lose";

describe("an outbox", () => {
  it("tells each event once and in order, whatever arrives and whatever does not", () => {
    const steps = fc.array(
      fc.record({
        step: fc.constantFrom<Step>("add", "add", "add", "deliver", "lose"),
        times: fc.integer({ min: 1, max: 30 }),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (script) => {
        const roomy = { ...pace, mostLines: Number.POSITIVE_INFINITY };
        let box = Outbox.make("0", 0, roomy);
        let added = 0;
        let now = 0;
        const told: Array<number> = [];
        for (const { step, times } of [...script, { step: "deliver" as const, times: 10_000 }]) {
          for (let time = 0; time < times; time++) {
            now += 1_000;
            if (step === "add") {
              added += 1;
              box = Outbox.add(box, String(added), notice(added), loud, roomy);
              continue;
            }
            const taken = Outbox.take(box, now, roomy);
            if (taken === null) break;
            const [batch, rest] = taken;
            if (step === "lose") {
              box = Outbox.putBack(rest, batch, roomy);
              continue;
            }
            box = rest;
            told.push(...indexesOf(batch.html));
            assert.strictEqual(
              batch.position,
              String(told.at(-1)),
              "the place is that of the last event told",
            );
          }
        }
        assert.deepStrictEqual(
          told,
          Array.from({ length: added }, (_, index) => index + 1),
        );
      }),
    );
  });

  it("counts every event that it does not list, across any number of lost messages", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(sizes, (bursts) => {
        let box = Outbox.make("0", 0, pace);
        let added = 0;
        for (const burst of bursts) {
          for (let index = 0; index < burst; index++) {
            added += 1;
            box = Outbox.add(box, String(added), notice(added), loud, pace);
          }
          const taken = Outbox.take(box, 0, pace);
          if (taken !== null) box = Outbox.putBack(taken[1], taken[0], pace);
          assert.isAtMost(box.lines.length, pace.mostLines, "memory is bounded");
        }
        assert.strictEqual(Outbox.waiting(box), added);
        let told = 0;
        for (let now = 0; ; now += 1_000) {
          const taken = Outbox.take(box, now, pace);
          if (taken === null) break;
          const [batch, rest] = taken;
          const counted = [...batch.html.matchAll(/^(\d+) × /gm)].reduce(
            (sum, [, count]) => sum + Number(count),
            0,
          );
          told += counted > 0 ? counted : batch.lines.length;
          box = rest;
        }
        assert.strictEqual(told, added);
      }),
    );
  });

  it("never makes a message Telegram would refuse", () => {
    const texts = fc.array(
      fc.record({
        html: fc.string({ unit: "binary", minLength: 1, maxLength: 400 }).map(Html.escape),
        group: fc.string({ unit: "grapheme", maxLength: 60 }),
      }),
      { minLength: 1, maxLength: 150 },
    );
    fc.assert(
      fc.property(texts, (lines) => {
        let box = Outbox.make("0", 0, pace);
        for (const [index, line] of lines.entries()) {
          box = Outbox.add(box, String(index), { kind: "fills", ...line }, loud, pace);
        }
        for (let now = 0; ; now += 1_000) {
          const taken = Outbox.take(box, now, pace);
          if (taken === null) break;
          assert.isAtMost(Html.size(taken[0].html), Html.maxText);
          box = taken[1];
        }
      }),
    );
  });

  it("lets a burst out at once, then one message a second", () => {
    let box = filledWith(200, Outbox.make("0", 0, { ...pace, mostLines: 1_000 }));
    const times: Array<number> = [];
    for (let now = 0; times.length < 5; ) {
      const due = Outbox.dueAt(box, now, pace);
      if (due === null) break;
      if (due > now) {
        now = due;
        continue;
      }
      const taken = Outbox.take(box, now, { ...pace, mostLines: 1_000 });
      if (taken === null) break;
      times.push(now);
      box = taken[1];
      box = Outbox.add(box, "z", notice(1), loud, { ...pace, mostLines: 1_000 });
    }
    assert.deepStrictEqual(times, [0, 0, 0, 1_000, 2_000]);
  });

  it("has nothing due when it holds nothing, though it has seen events not worth telling", () => {
    const off = { ...loud, fills: "off" } as const;
    const box = Outbox.add(Outbox.make("0", 0, pace), "9", notice(1), off, pace);
    assert.isNull(Outbox.dueAt(box, 0, pace));
    assert.isNull(Outbox.take(box, 0, pace));
    assert.strictEqual(box.seen, "9");
  });

  it("is silent only when everything in the message is", () => {
    const mixed = { ...loud, rejects: "silent" } as const;
    const quiet = Outbox.add(Outbox.make("0", 0, pace), "1", notice(1, "rejects"), mixed, pace);
    assert.isTrue(Outbox.take(quiet, 0, pace)?.[0].isSilent);
    const both = Outbox.add(quiet, "2", notice(2, "fills"), mixed, pace);
    assert.isFalse(Outbox.take(both, 0, pace)?.[0].isSilent);
  });

  it("keeps a summary loud when it is put back and merged with silent ones", () => {
    const many = filledWith(80);
    const taken = Outbox.take(many, 0, pace);
    assert.isNotNull(taken);
    const [batch, rest] = taken ?? assert.fail("nothing to take");
    assert.isFalse(batch.isSilent);
    const back = Outbox.putBack(rest, batch, pace);
    assert.isFalse(Outbox.take(back, 0, pace)?.[0].isSilent);
  });
});
