import type { Source } from "./Source.ts";

/**
 * The same text with comments, strings and regular expressions blanked, so that a rule on code does not trip over
 * prose. Lines and columns stay. Code inside `${…}` of a template stays too. Not a parser: a slash counts as the start
 * of a regular expression when what precedes it cannot end an operand.
 */
export const only = (source: Source): Source => ({ ...source, text: blank(source.text, false) });

/** Only comments blanked: for rules that read import paths. */
export const withStrings = (source: Source): Source => ({ ...source, text: blank(source.text, true) });

const OPERAND_END = /[\w$)\]}"'`]\s*$/;
const KEYWORD_END = /\b(return|typeof|case|in|of|do|else|void|delete|yield|await)\s*$/;

const blank = (text: string, keepsStrings: boolean): string => {
  let out = "";
  let at = 0;
  // How deep in braces each open `${` is.
  const templates: Array<number> = [];
  let depth = 0;

  const skipTo = (end: number, isKept: boolean): void => {
    const part = text.slice(at, end);
    out += isKept ? part : part.replace(/[^\n]/g, " ");
    at = end;
  };
  const templatePart = (): void => {
    let end = at;
    while (end < text.length) {
      if (text[end] === "\\") end += 2;
      else if (text[end] === "`") {
        skipTo(end + 1, keepsStrings);
        return;
      } else if (text.startsWith("${", end)) {
        skipTo(end + 2, keepsStrings);
        templates.push(depth);
        return;
      } else end++;
    }
    skipTo(end, keepsStrings);
  };

  while (at < text.length) {
    const c = text[at];
    if (text.startsWith("//", at)) skipTo(endOf(text, "\n", at), false);
    else if (text.startsWith("/*", at)) skipTo(endOf(text, "*/", at + 2) + 2, false);
    else if (c === '"' || c === "'") skipTo(quoteEnd(text, at), keepsStrings);
    else if (c === "`") {
      skipTo(at + 1, keepsStrings);
      templatePart();
    } else if (c === "/" && (!OPERAND_END.test(out) || KEYWORD_END.test(out)))
      skipTo(regexEnd(text, at), false);
    else if (c === "}" && templates.at(-1) === depth) {
      templates.pop();
      skipTo(at + 1, keepsStrings);
      templatePart();
    } else {
      if (c === "{") depth++;
      if (c === "}") depth--;
      out += c;
      at++;
    }
  }
  return out;
};

const endOf = (text: string, end: string, from: number): number => {
  const found = text.indexOf(end, from);
  return found === -1 ? text.length : found;
};

const quoteEnd = (text: string, start: number): number => {
  let at = start + 1;
  while (at < text.length && text[at] !== text[start] && text[at] !== "\n") at += text[at] === "\\" ? 2 : 1;
  return at + 1;
};

const regexEnd = (text: string, start: number): number => {
  let isInClass = false;
  for (let at = start + 1; at < text.length && text[at] !== "\n"; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "[") isInClass = true;
    else if (text[at] === "]") isInClass = false;
    else if (text[at] === "/" && !isInClass) return at + 1;
  }
  return start + 1;
};
