import { Result } from "effect";
import { shown } from "../Problem.ts";
import * as Asked from "./Asked.ts";
import * as Columns from "./Columns.ts";
import type { BarFileInvalid, Collector } from "./FileInvalid.ts";
import { collector, single } from "./FileInvalid.ts";
import * as Series from "./Series.ts";
import * as Timestamp from "./Timestamp.ts";

/**
 * Bars out of CSV text: headers of the common vendors, or none; `,` `;` tab or `|`; quotes, BOM,
 * CRLF; times in ISO, `YYYY-MM-DD HH:mm:ss` (UTC), `YYYYMMDD` or unix s, ms, us. What does not fit
 * is named by file, line and column, and nothing is guessed.
 */

export interface Options extends Series.Options {
  /** Default: the one of `,` `;` tab `|` that the first line has most of. */
  readonly delimiter?: string | undefined;
  /** Default `.`; a `,` needs another delimiter, or quotes. */
  readonly decimalMark?: "." | "," | undefined;
}

const DELIMITERS = [",", ";", "\t", "|"] as const;

const isBuffer = (input: unknown): boolean => input instanceof ArrayBuffer;

/** Null for what is neither text nor bytes, as plain JavaScript may give it. */
const textOf = (input: string | Uint8Array): string | null => {
  if (!(typeof input === "string" || ArrayBuffer.isView(input) || isBuffer(input))) return null;
  if (typeof input === "string") return input.charCodeAt(0) === 0xfeff ? input.slice(1) : input;
  // Excel's "Unicode text" is UTF-16 with a mark; all else is UTF-8, whose mark the decoder drops.
  const isUtf16 = input[0] === 0xff && input[1] === 0xfe;
  return new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(input);
};

/** What a file is that is no text, told by how it begins. */
const otherKind = (text: string): string | null => {
  if (text.startsWith("PAR1")) return "it is Parquet; name it so, with the ending .parquet";
  if (text.startsWith("PK\u0003\u0004"))
    return "it is an archive (zip) or a workbook (xlsx); CSV text is needed";
  if (text.startsWith("\u001f\ufffd")) return "it is compressed (gzip); unpack it first";
  return text.slice(0, 1024).includes("\u0000") ? "it is no text; CSV is needed" : null;
};

const delimiterOf = (line: string): string => {
  const bare = line.replace(/"[^"]*"/g, "");
  let best = ",";
  let most = 0;
  for (const delimiter of DELIMITERS) {
    const count = bare.split(delimiter).length - 1;
    if (count > most) {
      best = delimiter;
      most = count;
    }
  }
  return best;
};

/** Cells of one line, trimmed; `null` when a quote is left open. A doubled quote is a quote. */
const split = (line: string, delimiter: string): ReadonlyArray<string> | null => {
  if (!line.includes('"')) return line.split(delimiter).map((cell) => cell.trim());
  const cells: Array<string> = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i];
    if (char === '"') {
      if (quoted && line[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else {
        quoted = !quoted;
      }
    } else if (char === delimiter && !quoted) {
      cells.push(cell.trim());
      cell = "";
    } else {
      cell += char;
    }
  }
  cells.push(cell.trim());
  return quoted ? null : cells;
};

