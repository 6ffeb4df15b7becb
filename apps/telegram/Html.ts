/**
 * Text in the HTML that Telegram understands. Everything that comes from outside passes through `escape`; what is
 * returned here is markup and is not escaped again.
 */
export const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

export const bold = (text: string): string => `<b>${escape(text)}</b>`;
export const code = (text: string): string => `<code>${escape(text)}</code>`;
export const pre = (text: string): string => `<pre>${escape(text)}</pre>`;

/** What Telegram lets a message have, counted after the markup is taken out. */
export const maxText = 4096;
export const maxCaption = 1024;

/** What a reader sees of it. */
export const visible = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

/** How much of a message it takes, in UTF-16 units: never less than Telegram counts. */
export const size = (html: string): number => visible(html).length;

/**
 * As many of the lines as fit into one message, each complete in itself, with `rest` in place of those that do not.
 * Markup must not span lines.
 */
export const fit = (
  lines: ReadonlyArray<string>,
  max: number,
  rest: (left: number) => string = (left) => `… and ${left} more`,
): string => {
  const whole = lines.join("\n");
  if (size(whole) <= max) return whole;
  const room = max - size(rest(lines.length)) - 1;
  let used = 0;
  let shown = 0;
  for (const line of lines) {
    used += size(line) + 1;
    if (used > room) break;
    shown += 1;
  }
  return [...lines.slice(0, shown), rest(lines.length - shown)].join("\n");
};
