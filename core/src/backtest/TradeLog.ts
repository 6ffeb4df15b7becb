import type { Fill } from "../FillModel.ts";
import type { AgentId } from "../Id.ts";
import * as Ledger from "../Ledger.ts";
import type { Cash, Price, Qty } from "../Money.ts";
import { Tally } from "../performance/TripFigures.ts";
import type * as Risk from "../Risk.ts";
import type { Origin, Side } from "../Signal.ts";
import type { Trade } from "./Trade.ts";

/** What is known of a trade by its name alone; the same few for all of a run. */
interface Words {
  readonly origin: Origin;
  readonly symbol: string;
  readonly side: Side;
  readonly strategyKey: string;
  readonly rule: string;
}

/** Numbers of a trade, in the order of their columns. */
const FLOATS = 3;
const AMOUNTS = 8;

/** The largest amount of 64 bits. */
const MOST = 2n ** 63n - 1n;

/** A trip on its way, by symbol. */
interface Trip {
  openedAt: number;
  fees: bigint;
  realized: bigint;
}

/**
 * The trades of a run, written down in columns: half a million of them are 45 MB and nothing for the collector to carry
 * along. Read back as objects when somebody asks. Quantities and prices fit 64 bits, as `numeric(18,6)` does;
 * what does not is kept beside.
 */
export class TradeLog {
  readonly agentId: AgentId;
  /** Notional of all trades, in units of currency. */
  traded = 0;
  length = 0;
  readonly tally = new Tally();
  readonly #trips = new Map<string, Trip>();
  readonly #words: Array<Words> = [];
  #named: Uint32Array;
  #floats: Float64Array;
  #amounts: BigInt64Array;
  /** Amounts that do not fit 64 bits, by their place: of accounts of billions. */
  readonly #large = new Map<number, bigint>();

  /** `expected` is a guess at how many there will be; there is always room for more. */
  constructor(agentId: AgentId, expected: number) {
    this.agentId = agentId;
    const room = Math.max(64, Math.min(8_192, expected));
    this.#named = new Uint32Array(room);
    this.#floats = new Float64Array(room * FLOATS);
    this.#amounts = new BigInt64Array(room * AMOUNTS);
  }

  /** An approved order, with the books before it. */
  push({ order, signal, fill, projected }: Risk.Approved, before: Ledger.Account): void {
    if (this.length === this.#named.length) this.#grow();
    const { length } = this;
    const realized = projected.realized - before.realized;
    const position = Ledger.position(projected, order.symbol).qty;
    this.#named[length] = this.#name(order.origin, order.symbol, order.side, signal);
    const float = length * FLOATS;
    this.#floats[float] = order.slot;
    this.#floats[float + 1] = order.at;
    this.#floats[float + 2] = signal.confidence;
    this.#write(length * AMOUNTS, order.price, fill, realized, position, projected.cash);
    this.length = length + 1;
    this.traded += Number(fill.notional) / 1e6;
    this.#count(order.symbol, order.at, fill.fee, realized, position);
  }

  /** The trade at an index below `length`. */
  at(index: number): Trade {
    const words = this.#words[this.#named[index] ?? 0];
    if (words === undefined || index >= this.length)
      throw new RangeError(`no trade ${index}, there are ${this.length}`);
    const float = index * FLOATS;
    const amount = index * AMOUNTS;
    // What was minted is read back as it was.
    return {
      agentId: this.agentId,
      slot: this.#floats[float] ?? 0,
      origin: words.origin,
      symbol: words.symbol,
      side: words.side,
      qty: this.#amount(amount) as Qty,
      citedPrice: this.#amount(amount + 1) as Price,
      price: this.#amount(amount + 2) as Price,
      notional: this.#amount(amount + 3) as Cash,
      fee: this.#amount(amount + 4) as Cash,
      realized: this.#amount(amount + 5) as Cash,
      position: this.#amount(amount + 6) as Qty,
      cash: this.#amount(amount + 7) as Cash,
      at: this.#floats[float + 1] ?? 0,
      confidence: this.#floats[float + 2] ?? 0,
      strategyKey: words.strategyKey,
      rule: words.rule,
    };
  }

  all(): ReadonlyArray<Trade> {
    return Array.from({ length: this.length }, (_, index) => this.at(index));
  }

  #amount(index: number): bigint {
    return (this.#large.size > 0 ? this.#large.get(index) : undefined) ?? this.#amounts[index] ?? 0n;
  }

  #write(at: number, cited: bigint, fill: Fill, realized: bigint, position: bigint, cash: bigint): void {
    const amounts = this.#amounts;
    amounts[at] = fill.qty;
    amounts[at + 1] = cited;
    amounts[at + 2] = fill.price;
    amounts[at + 3] = fill.notional;
    amounts[at + 4] = fill.fee;
    amounts[at + 5] = realized;
    amounts[at + 6] = position;
    amounts[at + 7] = cash;
    this.#keep(at + 3, fill.notional);
    this.#keep(at + 4, fill.fee);
    this.#keep(at + 5, realized);
    this.#keep(at + 7, cash);
  }

  #keep(index: number, amount: bigint): void {
    if (amount > MOST || amount < -MOST) this.#large.set(index, amount);
  }

  /** The number of these words; the last ones used are the likeliest. */
  #name(origin: Origin, symbol: string, side: Side, { rationale }: Risk.Approved["signal"]): number {
    const { strategy_key: strategyKey, decision } = rationale;
    for (let index = this.#words.length - 1; index >= 0; index--) {
      const words = this.#words[index];
      if (
        words !== undefined &&
        words.rule === decision.rule &&
        words.side === side &&
        words.symbol === symbol &&
        words.origin === origin &&
        words.strategyKey === strategyKey
      ) {
        return index;
      }
    }
    return this.#words.push({ origin, symbol, side, strategyKey, rule: decision.rule }) - 1;
  }

  #count(symbol: string, at: number, fee: bigint, realized: bigint, position: bigint): void {
    const trip = this.#trips.get(symbol);
    if (trip === undefined) {
      this.#trips.set(symbol, { openedAt: at, fees: fee, realized });
      return;
    }
    if (trip.openedAt < 0) trip.openedAt = at;
    trip.fees += fee;
    trip.realized += realized;
    if (position !== 0n) return;
    this.tally.add(trip.realized - trip.fees, trip.fees, at - trip.openedAt);
    trip.openedAt = -1;
    trip.fees = 0n;
    trip.realized = 0n;
  }

  #grow(): void {
    const room = this.#named.length * 2;
    const named = new Uint32Array(room);
    const floats = new Float64Array(room * FLOATS);
    const amounts = new BigInt64Array(room * AMOUNTS);
    named.set(this.#named);
    floats.set(this.#floats);
    amounts.set(this.#amounts);
    this.#named = named;
    this.#floats = floats;
    this.#amounts = amounts;
  }
}
