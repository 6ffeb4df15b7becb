import { assert, describe, it } from "@effect/vitest";
import type { FillModel } from "@strom/core";
import { Ledger, Money } from "@strom/core";
import fc from "fast-check";

const CAPITAL = Money.cash(100_000_000_000n);

/** A fill with its notional. */
const whole = (part: Omit<FillModel.Fill, "notional">): FillModel.Fill => ({
  ...part,
  notional: Money.notional(part.qty, part.price),
});

const fill: fc.Arbitrary<FillModel.Fill> = fc
  .record({
    symbol: fc.constantFrom("AAA", "BBB"),
    side: fc.constantFrom("BUY" as const, "SELL" as const),
    qty: fc.oneof(fc.bigInt({ min: 1n, max: 3n }), fc.bigInt({ min: 1n, max: 10n ** 9n })).map(Money.qty),
    price: fc
      .oneof(fc.bigInt({ min: 1n, max: 9n }), fc.bigInt({ min: 1n, max: 10n ** 10n }))
      .map(Money.price),
    fee: fc.bigInt({ min: 0n, max: 10n ** 6n }).map(Money.cash),
    at: fc.integer({ min: 0, max: 10 ** 12 }),
  })
  .map(whole);

const fills = fc.array(fill, { maxLength: 30 });
const marks = fc.record({
  AAA: fc.bigInt({ min: 1n, max: 10n ** 10n }).map(Money.price),
  BBB: fc.bigInt({ min: 1n, max: 10n ** 10n }).map(Money.price),
});

const signed = ({ side, qty }: FillModel.Fill): bigint => (side === "BUY" ? qty : -qty);
const total = (amounts: ReadonlyArray<bigint>): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);

/** Posts one after the other; what the books were after each, the first being the empty ones. */
const history = (all: ReadonlyArray<FillModel.Fill>) => {
  let account = Ledger.open(CAPITAL);
  const books = [account];
  const entries: Array<Ledger.Entry> = [];
  for (const one of all) {
    const posting = Ledger.post(account, one);
    account = posting.account;
    books.push(account);
    entries.push(...posting.entries);
  }
  return { account, books, entries };
};

