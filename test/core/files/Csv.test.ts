import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "@strom/core/files";
import { Csv, Parquet, Timestamp } from "@strom/core/files";
import { Result } from "effect";
import fc from "fast-check";
import { assert, describe, it } from "vitest";
import { marketData, requires } from "../../servers/Needs.ts";

const DAY = 86_400_000;
const T0 = Date.UTC(2018, 3, 4);

/** A well-formed file of `count` daily bars, with the lines replaced that a case names (1-based). */
const file = (count: number, lines: Readonly<Record<number, string>> = {}): string => {
  const all = ["ts,open,high,low,close,volume"];
  for (let i = 0; i < count; i++) {
    all.push(`${new Date(T0 + i * DAY).toISOString()},${10 + i},${12 + i},${9 + i},${11 + i},100`);
  }
  for (const [line, text] of Object.entries(lines)) all[Number(line) - 1] = text;
  return `${all.join("\n")}\n`;
};

const bars = (text: string | Uint8Array, options: Csv.Options = {}) => {
  const result = Csv.parse(text, options);
  if (Result.isFailure(result)) throw new Error(result.failure.message);
  return result.success;
};

const problems = (text: string | Uint8Array, options: Csv.Options = {}): ReadonlyArray<Problem> => {
  const result = Csv.parse(text, options);
  if (Result.isSuccess(result)) throw new Error(`read ${result.success.bars.length} bars`);
  return result.failure.problems;
};

const day = (offset: number): string => new Date(T0 + offset * DAY).toISOString();

