import { badRequest } from "./Refusal.ts";

/** The text a reader sees, after the entities are taken out; refuses what Telegram cannot parse. */
export const plain = (text: string, mode: string | undefined): string => {
  if (mode === undefined || mode === "") return text;
  if (mode.toLowerCase() === "html") return html(text);
  if (mode.toLowerCase() === "markdownv2") return markdown(text);
  throw badRequest("unsupported parse_mode");
};

const tags = new Set(
  "b strong i em u ins s strike del span tg-spoiler a tg-emoji code pre blockquote".split(" "),
);
const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

const cannotParse = (why: string) => badRequest(`can't parse entities: ${why}`);
const byteOffset = (text: string, at: number) => Buffer.byteLength(text.slice(0, at));

const html = (text: string): string => {
  const open: Array<string> = [];
  let seen = "";
  for (let at = 0; at < text.length; ) {
    const char = text.charAt(at);
    if (char === "&") {
      const entity = /^&(?:#(\d+)|#x([\da-f]+)|(\w+));/i.exec(text.slice(at));
      const [whole = "&", decimal, hex, name] = entity ?? [];
      const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
      seen += Number.isNaN(code) ? (named[name ?? ""] ?? whole) : String.fromCodePoint(code);
      at += whole.length;
      continue;
    }
    if (char !== "<") {
      seen += char;
      at += 1;
      continue;
    }
    const tag = /^<(\/?)([a-z][a-z0-9-]*)((?:\s+[a-z-]+(?:=(?:"[^"]*"|'[^']*'|[^\s>]+))?)*)\s*>/i.exec(
      text.slice(at),
    );
    const [whole = "<", slash = "", name = ""] = tag ?? [];
    if (tag === null || !tags.has(name.toLowerCase())) {
      throw cannotParse(`Unsupported start tag "${name}" at byte offset ${byteOffset(text, at)}`);
    }
    if (slash === "") {
      open.push(name.toLowerCase());
    } else if (open.pop() !== name.toLowerCase()) {
      throw cannotParse(`Unmatched end tag at byte offset ${byteOffset(text, at)}`);
    }
    at += whole.length;
  }
  const unclosed = open.pop();
  if (unclosed !== undefined)
    throw cannotParse(`Can't find end tag corresponding to start tag "${unclosed}"`);
  return seen;
};

const reserved = "_*[]()~`>#+-=|{}.!";

/** Enough of MarkdownV2 to refuse what is not escaped: bold, italic, underline, strike, code, pre. */
const markdown = (text: string): string => {
  const open: Array<string> = [];
  let seen = "";
  for (let at = 0; at < text.length; ) {
    const char = text.charAt(at);
    const mark = ["```", "__", "||", "*", "_", "~", "`"].find((each) => text.startsWith(each, at));
    const isInCode = open.at(-1) === "`" || open.at(-1) === "```";
    if (char === "\\" && at + 1 < text.length) {
      seen += text.charAt(at + 1);
      at += 2;
    } else if (mark !== undefined && (!isInCode || mark === open.at(-1))) {
      if (open.at(-1) === mark) open.pop();
      else open.push(mark);
      at += mark.length;
    } else if (reserved.includes(char) && !isInCode) {
      throw cannotParse(`Character '${char}' is reserved and must be escaped with the preceding '\\'`);
    } else {
      seen += char;
      at += 1;
    }
  }
  if (open.length > 0) throw cannotParse(`Can't find end of the entity starting with ${open.at(-1)}`);
  return seen;
};
