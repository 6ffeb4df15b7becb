import * as Dice from "@strom/apps/simulation/Dice.ts";
import * as Contract from "./Contract.ts";
import * as Garbage from "./Garbage.ts";
import * as Known from "./Known.ts";
import * as Server from "./Server.ts";
import * as Tenants from "./Tenants.ts";
import * as Wire from "./Wire.ts";
import * as Wish from "./Wish.ts";

export interface Options {
  readonly requests: number;
  readonly seed: number;
  /** Requests under way at once; 8 when left out. */
  readonly concurrency?: number;
  /** Variables of the server, such as a DATABASE_URL instead of the embedded record. */
  readonly env?: Readonly<Record<string, string>>;
}

/** An answer that is not what the server says of itself. */
export interface Fault {
  /** Which request of the seed. */
  readonly number: number;
  readonly wrong: string;
  readonly status: number;
  readonly request: string;
  readonly answer: string;
}

export interface Report {
  readonly requests: number;
  readonly seed: number;
  readonly tookMs: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** At most twenty: a run ends early at that. */
  readonly faults: ReadonlyArray<Fault>;
  /** Operations of the document that never answered with a 2xx. */
  readonly unreached: ReadonlyArray<string>;
  readonly memory: {
    /** Once it was at work for a while: see `warmUp`. */
    readonly beforeBytes: number;
    readonly afterBytes: number;
    /** As a fraction: 0.2 is a fifth more. */
    readonly growth: number;
  };
  /** What the server ended with, and what `strom verify` did and said then. */
  readonly exitCode: number | null;
  readonly verified: { readonly code: number | null; readonly said: string };
}

const faultsMax = 20;
/** One connection of garbage for so many requests. */
const garbageEvery = 50;

/** After how many requests a server holds what it needs at work; what comes on top is growth. */
const warmUp = (requests: number): number =>
  Math.floor(Math.max(requests / 10, Math.min(requests / 2, 30_000)));

/** Longer header lines than Node reads, and lines it cannot read, are refused before anything of ours sees them. */
const refusedByNode = (answer: Contract.Answer): boolean =>
  (answer.status === 431 || answer.status === 400) && answer.contentType === "";

/** Node hangs up on such headers after its 431: what was still being sent then can break the line before that is read. */
const isOverlong = ({ headers }: Wish.Wish): boolean => JSON.stringify(headers).length > 16_000;

const judge = (wish: Wish.Wish, answer: Contract.Answer | null): string | null => {
  if (answer === null) return isOverlong(wish) ? null : "no answer";
  if (refusedByNode(answer)) return null;
  return wish.kind === "stray" ? Contract.judgeStray(answer) : Contract.judge(wish.operation, answer);
};

/**
 * Sends requests drawn from the document that the server serves, and compares every answer with it. Request number n
 * of a seed is always drawn by the same dice.
 */
export const run = async (options: Options): Promise<Report> => {
  const { requests, seed, concurrency = 8 } = options;
  const beganAt = performance.now();
  const server = await Server.start(options.env);
  const wire = Wire.open(server.url, concurrency);
  try {
    const document = await wire.send({ method: "GET", target: "/openapi.json", headers: {}, body: null });
    const contract = Contract.parse(JSON.parse(document?.text ?? ""));
    const known = Known.make();
    await Tenants.settle(wire, known, server.botToken);
    const house: Wish.House = { contract, known, botToken: server.botToken };
    const statuses: Record<string, number> = {};
    const reached = new Set<string>();
    const faults: Array<Fault> = [];
    let beforeBytes = 0;
    let next = 0;

    const throwGarbage = async (number: number): Promise<void> => {
      const wrong = await Garbage.send(server.url, Dice.make(seed, "garbage", number));
      if (wrong !== null) faults.push({ number, wrong, status: 0, request: "", answer: "" });
    };
    const ask = async (number: number): Promise<void> => {
      const wish = Wish.make(house, Dice.make(seed, "request", number));
      const answer = await wire.send(wish);
      const status = answer?.status ?? 0;
      statuses[status] = (statuses[status] ?? 0) + 1;
      const wrong = judge(wish, answer);
      if (wrong !== null) {
        const request = Wish.show(wish);
        faults.push({ number, wrong, status, request, answer: (answer?.text ?? "").slice(0, 600) });
      }
      if (answer === null || wish.kind === "stray") return;
      if (status >= 200 && status < 300) reached.add(wish.operation.id);
      const { user, path } = wish;
      Known.learn(known, { operation: wish.operation.id, user, path, status, text: answer.text });
    };
    const work = async (): Promise<void> => {
      while (next < requests && faults.length < faultsMax && server.isRunning()) {
        const number = next++;
        if (number === warmUp(requests)) beforeBytes = await server.residentBytes();
        if (number % garbageEvery === 0) await throwGarbage(number);
        await ask(number);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));

    const afterBytes = server.isRunning() ? await server.residentBytes() : Number.NaN;
    wire.close();
    const exitCode = await server.stop();
    const verified = await server.verify();
    return {
      requests: next,
      seed,
      tookMs: performance.now() - beganAt,
      statuses,
      faults,
      unreached: contract.operations.map(({ id }) => id).filter((id) => !reached.has(id)),
      memory: { beforeBytes, afterBytes, growth: afterBytes / beforeBytes - 1 },
      exitCode,
      verified: { code: verified.code, said: `${verified.out}${verified.err}` },
    };
  } finally {
    wire.close();
    await server.destroy();
  }
};

/** What is wrong with a run, in sentences that name its seed; empty when nothing is. */
export const complaints = ({
  seed,
  faults,
  unreached,
  exitCode,
  verified,
}: Report): ReadonlyArray<string> => [
  ...faults.map(
    ({ number, wrong, status, request, answer }) =>
      `seed ${seed}, request ${number}: ${wrong}\n${request}\n\n${status} ${answer}`,
  ),
  ...unreached.map((id) => `seed ${seed}: ${id} never answered with a 2xx`),
  ...(exitCode === 0 ? [] : [`seed ${seed}: the server ended with ${exitCode}`]),
  ...(verified.code === 0 ? [] : [`seed ${seed}: the record does not verify: ${verified.said}`]),
];
