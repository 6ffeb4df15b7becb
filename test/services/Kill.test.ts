import { join } from "node:path";
import { Schema } from "effect";
import { afterAll, assert, describe, it } from "vitest";
import * as Child from "../servers/Child.ts";
import * as Folder from "../servers/Folder.ts";
import * as Strom from "../servers/Strom.ts";

const KILLS = Number(process.env["STROM_KILLS"] ?? 20);
/** The longest a process lives after it is ready, or is still starting: kills fall into both. */
const LIFE_MS = 4_000;
const FIRST_FILL_MS = 60_000;

const Page = <A extends Schema.Top>(item: A) =>
  Schema.Struct({ items: Schema.Array(item), next_cursor: Schema.optionalKey(Schema.NullOr(Schema.String)) });
const Trade = Schema.Struct({
  id: Schema.String,
  order_id: Schema.String,
  symbol: Schema.String,
  side: Schema.String,
  qty: Schema.String,
  price: Schema.String,
  fee: Schema.String,
  ts: Schema.String,
});
const Agent = Schema.Struct({ id: Schema.String });
const decodeTrades = Schema.decodeUnknownSync(Page(Trade));
const decodeAgents = Schema.decodeUnknownSync(Page(Agent));

/** An answer of the API; null while it has none, as when it is starting. */
const ask = async (url: string): Promise<unknown> => {
  const response = await fetch(url).catch(() => null);
  return response?.status === 200 ? response.json() : null;
};

/** Every trade the API answers for an agent, newest first. */
const tradesOf = async (url: string, agent: string): Promise<ReadonlyArray<typeof Trade.Type>> => {
  const found: Array<typeof Trade.Type> = [];
  let cursor: string | null | undefined;
  do {
    const after = cursor === undefined || cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await ask(`${url}/v1/agents/${agent}/trades?limit=200${after}`);
    if (answer === null) return found;
    const page = decodeTrades(answer);
    found.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== undefined && cursor !== null);
  return found;
};

const verify = (env: Readonly<Record<string, string>>) => Strom.run(["verify"], env);

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const folder = Folder.make("kill");
afterAll(() => Folder.remove(folder));

describe("the embedded product", () => {
  it(
    `is killed at ${KILLS} random moments and loses nothing, fills nothing twice, and its books add up`,
    async () => {
      const env = { STROM_DATA_DIR: join(folder, "data") };
      /** What was acknowledged to us, kept here and nowhere else. */
      const seen = new Map<string, typeof Trade.Type>();
      const note = async (url: string): Promise<void> => {
        const answer = await ask(`${url}/v1/agents`);
        if (answer === null) return;
        for (const { id } of decodeAgents(answer).items) {
          for (const trade of await tradesOf(url, id)) {
            const known = seen.get(trade.id);
            if (known !== undefined) assert.deepStrictEqual(trade, known);
            seen.set(trade.id, trade);
          }
        }
      };

      for (let kill = 0; kill < KILLS; kill++) {
        const strom = await Strom.start(["up", "--demo"], env);
        try {
          const beganAt = performance.now();
          const endsAt = beganAt + Math.random() * LIFE_MS;
          // The first one lives until it has something to lose.
          const isOver = () =>
            performance.now() > (kill === 0 && seen.size === 0 ? beganAt + FIRST_FILL_MS : endsAt);
          while (!isOver()) {
            await note(strom.url);
            await sleep(Math.min(100, Math.max(0, endsAt - performance.now())));
          }
        } finally {
          await strom.destroy();
        }
      }

      const last = await Strom.start(["up", "--demo"], env);
      try {
        await Child.until(
          async () => (await fetch(`${last.url}/health/ready`)).status === 200,
          30_000,
          "the last start to be ready",
        );
        const agents = decodeAgents(await (await fetch(`${last.url}/v1/agents`)).json());
        assert.strictEqual(agents.items.length, 1);
        const kept = await tradesOf(last.url, agents.items[0]?.id ?? "");
        const ids = new Set(kept.map(({ id }) => id));
        assert.strictEqual(ids.size, kept.length);
        assert.strictEqual(new Set(kept.map(({ order_id }) => order_id)).size, kept.length, "filled twice");
        for (const trade of seen.values()) {
          assert.deepStrictEqual(
            kept.find(({ id }) => id === trade.id),
            trade,
            "acknowledged, and gone",
          );
        }
        assert.isAbove(seen.size, 0);
      } finally {
        assert.strictEqual((await last.stop()).code, 0);
        await last.destroy();
      }
      const { code, out, err } = await verify(env);
      assert.strictEqual(code, 0, err);
      assert.match(out, /every identity holds/);
    },
    60_000 + KILLS * 15_000,
  );
});
