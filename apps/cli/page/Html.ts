/** Text that is HTML already; everything else is escaped on its way in. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | ReadonlyArray<Html>;

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => escapes[char] ?? char);

const render = (part: Part): string => {
  if (typeof part === "string") return escape(part);
  if (typeof part === "number") return String(part);
  return "html" in part ? part.html : part.map(render).join("");
};

/** A template whose values cannot break out of it. */
export const html = (texts: TemplateStringsArray, ...parts: ReadonlyArray<Part>): Html => ({
  html: texts.map((text, i) => text + (i < parts.length ? render(parts[i] ?? "") : "")).join(""),
});
