import type { Id } from "@strom/core";
import { Event, Money } from "@strom/core";
import { Agents, Books, EventBus } from "@strom/core/ports";
import { Clock, Console, Effect, Result, Stream } from "effect";
import type { Paint } from "./Paint.ts";

const clock = (at: number): string => new Date(at).toISOString().slice(11, 19);

const sideText = (paint: Paint, side: "BUY" | "SELL"): string =>
  side === "BUY" ? paint.green("BUY ") : paint.red("SELL");

/** What a reader cares about, in one line; null for what they do not. */
export const line = (paint: Paint, name: string, event: Event.Event): string | null => {
  const head = `${paint.dim(clock(event.at))}  ${name}`;
  if (event._tag === "order.filled") {
    const { fill, realized } = event;
    const gain = realized === 0n ? "" : `  realized ${signed(paint, realized)}`;
    const what = `${sideText(paint, fill.side)} ${Money.format(fill.qty)} ${paint.bold(fill.symbol)}`;
    return `${head}  ${paint.cyan("fill  ")}  ${what} at ${Money.format(fill.price)}  fee ${Money.formatFixed(fill.fee, 2)}${gain}`;
  }
  if (event._tag === "order.rejected") {
    const { order, reason } = event;
    const what = `${sideText(paint, order.side)} ${paint.bold(order.symbol)}`;
    return `${head}  ${paint.yellow("reject")}  ${what} at ${Money.format(order.price)}  ${reason.replaceAll("_", " ")}`;
  }
  if (event._tag === "agent.changed" && event.to === "ERROR") {
    return `${head}  ${paint.red("error ")}  ${event.reason}`;
  }
  return null;
};

const signed = (paint: Paint, amount: bigint): string =>
  amount > 0n ? paint.green(`+${Money.formatFixed(amount, 2)}`) : paint.red(Money.formatFixed(amount, 2));

/** Names of agents, asked once each; an agent of somebody else is called by the start of its id. */
const makeNames = Effect.fnUntraced(function* (userId: Id.UserId) {
  const agents = yield* Agents;
  const known = new Map<Id.AgentId, string>();
  return Effect.fnUntraced(function* (id: Id.AgentId) {
    const seen = known.get(id);
    if (seen !== undefined) return seen;
    const name = yield* agents.find(userId, id).pipe(
      Effect.map((agent) => agent.name),
      Effect.orElseSucceed(() => id.slice(0, 8)),
    );
    known.set(id, name);
    return name;
  });
});

/** Tells every fill and rejection on standard output as it is committed. */
export const tell = Effect.fnUntraced(function* (paint: Paint, userId: Id.UserId) {
  const bus = yield* EventBus;
  const nameOf = yield* makeNames(userId);
  yield* bus.watch(["order.filled", "order.rejected", "agent.changed"]).pipe(
    Stream.runForEach((row) =>
      Effect.gen(function* () {
        const event = Event.decode(row.payload);
        if (Result.isFailure(event) || event.success._tag === "market.tick") return;
        const text = line(paint, yield* nameOf(event.success.agentId), event.success);
        if (text !== null) yield* Console.log(text);
      }),
    ),
  );
});

const rejectionsText = (rejections: Readonly<Record<string, number>>): string =>
  Object.entries(rejections)
    .map(([code, count]) => `${count} ${code.replaceAll("_", " ")}`)
    .join(", ") || "none";

/** Where each agent of a user stands, one line each. */
export const summary = Effect.fnUntraced(function* (paint: Paint, userId: Id.UserId) {
  const agents = yield* Agents;
  const books = yield* Books;
  const at = yield* Clock.currentTimeMillis;
  const page = yield* agents.list(userId, {}, { limit: 200, after: null });
  for (const { id, name } of page.items) {
    const { equity, capital, fills, rejections } = yield* books.standing({ userId, agentId: id });
    const gain = Result.getOrElse(
      Result.all([Money.parseSum(equity), Money.parseSum(capital)]).pipe(
        Result.map(([now, paid]) => now - paid),
      ),
      () => 0n,
    );
    yield* Console.log(
      `${paint.dim(clock(at))}  ${name}  ${paint.bold("hourly")}  equity ${Number(equity).toFixed(2)}  pnl ${signed(paint, gain)}  fills ${fills}  rejected: ${rejectionsText(rejections)}`,
    );
  }
});

const hourMs = 3_600_000;

/** Says at every full hour where the agents stand. */
export const everyHour = Effect.fnUntraced(function* (paint: Paint, userId: Id.UserId) {
  while (true) {
    const now = yield* Clock.currentTimeMillis;
    yield* Effect.sleep(hourMs - (now % hourMs));
    yield* Effect.ignore(summary(paint, userId));
  }
});