/** Lines that say something about the file and nothing about a bar: `#` and CryptoDataDownload's address. */
const isRemark = (line: string): boolean => /^\s*(#|https?:\/\/)/.test(line);

interface Line {
  readonly number: number;
  readonly text: string;
}

function* linesOf(text: string): Generator<Line> {
  let start = 0;
  for (let number = 1; start <= text.length; number++) {
    const end = text.indexOf("\n", start);
    const line = text.slice(start, end < 0 ? text.length : end);
    if (line.trim() !== "") yield { number, text: line.endsWith("\r") ? line.slice(0, -1) : line };
    if (end < 0) return;
    start = end + 1;
  }
}

interface Head {
  readonly columns: Columns.Columns;
  readonly delimiter: string;
  /** How many cells a line may have: those of the first line. */
  readonly most: number;
  /** The first line when it is a bar already. */
  readonly firstRow: Line | undefined;
}

/** Whether a first line holds values: a time by which bars may be told, or at least numbers where prices would be. */
const isBar = (cells: ReadonlyArray<string>): boolean =>
  cells.length >= 5 &&
  (Result.isSuccess(Timestamp.parse(cells[0] ?? "")) ||
    cells.slice(cells.length > 5 ? 2 : 1, 5).every((cell) => /^[\d.,+-]*\d[\d.,]*$/.test(cell)));

const headOf = (first: Line, problems: Collector, options: Options): Head | undefined => {
  const delimiter = options.delimiter ?? delimiterOf(first.text);
  const cells = split(first.text, delimiter) ?? [];
  if (isBar(cells) && !Columns.isHeader(cells)) {
    return { columns: Columns.positional(cells), delimiter, most: cells.length, firstRow: first };
  }
  const columns = Columns.find(cells);
  for (const message of Columns.missing(columns)) {
    problems.add({ line: first.number, column: "", value: "", message });
  }
  return problems.count() > 0 ? undefined : { columns, delimiter, most: cells.length, firstRow: undefined };
};

/** The lines that hold bars. */
function* bars(head: Head, lines: Iterable<Line>): Generator<Line> {
  if (head.firstRow !== undefined) yield head.firstRow;
  for (const line of lines) if (!isRemark(line.text)) yield line;
}

/** Every series of a file, by its symbol column where it has one, in order of first appearance. */
export const parseAll = (
  input: string | Uint8Array,
  options: Options = {},
): Result.Result<ReadonlyArray<Series.BarSeries>, BarFileInvalid> => {
  const file = options.file ?? "bars.csv";
  const odd = Asked.refusal(file, options);
  if (odd !== undefined) return Result.fail(odd);
  const problems = collector(file);
  const whole = (message: string) => Result.fail(single(file, { line: 0, column: "", value: "", message }));
  const text = textOf(input);
  if (text === null) return whole(`${shown(input)} is refused: text or its bytes are needed`);
  const kind = otherKind(text);
  if (kind !== null) return whole(kind);
  // Lines of an old Mac end with a carriage return alone.
  const lines = linesOf(text.includes("\n") ? text : text.replaceAll("\r", "\n"));
  let first = lines.next();
  while (first.done !== true && isRemark(first.value.text)) first = lines.next();
  if (first.done === true) return whole("empty: there is no line in it");
  const head = headOf(first.value, problems, options);
  if (head === undefined) return Result.fail(problems.error());

  const { columns, delimiter, most } = head;
  const rows = Series.builder(columns, problems, { ...options, file, mark: options.decimalMark });
  const width = Math.max(...Object.values(columns.index)) + 1;
  const read = (line: Line): void => {
    const cells = split(line.text, delimiter);
    if (cells === null) {
      const message = "a quote is opened and not closed on this line";
      problems.add({ line: line.number, column: "", value: "", message });
    } else if (cells.length < width) {
      const message = `${cells.length} cells where the header asks for ${columns.names.length}`;
      problems.add({ line: line.number, column: "", value: "", message });
    } else if (cells.length > most && cells.slice(most).some((cell) => cell !== "")) {
      // One that is split in two, as 1,234 is, would shift those after it into columns of others.
      const message = `${cells.length} cells where the first line has ${most}; a cell that holds the delimiter ${JSON.stringify(delimiter)} needs quotes`;
      problems.add({ line: line.number, column: "", value: "", message });
    } else {
      rows.push(line.number, cells);
    }
  };
  const inOrder = options.order === "newest first" ? [...bars(head, lines)].reverse() : bars(head, lines);
  for (const line of inOrder) read(line);
  return rows.finish();
};

/** The one series of a file. `options.symbol` picks one where a symbol column holds several. */
export const parse = (
  input: string | Uint8Array,
  options: Options = {},
): Result.Result<Series.BarSeries, BarFileInvalid> =>
  Result.flatMap(parseAll(input, options), (series) => Series.pick(series, options));
