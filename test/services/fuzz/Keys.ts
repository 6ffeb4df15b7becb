import { Predicate } from "effect";
import * as Postgres from "../../servers/Postgres.ts";
import * as Strom from "../../servers/Strom.ts";
import type * as Contract from "./Contract.ts";
import * as Wire from "./Wire.ts";

export interface Options {
  readonly keys: number;
  /** How many send the same request with the same key at the same time. */
  readonly atOnce: number;
}

export interface Report {
  readonly keys: number;
  readonly atOnce: number;
  readonly tookMs: number;
  /** Requests answered, with those sent again because the first of their key was still at work. */
  readonly answered: number;
  readonly sentAgain: number;
  /** What was not as promised, a sentence each. */
  readonly faults: ReadonlyArray<string>;
}

/** Something to do once: what is posted, what another body for the same key would be, and how often it took effect. */
interface Deed {
  readonly target: string;
  readonly body: unknown;
  readonly other: unknown;
  readonly effects: () => Promise<number>;
}

type Send = (method: string, target: string, key: string | null, body?: unknown) => Promise<Contract.Answer>;

const agent = (name: string) => ({
  name,
  frequency_seconds: 60,
  universe: { symbols: ["BTC-USD"] },
  strategies: [{ key: "buy_and_hold" }],
  capital: "100000.00",
});

const patienceMs = 20_000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const items = (answer: Contract.Answer): ReadonlyArray<unknown> => {
  const body: unknown = JSON.parse(answer.text);
  return Predicate.hasProperty(body, "items") && Array.isArray(body["items"]) ? body["items"] : [];
};

const isNamed = (name: string) => (item: unknown) =>
  Predicate.hasProperty(item, "name") && item["name"] === name;

/** Deed number `n`: an agent made, an agent started, prices brought, one after the other. */
const deedOf = async (send: Send, n: number): Promise<Deed> => {
  const name = `agent ${n}`;
  const symbol = `KEY:${n}`;
  const ts = new Date(Date.now() - 1_000).toISOString();
  const listed = async (): Promise<number> =>
    items(await send("GET", "/v1/agents?limit=200", null)).filter(isNamed(name)).length;
  switch (n % 3) {
    case 0:
      return { target: "/v1/agents", body: agent(name), other: agent(`${name}, another`), effects: listed };
    case 1: {
      const made: { readonly id: string } = JSON.parse(
        (await send("POST", "/v1/agents", null, agent(name))).text,
      );
      return {
        target: `/v1/agents/${made.id}/start`,
        body: undefined,
        other: null,
        // A second start would be refused, and the answers would not be equal.
        effects: async () =>
          Number((await send("GET", `/v1/agents/${made.id}`, null)).text.includes('"RUNNING"')),
      };
    }
    default:
      return {
        target: "/v1/market/prices",
        body: { prices: [{ symbol, ts, price: "1.5" }] },
        other: { prices: [{ symbol, ts, price: "2.5" }] },
        effects: async () =>
          items(await send("GET", `/v1/market/prices?symbol=${encodeURIComponent(symbol)}`, null)).length,
      };
  }
};

/** Over a real Postgres and two API processes, which share nothing else. */
export const run = async ({ keys, atOnce }: Options): Promise<Report> => {
  const postgres = await Postgres.start({ fsync: false, maxConnections: 200 });
  const faults: Array<string> = [];
  const beganAt = performance.now();
  let answered = 0;
  let sentAgain = 0;
  const processes: Array<Strom.Process> = [];
  const wires: Array<Wire.Wire> = [];
  try {
    const env = { DATABASE_URL: await postgres.createDatabase() };
    // One after the other: the first brings the database up to date.
    for (let i = 0; i < 2; i++) {
      const started = await Strom.start(["api"], env);
      processes.push(started);
      wires.push(Wire.open(started.url, atOnce));
    }

    const sendAs =
      (user: string, turn: number): Send =>
      async (method, target, key, body) => {
        const headers = {
          "x-strom-user": user,
          ...(key === null ? {} : { "idempotency-key": key }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        };
        const text = body === undefined ? null : Buffer.from(JSON.stringify(body));
        const until = performance.now() + patienceMs;
        for (let pauseMs = 30; ; pauseMs = Math.min(500, pauseMs * 2)) {
          const answer = await wires[turn % wires.length]?.send({ method, target, headers, body: text });
          if (answer === undefined || answer === null) throw new Error(`${method} ${target} had no answer`);
          answered += 1;
          // What a client does that is told to: the same again in a moment.
          const isBusy = answer.status === 409 && answer.text.includes('"still_running"');
          if (!isBusy || performance.now() > until) return answer;
          sentAgain += 1;
          await sleep(pauseMs);
        }
      };

    const storm = async (n: number): Promise<void> => {
      const user = `storm${n % 50}@keys.example`;
      const key = `key-${n}`;
      const { target, body, other, effects } = await deedOf(sendAs(user, n), n);
      const answers = await Promise.all(
        Array.from({ length: atOnce }, (_, turn) => sendAs(user, turn)("POST", target, key, body)),
      );
      const told = new Map<string, number>();
      for (const { status, text } of answers) {
        const said = `${status} ${text}`;
        told.set(said, (told.get(said) ?? 0) + 1);
      }
      if (told.size !== 1 || !/^20[01] /.test([...told.keys()][0] ?? "")) {
        faults.push(`${target} with ${key}: ${JSON.stringify([...told]).slice(0, 600)}`);
      }
      // The answer is there for good now: nobody who asks for it stands in another's way.
      const before = sentAgain;
      await Promise.all(
        Array.from({ length: atOnce }, (_, turn) => sendAs(user, turn)("POST", target, key, body)),
      );
      if (sentAgain > before) faults.push(`${target} with ${key} was told that it still runs, after its end`);
      const count = await effects();
      if (count !== 1) faults.push(`${target} with ${key} took effect ${count} times`);
      if (other === null) return;
      const refused = await sendAs(user, n + 1)("POST", target, key, other);
      if (refused.status !== 422 || !refused.text.includes("idempotency_key_reused")) {
        faults.push(
          `${target} with ${key} and another body: ${refused.status} ${refused.text.slice(0, 300)}`,
        );
      }
      if ((await effects()) !== 1) faults.push(`${target} with ${key} took effect with another body`);
    };
    for (let n = 0; n < keys; n++) await storm(n);
    const ends = await Promise.all(processes.map((one) => one.stop()));
    for (const { code } of ends) if (code !== 0) faults.push(`an API process ended with ${code}`);
  } finally {
    for (const wire of wires) wire.close();
    await Promise.all(processes.map((one) => one.destroy()));
    await postgres.destroy();
  }
  return { keys, atOnce, tookMs: performance.now() - beganAt, answered, sentAgain, faults };
};
