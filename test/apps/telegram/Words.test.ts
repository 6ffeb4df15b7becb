import * as Asking from "@strom/apps/telegram/Asking.ts";
import * as Buttons from "@strom/apps/telegram/Buttons.ts";
import * as EquityChart from "@strom/apps/telegram/chart/EquityChart.ts";
import * as Figures from "@strom/apps/telegram/Figures.ts";
import * as Html from "@strom/apps/telegram/Html.ts";
import * as Table from "@strom/apps/telegram/Table.ts";
import * as Text from "@strom/apps/telegram/Text.ts";
import { Id } from "@strom/core";
import { Redacted } from "effect";
import * as fc from "fast-check";
import { PNG } from "pngjs";
import { assert, describe, it } from "vitest";
import * as Markup from "../../servers/telegram/Markup.ts";

const anything = fc.string({ unit: "binary", maxLength: 200 });

describe("a text from outside", () => {
  it("reads the same after it was escaped, whatever it holds", () => {
    fc.assert(
      fc.property(anything, (text) => {
        assert.strictEqual(Markup.plain(Html.escape(text), "HTML"), text);
        assert.strictEqual(Html.visible(Html.bold(text)), text);
      }),
    );
  });

  it("becomes one line without marks that would turn the line around", () => {
    fc.assert(
      fc.property(anything, (text) => {
        const line = Text.inline(text, 30);
        assert.notMatch(line, /[\n\r\u2028\u2029\u202a-\u202e]/);
        assert.isAtMost([...new Intl.Segmenter().segment(line)].length, 32);
      }),
    );
  });

  it("is cut between characters as a reader counts them", () => {
    assert.strictEqual(Text.inline("👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 2), "👩‍👩‍👧‍👦…");
    assert.strictEqual(Text.inline("e\u0301e\u0301e\u0301", 3), "e\u0301e\u0301e\u0301");
    assert.strictEqual(Text.inline("شكرا"), "\u2068شكرا\u2069");
    assert.strictEqual(Text.inline("a\u202eb\nc"), "ab c");
  });
});

describe("a message", () => {
  it("made of lines never exceeds its limit, and says what it left out", () => {
    const lines = fc.array(anything.map(Html.escape), { maxLength: 60 });
    fc.assert(
      fc.property(lines, fc.integer({ min: 100, max: 4096 }), (all, max) => {
        const fitted = Html.fit(all, max);
        assert.isAtMost(Html.size(fitted), max);
        if (fitted !== all.join("\n")) assert.match(fitted, /… and \d+ more$/);
      }),
    );
  });
});

describe("a table", () => {
  it("keeps its columns in line for wide and narrow scripts", () => {
    const lines = Table.lines(
      ["left", "right"],
      [
        ["agent", "equity"],
        ["動量", "1"],
        ["momentum", "100,000.00"],
      ],
    );
    assert.deepStrictEqual(lines, ["agent         equity", "動量               1", "momentum  100,000.00"]);
  });
});

describe("figures", () => {
  it("are grouped, rounded half to even, and signed", () => {
    assert.strictEqual(Figures.money("100000"), "100,000.00");
    assert.strictEqual(Figures.money("-1234.565"), "-1,234.56");
    assert.strictEqual(Figures.change("12.3"), "+12.30");
    assert.strictEqual(Figures.change("-0.004"), "0.00");
    assert.strictEqual(Figures.change("0"), "0.00");
    assert.strictEqual(Figures.exact("64123.500000"), "64,123.5");
    assert.strictEqual(Figures.exact("100.000000"), "100");
    assert.strictEqual(Figures.exact("0.000001"), "0.000001");
    assert.strictEqual(Figures.percent(0.0123), "1.23 %");
    assert.strictEqual(Figures.difference("100.10", "100.30"), "-0.2");
    assert.strictEqual(Figures.sum(["0.1", "0.2"]), "0.3");
    assert.strictEqual(Figures.duration(93_784_000), "1 d 2 h");
    assert.strictEqual(Figures.duration(400), "0 s");
  });
});

describe("a command", () => {
  it("is read with its arguments in any script", () => {
    assert.deepStrictEqual(Asking.parse("/trades momentum 5"), { name: "trades", args: "momentum 5" });
    assert.deepStrictEqual(Asking.parse("  /STATUS@strom_bot  動量 🚀 "), {
      name: "status",
      args: "動量 🚀",
    });
    assert.deepStrictEqual(Asking.parse("/start\nabc\ndef"), { name: "start", args: "abc\ndef" });
    assert.isNull(Asking.parse("status"));
    assert.isNull(Asking.parse("/"));
    assert.isNull(Asking.parse("//status"));
  });

  it("is never more than it should be", () => {
    fc.assert(
      fc.property(anything, (text) => {
        const written = Asking.parse(`/${text}`);
        if (written !== null) assert.match(written.name, /^[a-z0-9_]{1,32}$/);
      }),
    );
  });
});

describe("a button", () => {
  const buttons = Buttons.make(Redacted.make("secret"));
  const asker = { chatId: 2 ** 51, userId: 2 ** 51 };
  const agentId = Id.AgentId.make(Id.derive("agent", 1));
  const now = Date.UTC(2026, 0, 31);

  it("never carries more than 64 bytes", () => {
    const about = (act: Buttons.Act) => (act === "stopall" || act === "unlink" ? null : agentId);
    const datas = [
      ...Buttons.acts.map((act) => buttons.confirm("x", act, asker, about(act), now)[0]?.[0]?.data ?? ""),
      buttons.choose("x", "startagent", agentId).data,
      buttons.more("x", "strategies", asker, "a".repeat(400), "c".repeat(200)).data,
    ];
    for (const data of datas) assert.isAtMost(Buffer.byteLength(data), 64, data);
  });

  it("comes back as what it was", () => {
    for (const act of Buttons.acts) {
      const data = buttons.confirm("x", act, asker, agentId, now)[0]?.[0]?.data ?? "";
      assert.deepInclude(buttons.read(data, asker, now), { _tag: "Confirmed", act, agentId });
    }
    const chosen = buttons.choose("x", "status", agentId).data;
    assert.deepStrictEqual(buttons.read(chosen, asker, now), { _tag: "Chosen", command: "status", agentId });
    const more = buttons.more("x", "trades", asker, "args", "cursor").data;
    assert.deepStrictEqual(buttons.read(more, asker, now), {
      _tag: "More",
      command: "trades",
      args: "args",
      cursor: "cursor",
    });
    assert.strictEqual(buttons.read(more, { chatId: 1, userId: 1 }, now)._tag, "Expired");
  });

  it("made with another token, for another person or in another chat is a forgery", () => {
    const data = buttons.confirm("x", "stopall", asker, null, now)[0]?.[0]?.data ?? "";
    const other = Buttons.make(Redacted.make("another"));
    assert.strictEqual(other.read(data, asker, now)._tag, "Forged");
    assert.strictEqual(buttons.read(data, { ...asker, userId: 1 }, now)._tag, "Forged");
    assert.strictEqual(buttons.read(data, { ...asker, chatId: 1 }, now)._tag, "Forged");
    assert.strictEqual(buttons.read(data, asker, now + Buttons.confirmWithinMs + 1_000)._tag, "Expired");
  });

  it("of any data at all does not confirm anything", () => {
    fc.assert(
      fc.property(anything, (data) => {
        for (const text of [data, `c.${data}`, `c.stopall.${data}`]) {
          assert.notStrictEqual(buttons.read(text, asker, now)._tag, "Confirmed");
        }
      }),
    );
  });
});

describe("a chart", () => {
  const points = (equities: ReadonlyArray<number>) =>
    equities.map((equity, index) => ({ at: 1_769_850_000_000 + index * 60_000, equity }));
  const colours = (png: Uint8Array) => {
    const { data, width, height } = PNG.sync.read(Buffer.from(png));
    assert.deepStrictEqual([width, height], [800, 420]);
    let [green, red] = [0, 0];
    for (let at = 0; at < data.length; at += 4) {
      const [r = 0, g = 0, b = 0] = data.subarray(at, at + 3);
      if (r === 24 && g === 128 && b === 56) green += 1;
      if (r === 197 && g === 34 && b === 31) red += 1;
    }
    return { green, red };
  };

  it("is green at or above the capital and red below", () => {
    const gain = colours(EquityChart.draw(points([100, 99, 101]), 100) ?? assert.fail());
    const loss = colours(EquityChart.draw(points([100, 101, 99]), 100) ?? assert.fail());
    assert.isAbove(gain.green, 500);
    assert.strictEqual(gain.red, 0);
    assert.isAbove(loss.red, 500);
    assert.strictEqual(loss.green, 0);
  });

  it("is drawn for one point, for a flat line, for tiny and for huge equity", () => {
    for (const equities of [[100_000], [5, 5, 5], [0.000001, 0.000002], [1e12, 2e12], [-5, 5], [0, 0]]) {
      colours(EquityChart.draw(points(equities), 1) ?? assert.fail());
    }
    assert.isNull(EquityChart.draw([], 100));
  });

  it("is the same picture for the same points", () => {
    const [a, b] = [EquityChart.draw(points([1, 2, 3]), 2), EquityChart.draw(points([1, 2, 3]), 2)];
    assert.deepStrictEqual(a, b);
  });
});
