import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as Folder from "../../servers/Folder.ts";
import * as Strom from "../../servers/Strom.ts";
import type * as Fleet from "../Fleet.ts";

/** What a process may be started as; several of a kind share its work. */
export const kinds = ["api", "scheduler", "market", "runtime", "risk", "execution", "worker"] as const;
export type Kind = (typeof kinds)[number];

/** Real processes of ours over one record and one broker, each started again when it was killed. */
export interface Company {
  /** SIGKILL to one of the kind, of several the one that has been there longest; resolves when it works again. */
  readonly kill: (kind: Kind) => Promise<void>;
  /** SIGKILL to everybody at once, `meanwhile` while nobody is there, and all of them started again. */
  readonly killAll: (meanwhile: () => Promise<void>) => Promise<void>;
  /** SIGSTOP for so long, then SIGCONT. */
  readonly freeze: (kind: Kind, forMs: number) => Promise<void>;
  /** From now on the clocks of a kind are so far ahead of the machine's; negative is behind. */
  readonly setClock: (kind: Kind, aheadMs: number) => void;
  readonly url: (kind: Kind) => string;
  /** SIGTERM to all, those who give work to others first, and what those said that ended badly. */
  readonly dismiss: (
    first: ReadonlyArray<Kind>,
    between: () => Promise<void>,
  ) => Promise<ReadonlyArray<string>>;
  readonly destroy: () => Promise<void>;
}

interface Member {
  readonly kind: Kind;
  process: Strom.Process;
}

/** How soon whoever watches over processes starts one again. */
const RESTART_MS = 300;

const shiftedClock = pathToFileURL(join(import.meta.dirname, "ShiftedClock.ts")).href;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts one process for each kind named; a kind may be named several times. */
export const hire = async (staff: ReadonlyArray<Kind>, env: Fleet.Env): Promise<Company> => {
  const clocks = Folder.make("clocks");
  const clockOf = (kind: Kind): string => join(clocks, kind);
  const setClock = (kind: Kind, aheadMs: number): void => writeFileSync(clockOf(kind), String(aheadMs));
  for (const kind of kinds) setClock(kind, 0);

  const begin = (kind: Kind): Promise<Strom.Process> =>
    Strom.start([kind], {
      ...env,
      NODE_OPTIONS: `--import=${shiftedClock}`,
      SHIFTED_CLOCK_FILE: clockOf(kind),
    });
  let members: ReadonlyArray<Member> = await Promise.all(
    staff.map(async (kind) => ({ kind, process: await begin(kind) })),
  );

  const find = (kind: Kind): Member => {
    const member = members.find((one) => one.kind === kind);
    if (member === undefined) throw new Error(`nobody was hired as ${kind}`);
    return member;
  };
  const fell = async ({ process }: Member): Promise<void> => {
    await process.kill();
    await process.destroy();
  };
  const revive = async (member: Member): Promise<void> => {
    member.process = await begin(member.kind);
  };
  const stop = (some: ReadonlyArray<Member>) =>
    Promise.all(some.map(async ({ kind, process }) => ({ kind, process, ...(await process.stop()) })));

  return {
    kill: async (kind) => {
      const member = find(kind);
      members = [...members.filter((one) => one !== member), member];
      await fell(member);
      await sleep(RESTART_MS);
      await revive(member);
    },
    killAll: async (meanwhile) => {
      await Promise.all(members.map(fell));
      await meanwhile();
      await Promise.all(members.map(revive));
    },
    freeze: async (kind, forMs) => {
      const { process } = find(kind);
      process.pause();
      await sleep(forMs);
      process.resume();
    },
    setClock,
    url: (kind) => find(kind).process.url,
    dismiss: async (first, between) => {
      const isFirst = ({ kind }: Member): boolean => first.includes(kind);
      const givers = await stop(members.filter(isFirst));
      await between();
      const others = await stop(members.filter((member) => !isFirst(member)));
      return [...givers, ...others]
        .filter(({ code }) => code !== 0)
        .map(({ kind, code, process }) => `${kind} ended with ${code}: ${process.log().slice(-800)}`);
    },
    destroy: async () => {
      await Promise.all(members.map(({ process }) => process.destroy()));
      Folder.remove(clocks);
    },
  };
};
