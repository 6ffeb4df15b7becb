import type { Ticking } from "@strom/core/ports";

/** Where an agent stands between its slots. */
export interface Beat {
  readonly ticking: Ticking;
  readonly phaseMs: number;
  /** The newest slot that was ticked. */
  tickedTo: number;
  /** The newest slot that is not owed: it was before the agent was started, or it was ticked. */
  lastSlot: number;
  /** Slots of the times it ran before that nobody ticked; the next tick counts them as missed. */
  owed: number;
}

const NONE = Number.NEGATIVE_INFINITY;

const frequencyMs = ({ ticking }: Pick<Beat, "ticking">): number => ticking.frequencySeconds * 1000;

/** The newest slot that has begun. */
export const slotAt = (beat: Pick<Beat, "ticking" | "phaseMs">, at: number): number =>
  Math.floor((at - beat.phaseMs) / frequencyMs(beat));

/** The newest slot that begins before an instant, not at it. */
const slotBefore = (beat: Pick<Beat, "ticking" | "phaseMs">, at: number): number =>
  Math.ceil((at - beat.phaseMs) / frequencyMs(beat)) - 1;

export const startAt = (beat: Beat, slot: number): number => beat.phaseMs + slot * frequencyMs(beat);

interface Sight {
  readonly nowAt: number;
  /** The machine's clock says nothing about the file's: an agent begins where it is first seen. */
  readonly isReplay: boolean;
}

/** The beat of an agent as it is now on record, and as it was last known here. */
export const make = (
  ticking: Ticking,
  phaseMs: number,
  previous: Beat | undefined,
  { nowAt, isReplay }: Sight,
): Beat => {
  const of = { ticking, phaseMs };
  // A slot's number changes its meaning with the frequency.
  const known = previous?.ticking.frequencySeconds === ticking.frequencySeconds ? previous : undefined;
  const tickedTo = Math.max(
    known?.tickedTo ?? NONE,
    ticking.lastAt === null ? NONE : slotAt(of, ticking.lastAt),
  );
  const seen = known?.lastSlot ?? (isReplay ? slotAt(of, nowAt) : NONE);
  const started = isReplay ? NONE : slotBefore(of, ticking.runningSince);
  const owed = isReplay
    ? 0
    : ticking.earlier.reduce((sum, { from, to }) => {
        const before = Math.max(tickedTo, slotBefore(of, from));
        return sum + Math.max(0, slotBefore(of, to) - before);
      }, 0);
  return { ...of, tickedTo, lastSlot: Math.max(seen, started, tickedTo), owed };
};

/** A slot was ticked, and with it everything before is accounted for. */
export const tick = (beat: Beat, slot: number): void => {
  beat.tickedTo = slot;
  beat.lastSlot = slot;
  beat.owed = 0;
};
