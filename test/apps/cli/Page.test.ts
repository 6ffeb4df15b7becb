import { html } from "@strom/apps/cli/page/Html.ts";
import * as Page from "@strom/apps/cli/page/Page.ts";
import { plot } from "@strom/apps/cli/page/Plot.ts";
import { assert, describe, it } from "vitest";

const curve = Float64Array.from({ length: 100_000 }, (_, i) => 100 + (i === 50_000 ? 900 : i / 1000));

describe("a report page", () => {
  it("escapes whatever it is given", () => {
    const evil = `<script>alert("x")</script>`;
    const text = Page.page({
      title: evil,
      subtitle: evil,
      parts: [Page.heading(evil), Page.table([evil], [[evil]]), Page.figures([[[evil, evil]]])],
      footer: evil,
    });
    assert.notInclude(text, "<script");
    assert.equal(
      html`<a title="${evil}">`.html,
      '<a title="&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;">',
    );
  });

  it("asks for nothing from anywhere", () => {
    const text = Page.page({
      title: "Backtest",
      subtitle: "",
      parts: [
        plot({
          title: "Equity",
          from: "a",
          to: "b",
          lines: [{ name: "equity", kind: "main", values: curve }],
          label: String,
        }),
      ],
      footer: "",
    });
    assert.notMatch(text, /https?:|src=|url\(|@import/);
  });

  it("draws a long curve with few points and keeps its spike", () => {
    const lines = [{ name: "equity", kind: "main" as const, values: curve }];
    const drawn = plot({
      title: "Equity",
      from: "a",
      to: "b",
      lines,
      label: (value) => value.toFixed(0),
    }).html;
    assert.isBelow(drawn.length, 40_000);
    assert.include(drawn, ">1000<");
  });

  it("draws a fall to its lowest and a band between two curves", () => {
    const lines = [{ name: "fall", kind: "fall" as const, values: [0, -0.1, -0.05] }];
    const bands = [
      [
        [1, 1],
        [1.2, 1.4],
      ],
    ] as const;
    const drawn = plot({ title: "Drawdown", from: "", to: "", lines, label: String, bands }).html;
    assert.match(drawn, /class="fall" d="M[^"]*Z"/);
    assert.match(drawn, /class="band" d="M[^"]*Z"/);
  });
});
