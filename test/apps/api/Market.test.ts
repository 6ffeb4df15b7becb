import { assert, layer } from "@effect/vitest";
import { PriceBook } from "@strom/core/ports";
import { Effect } from "effect";
import * as TestApi from "./TestApi.ts";

const { ask } = TestApi;

interface Refused {
  readonly index: number;
  readonly code: string;
  readonly path: string;
}

const iso = (at: number): string => new Date(at).toISOString();
const send = (prices: ReadonlyArray<unknown>) => ask("POST", "/v1/market/prices", { body: { prices } });

/** Each a price nobody should believe, and what the answer says of it. */
const bad: ReadonlyArray<readonly [string, (now: number) => unknown, string, RegExp]> = [
  ["zero", (now) => ({ symbol: "BAD", ts: iso(now), price: "0" }), "bad_price", /"0".*above zero/],
  ["negative", (now) => ({ symbol: "BAD", ts: iso(now), price: "-1" }), "bad_price", /"-1".*above zero/],
  ["NaN", (now) => ({ symbol: "BAD", ts: iso(now), price: "NaN" }), "bad_price", /"NaN"/],
  ["infinite", (now) => ({ symbol: "BAD", ts: iso(now), price: "Infinity" }), "bad_price", /"Infinity"/],
  [
    "a JSON number",
    (now) => ({ symbol: "BAD", ts: iso(now), price: 1.5 }),
    "bad_price",
    /1.5.*decimal string/,
  ],
  [
    "of 7 decimals",
    (now) => ({ symbol: "BAD", ts: iso(now), price: "1.0000001" }),
    "bad_price",
    /6 decimals/,
  ],
  ["in exponents", (now) => ({ symbol: "BAD", ts: iso(now), price: "1e3" }), "bad_price", /"1e3"/],
  ["missing", (now) => ({ symbol: "BAD", ts: iso(now) }), "bad_price", /nothing/],
  [
    "from the future",
    (now) => ({ symbol: "BAD", ts: iso(now + 10_000), price: "1" }),
    "from_the_future",
    /2 s after/,
  ],
  [
    "of a 30th of February",
    () => ({ symbol: "BAD", ts: "2026-02-30T00:00:00Z", price: "1" }),
    "bad_time",
    /2026-02-30/,
  ],
  ["without a zone", () => ({ symbol: "BAD", ts: "2026-01-01T00:00:00", price: "1" }), "bad_time", /zone/],
  [
    "of a day that is not",
    () => ({ symbol: "BAD", ts: "2026-02-31T25:00:00Z", price: "1" }),
    "bad_time",
    /2026-02-31/,
  ],
  [
    "of a malformed symbol",
    (now) => ({ symbol: "bad symbol", ts: iso(now), price: "1" }),
    "bad_symbol",
    /bad symbol/,
  ],
  ["of no symbol", (now) => ({ ts: iso(now), price: "1" }), "bad_symbol", /nothing/],
  [
    "of negative volume",
    (now) => ({ symbol: "BAD", ts: iso(now), price: "1", volume: "-1" }),
    "bad_volume",
    /"-1"/,
  ],
  [
    "with more to say",
    (now) => ({ symbol: "BAD", ts: iso(now), price: "1", source: "me" }),
    "malformed",
    /unknown/,
  ],
  ["no object", () => 7, "malformed", /7/],
  ["null", () => null, "malformed", /null/],
];