describe("a file of bars", () => {
  it("becomes bars that start where the row says and end where the next may start", () => {
    const series = bars(file(3), { file: "dir/spy-1d.csv" });
    assert.equal(series.symbol, "SPY");
    assert.equal(series.intervalMs, DAY);
    assert.deepEqual(series.bars[1], {
      symbol: "SPY",
      from: T0 + DAY,
      to: T0 + 2 * DAY,
      open: 11,
      high: 13,
      low: 10,
      close: 12,
      volume: 100,
      ticks: 4,
    });
  });

  it("may stamp its rows at the close instead", () => {
    const [first] = bars(file(3), { stamp: "close" }).bars;
    assert.deepEqual([first?.from, first?.to], [T0 - DAY, T0]);
  });

  it.each([
    [
      "Yahoo",
      "Date,Open,High,Low,Close,Adj Close,Volume\n2018-04-04,1,3,0.5,2,1.9,7\n2018-04-05,1,3,0.5,2,1.9,7\n",
    ],
    [
      "Binance with a header",
      "open_time,open,high,low,close,volume,close_time,quote_volume,count\n1522800000000,1.00000000,3.00000000,0.50000000,2.00000000,7.00000000,1522886399999,1,1\n1522886400000,1.00000000,3.00000000,0.50000000,2.00000000,7.00000000,1522972799999,1,1\n",
    ],
    [
      "Binance without one",
      "1522800000000,1,3,0.5,2,7,1522886399999,1,1\n1522886400000,1,3,0.5,2,7,1522972799999,1,1\n",
    ],
    ["Binance in microseconds", "1522800000000000,1,3,0.5,2,7\n1522886400000000,1,3,0.5,2,7\n"],
    [
      "CryptoDataDownload",
      "https://www.CryptoDataDownload.com\nunix,date,symbol,open,high,low,close,Volume BTC,Volume USD\n1522800000,2018-04-04 00:00:00,BTC/USD,1,3,0.5,2,7,99\n1522886400,2018-04-05 00:00:00,BTC/USD,1,3,0.5,2,7,99\n",
    ],
    [
      "CryptoCompare",
      "time,high,low,open,volumefrom,volumeto,close\n1522800000,3,0.5,1,7,99,2\n1522886400,3,0.5,1,7,99,2\n",
    ],
    ["short names", "T,O,H,L,C,V\n1522800000,1,3,.5,2,7\n1522886400,1,3,.5,2,7\n"],
    ["Stooq", "Date,Open,High,Low,Close,Volume\r\n20180404,1,3,0.5,2,7\r\n20180405,1,3,0.5,2,7\r\n\r\n\r\n"],
    [
      "MetaTrader",
      "<DATETIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<VOL>\n2018.04.04 00:00:00\t1\t3\t0.5\t2\t7\n2018.04.05 00:00:00\t1\t3\t0.5\t2\t7\n",
    ],
    [
      "MetaTrader 5",
      "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\n2018.04.04\t00:00:00\t1\t3\t0.5\t2\t7\n2018.04.05\t00:00:00\t1\t3\t0.5\t2\t7\n",
    ],
    ["MetaTrader 4", "2018.04.04,0:00,1,3,0.5,2,7\n2018.04.05,00:00,1,3,0.5,2,7\n"],
    ["an old Mac", "Date,Open,High,Low,Close,Volume\r2018-04-04,1,3,0.5,2,7\r2018-04-05,1,3,0.5,2,7\r"],
    ["HistData", "20180404 000000;1;3;0.5;2;7\n20180405 000000;1;3;0.5;2;7\n"],
    [
      "pandas",
      "timestamp,open,high,low,close,volume\n2018-04-04 00:00:00+00:00,1e0,3.0,5e-01,2.0,7e+00\n2018-04-05 02:00:00+0200,1,3,0.5,2,7\n",
    ],
    [
      "quotes",
      '"Time","Open","High","Low","Close","Volume"\n"2018-04-04","1","3","0.5","2","7"\n"2018-04-05","1","3","0.5","2","7"\n',
    ],
  ])("is read as %s writes it", (_, text) => {
    const series = bars(text);
    assert.deepEqual(
      series.bars.map(({ from, open, high, low, close, volume }) => [from, open, high, low, close, volume]),
      [
        [T0, 1, 3, 0.5, 2, 7],
        [T0 + DAY, 1, 3, 0.5, 2, 7],
      ],
    );
  });

  it("may use a decimal comma between semicolons", () => {
    const text = "Date;Open;High;Low;Close\n2018-04-04;1,25;3,5;0,5;2\n2018-04-05;1;3;0,5;2\n";
    assert.equal(bars(text, { decimalMark: "," }).bars[0]?.open, 1.25);
    assert.match(problems(text)[0]?.message ?? "", /decimalMark/);
  });

  it.each([
    ["12.345;14;11,5;13;7", "open", /write it without points, as 12345$/],
    ["12,5;1.234,5;11,5;13;7", "high", /without points, as 1234,5$/],
    ["12,5;14;11.5;13;7", "low", /read with decimalMark: "\."$/],
    ["12,5;14;11,5;13;1.234", "volume", /without points, as 1234$/],
    ["12,5;14;11,5;13;1.5", "volume", /read with decimalMark: "\."$/],
  ])("with a decimal comma refuses a point, which may be either mark: %s", (cells, column, message) => {
    const text = `ts;open;high;low;close;volume\n2018-04-04;1;3;0,5;2;7\n2018-04-05;${cells}\n`;
    const [only, ...others] = problems(text, { decimalMark: "," });
    assert.deepEqual([only?.line, only?.column, others], [3, column, []]);
    assert.match(only?.message ?? "", message);
  });

  it("may have more cells than its header only where they are empty", () => {
    assert.equal(bars(file(3, { 3: `${day(1)},11,13,10,12,1,,` })).bars.length, 3);
    const wide = "1522800000,1,3,0.5,2,7,9\n1522886400,1,3,0.5,2,7,9,9\n";
    assert.match(problems(wide)[0]?.message ?? "", /8 cells where the first line has 7/);
  });

  it("may begin with a byte order mark, in UTF-8 and in UTF-16", () => {
    const utf8 = new TextEncoder().encode(`\ufeff${file(2)}`);
    const utf16 = new Uint8Array(Buffer.from(`\ufeff${file(2)}`, "utf16le"));
    assert.equal(bars(`\ufeff${file(2)}`).bars.length, 2);
    assert.equal(bars(utf8).bars.length, 2);
    assert.equal(bars(utf16).bars.length, 2);
  });

  it("tells its interval by the most common difference and reports the gaps", () => {
    const text = file(8, { 5: "", 6: "" });
    const series = bars(text);
    assert.equal(series.intervalMs, DAY);
    assert.deepEqual(series.gaps, [{ from: T0 + 3 * DAY, to: T0 + 5 * DAY, missing: 2, line: 7 }]);
    assert.match(problems(text, { gaps: "refuse" })[0]?.message ?? "", /gap: 2 bars missing from 2018-04-07/);
  });

  it("with several symbols gives one series each, and wants one named where one is wanted", () => {
    const text =
      "ts,symbol,open,high,low,close\n1522800000,A,1,1,1,1\n1522800000,B,2,2,2,2\n1522886400,A,1,1,1,1\n1522886400,B,2,2,2,2\n";
    const all = Csv.parseAll(text);
    assert.deepEqual(
      Result.getOrThrow(all).map((one) => [one.symbol, one.bars.length]),
      [
        ["A", 2],
        ["B", 2],
      ],
    );
    assert.equal(bars(text, { symbol: "B" }).bars[0]?.open, 2);
    assert.match(problems(text)[0]?.message ?? "", /2 symbols \(A, B\)/);
  });
});