describe("Ledger", () => {
  it("writes four legs a trade that sum to zero", () => {
    fc.assert(
      fc.property(fills, fill, (before, last) => {
        const { entries } = Ledger.post(history(before).account, last);
        assert.strictEqual(total(entries.map(({ amount }) => amount)), 0n);
        assert.deepStrictEqual(
          entries.map(({ leg, account }) => [leg, account]),
          [
            [1, "cash"],
            [2, `position:${last.symbol}`],
            [3, "realized_pnl"],
            [4, "fees"],
          ],
        );
      }),
    );
  });

  it("has at every prefix the balances that its entries sum to", () => {
    fc.assert(
      fc.property(fills, (all) => {
        const { books, entries } = history(all);
        books.forEach((account, posted) => {
          const sum = (name: string) =>
            total(
              entries.slice(0, posted * 4).flatMap((entry) => (entry.account === name ? [entry.amount] : [])),
            );
          assert.strictEqual(account.cash, CAPITAL + sum("cash"));
          assert.strictEqual(account.realized, -sum("realized_pnl"));
          assert.strictEqual(account.fees, sum("fees"));
          for (const symbol of ["AAA", "BBB"]) {
            assert.strictEqual(Ledger.position(account, symbol).costBasis, sum(`position:${symbol}`));
          }
        });
      }),
    );
  });

  it("keeps equity = capital + realized + unrealized - fees exactly, and cash and quantity as the trades sum up", () => {
    fc.assert(
      fc.property(fills, marks, (all, prices) => {
        const { books } = history(all);
        books.forEach((account, posted) => {
          const sofar = all.slice(0, posted);
          const { equity, unrealized } = Ledger.mark(account, prices);
          assert.strictEqual(equity, account.capital + account.realized + unrealized - account.fees);
          const spent = total(sofar.map((one) => Money.mulDiv(signed(one), one.price, Money.ONE) + one.fee));
          assert.strictEqual(account.cash, CAPITAL - spent);
          for (const symbol of ["AAA", "BBB"] as const) {
            const { qty, costBasis } = Ledger.position(account, symbol);
            assert.strictEqual(qty, total(sofar.filter((one) => one.symbol === symbol).map(signed)));
            if (qty === 0n) assert.strictEqual(costBasis, 0n);
          }
        });
      }),
    );
  });

  it("changes nothing it was given", () => {
    fc.assert(
      fc.property(fills, fill, (before, last) => {
        const { account } = history(before);
        const copy = structuredClone(account);
        Ledger.post(account, last);
        assert.deepStrictEqual(account, copy);
      }),
    );
  });

  it("agrees with average cost in fractions, to a millionth a reduction", () => {
    fc.assert(
      fc.property(
        fc.array(
          fill.map((one) => ({ ...one, symbol: "AAA" })),
          { maxLength: 12 },
        ),
        (all) => {
          // The oracle keeps the cost as a fraction over one common denominator and never rounds it.
          let held = 0n;
          let cost = { n: 0n, d: 1n };
          let rounded = 0n;
          for (const one of all) {
            const traded = signed(one);
            const isOpening = held === 0n || held > 0n === traded > 0n;
            if (isOpening) cost = { n: cost.n + traded * one.price * cost.d, d: cost.d };
            else {
              const rest = held + traded;
              const isFlip = rest !== 0n && rest > 0n !== held > 0n;
              cost = isFlip ? { n: rest * one.price, d: 1n } : { n: cost.n * rest, d: cost.d * held };
            }
            rounded += 1n;
            held += traded;
          }
          const { costBasis } = Ledger.position(history(all).account, "AAA");
          const difference = Money.abs(costBasis * Money.ONE * cost.d - cost.n);
          assert.isTrue(difference <= rounded * Money.ONE * Money.abs(cost.d));
        },
      ),
    );
  });

  it.each([
    [
      "buys twice",
      [
        ["BUY", 10n, 100n],
        ["BUY", 10n, 110n],
      ],
      20n,
      2_100n,
      0n,
    ],
    [
      "sells half of it at a gain",
      [
        ["BUY", 10n, 100n],
        ["SELL", 5n, 120n],
      ],
      5n,
      500n,
      100n,
    ],
    [
      "closes at a loss",
      [
        ["BUY", 10n, 100n],
        ["SELL", 10n, 90n],
      ],
      0n,
      0n,
      -100n,
    ],
    [
      "goes short and covers at a gain",
      [
        ["SELL", 10n, 100n],
        ["BUY", 10n, 90n],
      ],
      0n,
      0n,
      100n,
    ],
    [
      "flips from long to short",
      [
        ["BUY", 10n, 100n],
        ["SELL", 15n, 120n],
      ],
      -5n,
      -600n,
      200n,
    ],
    [
      "flips from short to long",
      [
        ["SELL", 10n, 100n],
        ["BUY", 15n, 120n],
      ],
      5n,
      600n,
      -200n,
    ],
  ] as const)("%s", (_, trades, qty, costBasis, realized) => {
    const { account } = history(
      trades.map(([side, units, price]) =>
        whole({
          symbol: "AAA",
          side,
          qty: Money.qty(units * Money.ONE),
          price: Money.price(price * Money.ONE),
          fee: Money.cash(0n),
          at: 5,
        }),
      ),
    );
    assert.deepStrictEqual(Ledger.position(account, "AAA"), {
      qty: Money.qty(qty * Money.ONE),
      costBasis: Money.cash(costBasis * Money.ONE),
      lastFillAt: 5,
    });
    assert.strictEqual(account.realized, realized * Money.ONE);
  });

  it("values a held symbol without a mark at what it cost", () => {
    const bought = whole({
      symbol: "AAA",
      side: "BUY",
      qty: Money.qty(3_000_000n),
      price: Money.price(7_000_000n),
      fee: Money.cash(1n),
      at: 0,
    });
    assert.deepStrictEqual(Ledger.mark(history([bought]).account, {}), {
      equity: Money.cash(CAPITAL - 1n),
      unrealized: Money.cash(0n),
    });
  });
});