layer(TestApi.layer, { excludeTestServices: true })("Market prices over HTTP", (it) => {
  for (const [what, make, code, words] of bad) {
    it.effect(`a price that is ${what} is refused by name, and the good one beside it is stored`, () =>
      Effect.gen(function* () {
        const now = Date.now();
        const symbol = `GOOD-${code.toUpperCase()}-${bad.findIndex(([each]) => each === what)}`.replaceAll(
          "_",
          "-",
        );
        const { status, body } = yield* send([make(now), { symbol, ts: iso(now - 1_000), price: "7424.91" }]);
        assert.strictEqual(status, 200);
        assert.strictEqual(body.stored, 1);
        assert.strictEqual(body.refused.length, 1);
        assert.deepInclude(body.refused[0], { index: 0, code });
        assert.match(body.refused[0].message, words);
        const none = yield* ask("GET", "/v1/market/prices?symbol=BAD");
        assert.deepStrictEqual(none.body.items, []);
      }),
    );
  }

  it.effect("a price given twice is known, and another for the same instant conflicts", () =>
    Effect.gen(function* () {
      const ts = iso(Date.now() - 5_000);
      const { body } = yield* send([
        { symbol: "TWICE", ts, price: "1.50" },
        { symbol: "TWICE", ts, price: "1.5" },
        { symbol: "TWICE", ts, price: "1.6" },
      ]);
      assert.deepInclude(body, { stored: 1, known: 1 });
      assert.deepInclude(body.refused[0], { index: 2, code: "conflicting" });
      const again = yield* send([{ symbol: "TWICE", ts, price: "1.5" }]);
      assert.deepInclude(again.body, { stored: 0, known: 1, refused: [] });
      const conflict = yield* send([{ symbol: "TWICE", ts, price: "2" }]);
      assert.match(conflict.body.refused[0].message, /already 1\.5, not 2/);
    }),
  );

  it.effect("the latest price only moves forward", () =>
    Effect.gen(function* () {
      const now = Date.now();
      yield* send([{ symbol: "ORDER", ts: iso(now - 1_000), price: "2" }]);
      const late = yield* send([
        { symbol: "ORDER", ts: iso(now - 2_000), price: "1" },
        { symbol: "ORDER", ts: iso(now - 500), price: "3" },
        { symbol: "ORDER", ts: iso(now - 800), price: "4" },
      ]);
      assert.strictEqual(late.body.stored, 1);
      assert.deepStrictEqual(
        late.body.refused.map(({ index, code }: { index: number; code: string }) => [index, code]),
        [
          [0, "out_of_order"],
          [2, "out_of_order"],
        ],
      );
      const { body } = yield* ask("GET", "/v1/market/symbols");
      const latest = body.items.find(({ symbol }: { symbol: string }) => symbol === "ORDER");
      assert.deepStrictEqual(latest, { symbol: "ORDER", price: "3", ts: iso(now - 500) });
    }),
  );

  it.effect(
    "a jump is refused while the latest price is fresh, and what is brought in between moves it",
    () =>
      Effect.gen(function* () {
        const now = Date.now();
        const at = (seconds: number, price: string) => ({
          symbol: "JUMP",
          ts: iso(now + seconds * 1_000),
          price,
        });
        yield* send([at(-3_700, "64000")]);
        const { body } = yield* send([
          // An hour and more after the latest, whatever comes is taken; and what it is then holds for an hour.
          at(-60, "100"),
          at(-50, "0.000001"),
          at(-40, "200.000001"),
          at(-30, "49.999999"),
          at(-20, "200"),
          at(-10, "400"),
          at(1.9, "200"),
        ]);
        assert.strictEqual(body.stored, 4);
        assert.deepStrictEqual(
          body.refused.map(({ index, code, path }: Refused) => [index, code, path]),
          [
            [1, "jump", "price"],
            [2, "jump", "price"],
            [3, "jump", "price"],
          ],
        );
        assert.match(
          body.refused[0].message,
          /0\.000001, more than 2 times away from 100 at .*STROM_FEED_JUMP/,
        );
      }),
  );

  it.effect(
    "what a market of ours prices is nobody else's to price, until a minute after it went silent",
    () =>
      Effect.gen(function* () {
        const now = Date.now();
        const book = yield* PriceBook;
        const at = (symbol: string, seconds: number) => ({
          symbol,
          ts: iso(now + seconds * 1_000),
          price: "2",
        });
        const own = (symbol: string, seconds: number) => ({
          symbol,
          at: now + seconds * 1_000,
          price: 2,
          volume: null,
        });
        yield* send([at("BOTH", -55)]);
        yield* book.append([own("OURS", -59), own("BOTH", -54), own("GONE", -61)], "sim");
        // Who was there before the market may not go on ahead of it.
        yield* book.append([{ ...own("BOTH", -1) }], "feed:somebody");
        const { body } = yield* send([at("OURS", 0), at("BOTH", 0), at("GONE", 0)]);
        assert.strictEqual(body.stored, 1);
        assert.deepStrictEqual(
          body.refused.map(({ index, code, path }: Refused) => [index, code, path]),
          [
            [0, "not_fed", "symbol"],
            [1, "not_fed", "symbol"],
          ],
        );
        assert.match(body.refused[0].message, /OURS is priced here by sim, last at /);
      }),
  );

  it.effect("a thousand prices are taken at once, and read back page by page", () =>
    Effect.gen(function* () {
      const from = Date.now() - 2_000_000;
      const prices = Array.from({ length: 1_000 }, (_, n) => ({
        symbol: "M",
        ts: iso(from + n * 1_000),
        price: "1",
      }));
      const { body } = yield* send(prices);
      assert.strictEqual(body.stored, 1_000);
      const seen: Array<string> = [];
      let cursor = "";
      do {
        const page = yield* ask("GET", `/v1/market/prices?symbol=M&limit=200${cursor}`);
        seen.push(...page.body.items.map(({ ts }: { ts: string }) => ts));
        cursor = page.body.next_cursor === null ? "" : `&cursor=${page.body.next_cursor}`;
      } while (cursor !== "");
      assert.deepStrictEqual(seen, prices.map(({ ts }) => ts).reverse());
    }),
  );

  it.effect("a thousand of the longest prices there are fit into one request, indented too", () =>
    Effect.gen(function* () {
      const from = Date.now() - 2_000_000;
      const prices = Array.from({ length: 1_000 }, (_, n) => ({
        symbol: "EXCHANGE:LONGEST-SYMBOL/THERE_IS.FOR-123",
        ts: new Date(from + n * 1_000 + 19_800_000).toISOString().replace("Z", "456789+05:30"),
        price: `8589934591.${String(n).padStart(6, "9")}`,
        volume: "999999999999.999999",
      }));
      const body = JSON.stringify({ prices }, null, 4);
      assert.isAbove(body.length, 200_000);
      const answer = yield* ask("POST", "/v1/market/prices", { body });
      assert.deepInclude(answer.body, { stored: 1_000, known: 0, refused: [] }, answer.text.slice(0, 300));
    }),
  );

  it.effect("bars may be asked for from the first instant there is to the last", () =>
    Effect.gen(function* () {
      for (const interval of ["1s", "1m", "1d"]) {
        for (const to of ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"]) {
          const answer = yield* ask(
            "GET",
            `/v1/market/bars?symbol=NONE&interval=${interval}&to=${to}&limit=200`,
          );
          assert.deepStrictEqual(answer.body, { items: [] }, `${interval} ${to} ${answer.text}`);
        }
      }
    }),
  );

  it.effect(
    "who brought a price is nobody else's business, not even where an older version wrote it down",
    () =>
      Effect.gen(function* () {
        const now = Date.now();
        const book = yield* PriceBook;
        const old = { symbol: "WHO", at: now - 2_000, price: 1, volume: null };
        yield* book.append([old], "feed:big@x.y");
        yield* ask("POST", "/v1/market/prices", {
          user: "big@x.y",
          body: { prices: [{ symbol: "WHO", ts: iso(now - 1_000), price: "1" }] },
        });
        const { body } = yield* ask("GET", "/v1/market/prices?symbol=WHO", { user: "other@x.org" });
        assert.deepStrictEqual(
          body.items.map(({ source }: { source: string }) => source),
          ["feed", "feed"],
        );
      }),
  );

  it.effect("no bar shows what was priced at `to` or after it", () =>
    Effect.gen(function* () {
      const hour = Math.floor((Date.now() - 3_600_000) / 3_600_000) * 3_600_000;
      yield* send([
        { symbol: "AHEAD", ts: iso(hour - 1), price: "10" },
        { symbol: "AHEAD", ts: iso(hour), price: "11" },
        { symbol: "AHEAD", ts: iso(hour + 1_200_000), price: "12" },
      ]);
      const closes = (to: number) =>
        Effect.map(ask("GET", `/v1/market/bars?symbol=AHEAD&interval=1h&to=${iso(to)}`), ({ body }) =>
          body.items.map(({ close }: { close: string }) => close),
        );
      assert.deepStrictEqual(yield* closes(hour - 1), []);
      assert.deepStrictEqual(yield* closes(hour), ["10"]);
      assert.deepStrictEqual(yield* closes(hour + 300_000), ["10"]);
      assert.deepStrictEqual(yield* closes(hour + 3_599_999), ["10"]);
      assert.deepStrictEqual(yield* closes(hour + 3_600_000), ["12", "10"]);
    }),
  );

  it.effect("prices fold into bars that end where the clock's minutes do", () =>
    Effect.gen(function* () {
      const minute = Math.floor((Date.now() - 300_000) / 60_000) * 60_000;
      yield* send([
        { symbol: "BAR", ts: iso(minute), price: "10", volume: "1" },
        { symbol: "BAR", ts: iso(minute + 20_000), price: "12.5", volume: "2" },
        { symbol: "BAR", ts: iso(minute + 59_999), price: "9.25", volume: "0.5" },
        { symbol: "BAR", ts: iso(minute + 60_000), price: "11" },
      ]);
      const { body } = yield* ask("GET", "/v1/market/bars?symbol=BAR&interval=1m");
      assert.deepStrictEqual(body.items[1], {
        symbol: "BAR",
        from: iso(minute),
        to: iso(minute + 60_000),
        open: "10",
        high: "12.5",
        low: "9.25",
        close: "9.25",
        volume: "3.5",
        ticks: 3,
      });
      assert.strictEqual(body.items[0].open, "11");
    }),
  );

  it.effect("volumes of a bar are told in plain digits, without what adding doubles leaves", () =>
    Effect.gen(function* () {
      const book = yield* PriceBook;
      const hour = Math.floor((Date.now() - 7_200_000) / 3_600_000) * 3_600_000;
      const tenths = Array.from({ length: 2_000 }, (_, n) => (n % 13) / 10);
      const traded = [[0.1, 0.2], tenths, [0.12345678], [0.00000001], [2.5e15], [null]];
      const prices = traded.flatMap((volumes, minute) =>
        volumes.map((volume, n) => ({ symbol: "VOL", at: hour + minute * 60_000 + n, price: 1, volume })),
      );
      yield* book.append(prices, "test");
      const { body } = yield* ask("GET", "/v1/market/bars?symbol=VOL&interval=1m");
      assert.deepStrictEqual(body.items.map(({ volume }: { readonly volume: string }) => volume).reverse(), [
        "0.3",
        "1198.9",
        "0.12345678",
        "0.00000001",
        "2500000000000000",
        "0",
      ]);
    }),
  );
});
