import * as Chart from "@strom/apps/cli/Chart.ts";
import * as Progress from "@strom/apps/cli/Progress.ts";
import * as Table from "@strom/apps/cli/Table.ts";
import { assert, describe, it } from "vitest";

describe("a chart", () => {
  const label = (value: number) => value.toFixed(0);

  it("rises where the curve rises, with its scale at the left", () => {
    const values = Array.from({ length: 16 }, (_, i) => 100 + i);
    assert.deepEqual(Chart.draw(values, { columns: 8, rows: 4, label }), [
      "115 ┤⠀⠀⠀⠀⠀⠀⡠⠊",
      "    ┤⠀⠀⠀⠀⡠⠊⠀⠀",
      "106 ┤⠀⠀⡠⠊⠀⠀⠀⠀",
      "100 ┤⡠⠊⠀⠀⠀⠀⠀⠀",
    ]);
  });

  it("has no hole where the curve jumps", () => {
    const lines = Chart.draw([0, 0, 0, 100, 100, 100], { columns: 3, rows: 4, label });
    assert.isTrue(lines.every((line) => /[^\u2800]/.test(line.slice(line.indexOf("┤") + 1))));
  });

  it("hangs a drawdown from the top", () => {
    const lines = Chart.draw([0, -0.1, -0.2, 0], {
      columns: 2,
      rows: 2,
      label: (v) => `${(v * 100).toFixed(0)} %`,
      isHanging: true,
    });
    assert.deepEqual(lines, ["  0 % ┤⢹⡏", "-20 % ┤⠈⡇"]);
  });

  it("draws a flat curve, a single value and nothing at all", () => {
    assert.equal(Chart.draw([5, 5, 5], { columns: 4, rows: 3, label }).length, 3);
    assert.equal(Chart.draw([5], { columns: 4, rows: 3, label }).length, 3);
    assert.deepEqual(Chart.draw([], { columns: 4, rows: 3, label }), []);
  });
});

describe("a progress bar", () => {
  const screenOf = (isTTY: boolean) => {
    const written: Array<string> = [];
    return { written, screen: { isTTY, columns: 80, write: (text: string) => written.push(text) } };
  };

  it("is for a person who watches, and for nobody else", () => {
    const { written, screen } = screenOf(false);
    const progress = Progress.make("bars", screen);
    progress.show(0.5, "half");
    progress.clear();
    assert.deepEqual(written, []);
  });

  it("is drawn a few times a second, and taken away in the end", () => {
    const { written, screen } = screenOf(true);
    let time = 0;
    const progress = Progress.make("bars", screen, () => time);
    progress.show(0, "first");
    progress.show(0.1, "too soon");
    time = 60;
    progress.show(0.5, "half");
    progress.clear();
    assert.equal(written.length, 3);
    assert.match(written[1] ?? "", /bars █{15}░{15} {2}50 % {2}half$/);
  });
});

describe("a table", () => {
  it("aligns its columns, numbers to the right, and counts no colours", () => {
    const rows = [
      ["\u001b[32mSharpe\u001b[0m", "1.25"],
      ["Drawdown", "-12.50 %"],
    ];
    assert.deepEqual(Table.lines(rows, ["left", "right"]), [
      "\u001b[32mSharpe\u001b[0m        1.25",
      "Drawdown  -12.50 %",
    ]);
  });
});
