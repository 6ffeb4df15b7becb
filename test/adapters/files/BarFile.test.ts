import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as BarFile from "@strom/adapters/files/BarFile.ts";
import { Effect } from "effect";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, assert, beforeAll, describe, it } from "vitest";
import * as Folder from "../../servers/Folder.ts";

const state = { folder: "" };

beforeAll(() => {
  state.folder = Folder.make("bars");
});
afterAll(() => Folder.remove(state.folder));

const write = (name: string, content: string | Uint8Array): string => {
  const path = join(state.folder, name);
  writeFileSync(path, content);
  return path;
};

const column = (name: string) => ({ name, data: [1, 1], type: "DOUBLE" as const });

describe("a file of bars", () => {
  it("is read as CSV, its symbol out of its name", async () => {
    const path = write("eth-1d.csv", "date,open,high,low,close\n2018-04-04,1,1,1,1\n2018-04-05,1,1,1,1\n");
    const series = await Effect.runPromise(BarFile.read(path));
    assert.deepEqual([series.symbol, series.bars.length], ["ETH", 2]);
  });

  it("is read as Parquet by its ending", async () => {
    const time = { name: "t", data: [1_522_800_000, 1_522_886_400].map(BigInt), type: "INT64" as const };
    const columnData = [time, ...["open", "high", "low", "close"].map(column)];
    const path = write("x.parquet", new Uint8Array(parquetWriteBuffer({ columnData })));
    assert.equal((await Effect.runPromise(BarFile.read(path, { symbol: "Y" }))).symbol, "Y");
  });

  it("is named with the line that is wrong", async () => {
    const path = write("bad.csv", "date,open,high,low,close\n2018-04-04,1,1,1,x\n");
    const failure = await Effect.runPromise(Effect.flip(BarFile.read(path)));
    assert.match(failure.message, /^bad\.csv:2: close "x": not a number/);
  });

  it("that is not there, or is a folder, is called that", async () => {
    const absent = await Effect.runPromise(Effect.flip(BarFile.read(join(state.folder, "absent.csv"))));
    assert.match(absent.message, /absent\.csv cannot be read: there is no such file$/);
    const folder = await Effect.runPromise(Effect.flip(BarFile.read(state.folder)));
    assert.match(folder.message, /it is a folder$/);
  });
});
