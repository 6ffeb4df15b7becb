import type { Html } from "./Html.ts";
import { html } from "./Html.ts";

/** One self-contained page: no script, no font, no request; light or dark as the reader prefers. */

const style = `
:root { color-scheme: light dark; --ink: #1a2230; --paper: #fbfcfd; --faint: #66758c; --rule: #dde3ea; --main: #1f6feb; --other: #9a6700; --fall: #cf222e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9f0; --paper: #10151c; --faint: #8b98ab; --rule: #263140; --main: #58a6ff; --other: #d29922; --fall: #ff7b72; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1040px; padding: 2rem 1.5rem 4rem; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.6rem; } h2 { margin: 2.2rem 0 .6rem; font-size: 1.1rem; }
p.sub { margin: .2rem 0 0; color: var(--faint); }
figure { margin: 1.4rem 0 0; } figcaption { font-weight: 600; } figcaption span { margin-left: 1rem; font-weight: 400; }
figcaption span::before { content: "— "; } span.main { color: var(--main); } span.other { color: var(--other); }
svg { width: 100%; height: auto; } svg text.scale { fill: var(--faint); font-size: 12px; } svg .grid { stroke: var(--rule); }
svg path { fill: none; stroke-width: 1.5; } svg path.main { stroke: var(--main); } svg path.other { stroke: var(--other); }
svg path.fall { fill: var(--fall); fill-opacity: .25; stroke: var(--fall); stroke-width: 1; } svg path.band { fill: var(--main); fill-opacity: .15; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .28rem .7rem .28rem 0; border-bottom: 1px solid var(--rule); text-align: left; white-space: nowrap; } th { color: var(--faint); font-weight: 500; }
td.number, th.number { text-align: right; } .grid-of { display: grid; grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); column-gap: 2rem; }
footer { margin-top: 2.5rem; color: var(--faint); font-size: 13px; overflow-wrap: anywhere; }
`;

export interface Page {
  readonly title: string;
  readonly subtitle: string;
  readonly parts: ReadonlyArray<Html>;
  readonly footer: string;
}

export const page = ({ title, subtitle, parts, footer }: Page): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${{ html: style }}</style>
</head>
<body>
<h1>${title}</h1>
<p class="sub">${subtitle}</p>
${parts}
<footer>${footer}</footer>
</body>
</html>
`.html;

export const heading = (text: string): Html => html`<h2>${text}</h2>`;

/** Names and values in as many columns as fit. */
export const figures = (groups: ReadonlyArray<ReadonlyArray<readonly [string, string]>>): Html =>
  html`<div class="grid-of">${groups.map(
    (group) =>
      html`<table>${group.map(([name, value]) => html`<tr><td>${name}</td><td class="number">${value}</td></tr>`)}</table>`,
  )}</div>`;

/** A table; the columns named in `numbers` are aligned to the right. */
export const table = (
  header: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
  numbers: ReadonlyArray<string> = [],
): Html => {
  const kind = (column: number): string => (numbers.includes(header[column] ?? "") ? "number" : "");
  return html`<div class="scroll"><table>
<tr>${header.map((name, i) => html`<th class="${kind(i)}">${name}</th>`)}</tr>
${rows.map((row) => html`<tr>${row.map((cell, i) => html`<td class="${kind(i)}">${cell}</td>`)}</tr>`)}
</table></div>`;
};
