import type { AgentSpec } from "../../AgentSpec.ts";
import * as Catalog from "../../Catalog.ts";
import * as Engine from "../../Engine.ts";
import * as FillModel from "../../FillModel.ts";
import * as Ledger from "../../Ledger.ts";
import * as Money from "../../Money.ts";
import * as Bars from "../Bars.ts";
import { Broken } from "../Broken.ts";
import type { Input } from "../Input.ts";
import { exceeded } from "../Limit.ts";
import { deepFreeze } from "../Plain.ts";
import type { Subject } from "../Subject.ts";

const fail = (sentence: string): never => {
  throw new Broken("limits", sentence);
};

/**
 * Walks the input's agent through the bars and their companion; after every slot the books balance and no limit
 * was passed.
 */
export const check = ({ strategy, onDecision }: Subject, { bars, spec }: Input): void => {
  if (spec === undefined) return;
  const catalog = Catalog.make([strategy]);
  const others = Bars.companion(bars);
  let world = deepFreeze(Engine.begin(spec));
  bars.forEach((bar, index) => {
    const shown = [
      { ...bar, symbol: "TEST" },
      { ...(others[index] ?? bar), symbol: "TEST-2" },
    ];
    const observations = shown.map((one) => ({ bar: one, pricedAt: one.to - 1 }));
    const beat = { slot: Math.floor(bar.to / 1000 / spec.frequencySeconds), at: bar.to };
    const [next, outcome] = Engine.step(spec, catalog, world, beat, deepFreeze(observations));
    for (const _ of outcome.run.signals) onDecision();
    walkOrders(spec, world, outcome, bar.to, index);
    balance(next.account, outcome, index);
    world = deepFreeze(next);
  });
};

/** Posts what was approved, one after the other, and holds each opening order against every limit. */
const walkOrders = (
  spec: AgentSpec,
  world: Engine.World,
  outcome: Engine.Outcome,
  at: number,
  index: number,
): void => {
  let { account } = world;
  for (const verdict of outcome.review.verdicts) {
    if (verdict._tag === "Rejected") continue;
    const { order } = verdict;
    const found = exceeded(spec.risk, account, outcome.review.guard, order, at);
    if (found !== undefined) fail(`at bar ${index} an approved order passes ${found}`);
    account = Ledger.post(account, FillModel.fill(order)).account;
  }
};

/** Debits are credits, and equity is what was put in, plus what was won, less what it cost. */
const balance = (account: Ledger.Account, outcome: Engine.Outcome, index: number): void => {
  for (const { entries } of outcome.settlements) {
    const sum = entries.reduce((total, entry) => total + entry.amount, 0n);
    if (sum !== 0n) fail(`at bar ${index} the legs of a trade sum to ${Money.format(sum)}, not to zero`);
  }
  const { equity, unrealized } = Ledger.mark(account, outcome.review.marks);
  const expected = account.capital + account.realized + unrealized - account.fees;
  if (equity !== expected) {
    fail(
      `at bar ${index} equity is ${Money.format(equity)}, but capital, profit and fees make ${Money.format(expected)}`,
    );
  }
};