describe("a file that is not a series of bars", () => {
  it.each<[string, string, Csv.Options, number, string, RegExp]>([
    ["a word for a price", file(3, { 3: `${day(1)},x,13,10,12,1` }), {}, 3, "open", /not a number/],
    ["NaN", file(3, { 3: `${day(1)},11,13,10,NaN,1` }), {}, 3, "close", /missing: "skip"/],
    ["an empty cell", file(3, { 3: `${day(1)},11,,10,12,1` }), {}, 3, "high", /empty/],
    ["Infinity", file(3, { 3: `${day(1)},11,Infinity,10,12,1` }), {}, 3, "high", /finite/],
    ["zero", file(3, { 4: `${day(2)},12,14,0,13,1` }), {}, 4, "low", /zero/],
    ["a negative price", file(3, { 4: `${day(2)},12,14,-1,13,1` }), {}, 4, "low", /negative/],
    ["a negative volume", file(3, { 4: `${day(2)},12,14,11,13,-1` }), {}, 4, "volume", /below zero/],
    ["seven decimals", file(3, { 4: `${day(2)},12.0000001,14,11,13,1` }), {}, 4, "open", /6 decimals/],
    ["too large a price", file(3, { 4: `${day(2)},12,10000000000,11,13,1` }), {}, 4, "high", /too large/],
    ["an inverted bar", file(3, { 2: `${day(0)},10,9,12,10,1` }), {}, 2, "high", /inverted/],
    ["an open above the high", file(3, { 2: `${day(0)},13,12,9,11,1` }), {}, 2, "open", /outside .* 9 to 12/],
    ["a close below the low", file(3, { 2: `${day(0)},10,12,9,8,1` }), {}, 2, "close", /outside .* 9 to 12/],
    ["a step back in time", file(4, { 4: `${day(0)},10,12,9,11,1` }), {}, 4, "ts", /out of order.*line 3/],
    ["a duplicate", file(4, { 4: `${day(1)},11,13,10,12,1` }), {}, 4, "ts", /duplicate.*line 3/],
    ["no time", file(3, { 3: "soon,11,13,10,12,1" }), {}, 3, "ts", /not a time/],
    ["a day that is not", file(3, { 3: "2018-02-30,11,13,10,12,1" }), {}, 3, "ts", /has no day 30/],
    ["a month that is not", file(3, { 3: "2018-13-01,11,13,10,12,1" }), {}, 3, "ts", /no month 13/],
    ["an hour that is not", file(3, { 3: "2018-04-05 25:00:00,11,13,10,12,1" }), {}, 3, "ts", /time of day/],
    ["a date of two readings", file(3, { 3: "04/05/2018,11,13,10,12,1" }), {}, 3, "ts", /told apart/],
    ["thousands", file(3, { 3: `${day(1)},"1,011.5",13,10,12,1` }), {}, 3, "open", /as 1011\.5/],
    ["a volume that is NaN", file(3, { 3: `${day(1)},11,13,10,12,NaN` }), {}, 3, "volume", /missing: "skip"/],
    [
      "two columns of one name",
      "ts,open,high,low,close,Close\n2018-04-04,1,1,1,1,2\n",
      {},
      1,
      "",
      /two columns are called close/,
    ],
    ["no header and dates of two readings", "04/05/2018,1,1,1,1\n", {}, 1, "time", /dates: "mdy"/],
    [
      "a day before the month",
      "Date,O,H,L,C\n13/04/2018,1,1,1,1\n",
      { dates: "mdy" },
      2,
      "Date",
      /no month 13/,
    ],
    [
      "an hour past noon",
      "Date,O,H,L,C\n1/4/2018 13:00 PM,1,1,1,1\n",
      { dates: "dmy" },
      2,
      "Date",
      /not a time/,
    ],
    ["Parquet", "PAR1\u0015", {}, 0, "", /it is Parquet/],
    ["a workbook", "PK\u0003\u0004", {}, 0, "", /workbook/],
    ["a picture", "\ufffdPNG\r\n\u001a\n\u0000\u0000", {}, 0, "", /no text/],
    ["an open quote", file(3, { 3: `"${day(1)},11,13,10,12,1` }), {}, 3, "", /quote/],
    ["a short line", file(3, { 3: `${day(1)},11,13` }), {}, 3, "", /3 cells/],
    ["a wide line", file(3, { 3: `${day(1)},11,13,10,12,1,234` }), {}, 3, "", /7 cells .* has 6; .*quotes/],
    ["a zone that is not", file(3, { 3: "2018-04-05T00:00:00+14:01,11,13,10,12,1" }), {}, 3, "ts", /\+14:01/],
    ["minutes of a zone", file(3, { 3: "2018-04-05 00:00:00-0560,11,13,10,12,1" }), {}, 3, "ts", /no zone/],
    ["a missing column", "ts,open,high,low\n2018-04-04,1,1,1\n", {}, 1, "", /no column for close/],
    ["a single bar", file(1), {}, 2, "", /how long/],
  ])("names line and column of %s", (_, text, options, line, column, message) => {
    const [first] = problems(text, { file: "p.csv", ...options });
    assert.equal(first?.line, line);
    assert.equal(first?.column, column);
    assert.match(first?.message ?? "", message);
  });

  it("is called empty when there is nothing in it, or nothing but a header", () => {
    assert.match(problems("")[0]?.message ?? "", /^empty/);
    assert.match(problems("\ufeff\r\n\r\n")[0]?.message ?? "", /^empty/);
    assert.match(problems("ts,open,high,low,close\n")[0]?.message ?? "", /^empty/);
  });

  it("has its first twenty problems told, and the rest counted", () => {
    const text = `ts,open,high,low,close\n${"2018-04-04,x,1,1,1\n".repeat(50)}`;
    const result = Csv.parse(text, { file: "p.csv" });
    const failure = Result.getFailure(result);
    assert.equal(failure._tag === "Some" && failure.value.problems.length, 20);
    assert.match(
      failure._tag === "Some" ? failure.value.message : "",
      /^p\.csv:2: open "x": [\s\S]*and 30 more$/,
    );
  });
});

