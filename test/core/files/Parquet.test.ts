import { Csv, Parquet } from "@strom/core/files";
import { Result } from "effect";
import { parquetWriteBuffer } from "hyparquet-writer";
import { assert, describe, it } from "vitest";

const T0 = Date.UTC(2018, 3, 4);
const MINUTE = 60_000;

type ColumnSource = Parameters<typeof parquetWriteBuffer>[0]["columnData"];

const times = [0, 1, 2].map((i) => T0 + i * MINUTE);
const prices: ColumnSource = [
  { name: "Open", data: [1, 2, 3.5], type: "DOUBLE" },
  { name: "High", data: [3, 4, 5.000001], type: "DOUBLE" },
  { name: "Low", data: [0.5, 1, 2], type: "DOUBLE" },
  { name: "Close", data: [2, 3, 4], type: "DOUBLE" },
];

const write = (time: ColumnSource[number], columns: ColumnSource = prices): ArrayBuffer =>
  parquetWriteBuffer({ columnData: [time, ...columns] });

const asDates: ColumnSource[number] = {
  name: "timestamp",
  data: times.map((at) => new Date(at)),
  type: "TIMESTAMP",
};

describe("a Parquet file of bars", () => {
  it.each<[string, ColumnSource[number]]>([
    ["timestamps", asDates],
    ["unix milliseconds", { name: "open_time", data: times.map(BigInt), type: "INT64" }],
    ["unix nanoseconds", { name: "t", data: times.map((at) => BigInt(at) * 1_000_000n), type: "INT64" }],
    ["text", { name: "date", data: times.map((at) => new Date(at).toISOString()), type: "STRING" }],
  ])("tells its times by %s", async (_, time) => {
    const series = Result.getOrThrow(await Parquet.parse(write(time), { file: "eth-1m.parquet" }));
    assert.equal(series.symbol, "ETH");
    assert.equal(series.intervalMs, MINUTE);
    assert.deepEqual(
      series.bars.map((bar) => bar.from),
      times,
    );
    assert.equal(series.bars[2]?.high, 5.000001);
  });

  it("takes whole numbers for dates where their digits are one, of 64 bits as of 32", async () => {
    const days = [20_200_101, 20_200_102, 20_200_103];
    for (const [type, data] of [
      ["INT32", days],
      ["INT64", days.map(BigInt)],
    ] as const) {
      const { bars } = Result.getOrThrow(await Parquet.parse(write({ name: "date", data: [...data], type })));
      assert.deepEqual(
        bars.map(({ from }) => new Date(from).toISOString().slice(0, 10)),
        ["2020-01-01", "2020-01-02", "2020-01-03"],
      );
    }
  });

  it("reads unix time of before 1970", async () => {
    const early = [0, 1, 2].map((i) => Date.UTC(1962, 0, 2) + i * MINUTE);
    const time: ColumnSource[number] = { name: "ts", data: early.map(BigInt), type: "INT64" };
    const { bars } = Result.getOrThrow(await Parquet.parse(write(time)));
    assert.deepEqual(
      bars.map(({ from }) => from),
      early,
    );
  });

  it("gives the bars that the same rows give as CSV", async () => {
    const text = `ts,o,h,l,c\n${times.map((at, i) => `${at},${["1,3,0.5,2", "2,4,1,3", "3.5,5.000001,2,4"][i]}`).join("\n")}`;
    const fromText = Result.getOrThrow(Csv.parse(text, { symbol: "X" }));
    const fromColumns = Result.getOrThrow(
      await Parquet.parse(new Uint8Array(write(asDates)), { symbol: "X" }),
    );
    assert.deepEqual(fromColumns, fromText);
  });

  it("may be sorted newest first, where it is said, and tell the day and its time apart", async () => {
    const day: ColumnSource[number] = { name: "date", data: times.map(() => "4/4/2018"), type: "STRING" };
    const clock: ColumnSource[number] = { name: "time", data: ["0:02", "0:01", "0:00"], type: "STRING" };
    const bytes = write(day, [clock, ...prices]);
    const options: Parquet.Options = { symbol: "X", dates: "dmy", order: "newest first" };
    const { bars } = Result.getOrThrow(await Parquet.parse(bytes, options));
    assert.deepEqual(
      bars.map(({ from, open }) => [from, open]),
      times.map((at, i) => [at, [3.5, 2, 1][i]]),
    );
  });

  it("is refused with row and column where it is no series of bars", async () => {
    const broken = write(asDates, [{ name: "Open", data: [1, 2, -3.5], type: "DOUBLE" }, ...prices.slice(1)]);
    const failure = Result.getOrThrow(Result.flip(await Parquet.parse(broken, { file: "p.parquet" })));
    assert.equal(failure.message, 'p.parquet:3: Open "-3.5": negative; a price is above 0');
  });

  it("is refused when float32 noise leaves the grid of prices, unless it may be rounded", async () => {
    const noisy = write(asDates, [
      { name: "Open", data: [1, 2, 3.5].map((n) => Math.fround(n + 0.1)), type: "FLOAT" },
      ...prices.slice(1),
    ]);
    const failure = Result.getOrThrow(Result.flip(await Parquet.parse(noisy)));
    assert.match(failure.message, /:1: Open "1\.10000002\d*": more than 6 decimals/);
    const series = Result.getOrThrow(await Parquet.parse(noisy, { decimals: "round" }));
    assert.deepEqual([series.bars[0]?.open, series.rounded], [1.1, 3]);
  });

  it("is refused by name when it is something else", async () => {
    const failure = Result.getOrThrow(
      Result.flip(
        await Parquet.parse(new TextEncoder().encode("ts,open,high,low,close"), { file: "p.parquet" }),
      ),
    );
    assert.match(failure.message, /^p\.parquet: not readable as Parquet: /);
  });
});