describe("what a caller may ask for", () => {
  it("rounds more than six decimals half to even when told to, and counts them", () => {
    const text =
      "ts,open,high,low,close\n0000000000,1.0000005,1.0000015,1,1\n1522886400,1,1.00000050001,1,1\n";
    const series = bars(text, { decimals: "round" });
    assert.deepEqual(
      series.bars.map((bar) => [bar.open, bar.high]),
      [
        [1, 1.000002],
        [1, 1.000001],
      ],
    );
    assert.equal(series.rounded, 3);
  });

  it("leaves out rows without prices when told to, and counts them", () => {
    const text = file(4, { 3: `${day(1)},null,null,null,null,null` });
    assert.equal(bars(text, { missing: "skip" }).skipped, 1);
    assert.equal(problems(text)[0]?.line, 3);
  });

  it("may be sorted newest first, where it is said", () => {
    const [head = "", ...rows] = file(4).trimEnd().split("\n");
    const text = [head, ...rows.toReversed()].join("\n");
    assert.deepEqual(bars(text, { order: "newest first" }).bars, bars(file(4)).bars);
    assert.deepEqual(bars(rows.toReversed().join("\n"), { order: "newest first" }).bars, bars(file(4)).bars);
    assert.match(problems(text)[0]?.message ?? "", /out of order.*order: "newest first"/);
    const [twice] = problems([head, rows[1], rows[1], rows[0]].join("\n"), { order: "newest first" });
    assert.equal(twice?.line, 2);
    assert.match(twice?.message ?? "", /duplicate: line 3/);
  });

  it("takes a volume that is missing for none when told to", () => {
    const text = file(4, { 3: `${day(1)},11,13,10,12,NaN`, 4: `${day(2)},12,14,11,13,` });
    const series = bars(text, { missing: "skip" });
    assert.deepEqual(
      series.bars.map(({ volume }) => volume),
      [100, 0, 0, 100],
    );
    assert.equal(series.skipped, 0);
  });

  it.each<[Timestamp.Dates, ReadonlyArray<string>]>([
    ["mdy", ["04/04/2018", "4/5/2018 0:00", "04-06-2018 12:00:00 AM", "4.7.2018 00:00:00"]],
    ["dmy", ["04/04/2018", "5/4/2018 0:00", "06-04-2018 12:00:00 AM", "7.4.2018 00:00:00"]],
  ])("reads dates whose year comes last as %s when told so", (dates, written) => {
    const text = `Date,Open,High,Low,Close\n${written.map((date) => `${date},1,1,1,1\n`).join("")}`;
    assert.deepEqual(
      bars(text, { dates }).bars.map(({ from }) => from),
      [T0, T0 + DAY, T0 + 2 * DAY, T0 + 3 * DAY],
    );
    const noon = "Date,Time,Open,High,Low,Close\n1/1/2020,12:00,1,1,1,1\n1/1/2020,16:30,1,1,1,1\n";
    assert.deepEqual(
      bars(noon, { dates }).bars.map(({ from }) => new Date(from).toISOString()),
      ["2020-01-01T12:00:00.000Z", "2020-01-01T16:30:00.000Z"],
    );
    assert.equal(Result.getOrThrow(Timestamp.parse("1/1/2020 4:30 PM", dates)), Date.UTC(2020, 0, 1, 16, 30));
  });
});

describe("what plain JavaScript asks wrongly", () => {
  it.each([
    ['{"dates":"MDY"}', 'dates: "MDY" is refused: "mdy" or "dmy" is needed'],
    ['{"stamp":"Open"}', 'stamp: "Open" is refused: "open" or "close" is needed'],
    [
      '{"order":"newest-first"}',
      'order: "newest-first" is refused: "oldest first" or "newest first" is needed',
    ],
    ['{"decimals":"Round"}', 'decimals: "Round" is refused: "refuse" or "round" is needed'],
    ['{"decimalMark":"comma"}', 'decimalMark: "comma" is refused: "." or "," is needed'],
    ['{"missing":true}', 'missing: true is refused: "refuse" or "skip" is needed'],
    ['{"gaps":null}', 'gaps: null is refused: "allow" or "refuse" is needed'],
    [
      '{"intervalMs":"86400000"}',
      'intervalMs: "86400000" is refused: whole milliseconds above zero are needed',
    ],
    ['{"intervalMs":-5}', "intervalMs: -5 is refused: whole milliseconds above zero are needed"],
    ['{"symbol":7}', "symbol: 7 is refused: a text is needed"],
    ['{"delimiter":""}', 'delimiter: "" is refused: a text between two cells is needed'],
  ])("is told by name, with what is right: %s", async (json, message) => {
    const options = JSON.parse(json);
    const told = [{ line: 0, column: "", value: "", message }];
    assert.deepEqual(problems(file(3), options), told);
    const columnar = await Parquet.parse(new Uint8Array(), options);
    assert.deepEqual(Result.getOrThrow(Result.flip(columnar)).problems, told);
  });

  it("is told of what is no file", () => {
    for (const odd of [null, 5, {}]) {
      const [only] = problems(JSON.parse(JSON.stringify(odd)));
      assert.equal(only?.message, `${JSON.stringify(odd)} is refused: text or its bytes are needed`);
    }
    const [nothing] = problems(JSON.parse("[]")[0]);
    assert.equal(nothing?.message, "undefined is refused: text or its bytes are needed");
  });
});

describe("an instant", () => {
  it("is written and read back unchanged", () => {
    const instants = fc.integer({ min: Date.UTC(1000, 0, 1), max: Date.UTC(9999, 11, 31) });
    fc.assert(
      fc.property(instants, (at) => {
        assert.equal(Timestamp.format(at), new Date(at).toISOString());
        assert.equal(Result.getOrThrow(Timestamp.parse(Timestamp.format(at))), at);
        const second = Math.floor(at / 1000) * 1000;
        const text = new Date(second).toISOString();
        for (const short of [
          text,
          text.replace(".000", ""),
          text.slice(0, 19),
          text.slice(0, 19).replace("T", " "),
        ]) {
          assert.equal(Result.getOrThrow(Timestamp.parse(short)), second);
        }
      }),
    );
  });
});

requires("market-data", "the recorded market data", () => {
  it.each([
    ["spy-1d", 5849, DAY],
    ["btcusd-1d", 1318, DAY],
    ["btcusd-1m", 3887, 60_000],
  ])("%s is read to the last bar", (name, count, intervalMs) => {
    const series = bars(readFileSync(join(marketData, `${name}.csv`)), { file: `${name}.csv` });
    assert.equal(series.bars.length, count);
    assert.equal(series.intervalMs, intervalMs);
  });
});
