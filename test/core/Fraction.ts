/** Exact fractions for oracles: slow, plain, and knowing nothing of the code they check. */
export interface Fraction {
  readonly n: bigint;
  /** Above zero. */
  readonly d: bigint;
}

export const of = (n: bigint, d = 1n): Fraction => (d < 0n ? { n: -n, d: -d } : { n, d });

/** The decimal that a double's shortest text says: 0.1 is one tenth. */
export const fromNumber = (value: number): Fraction => {
  const [mantissa = "0", exponent = "0"] = String(value).split("e");
  const [whole = "0", decimals = ""] = mantissa.split(".");
  const shift = Number(exponent) - decimals.length;
  const digits = BigInt(whole + decimals);
  return shift >= 0 ? of(digits * 10n ** BigInt(shift)) : of(digits, 10n ** BigInt(-shift));
};

/** Millionths as a number. */
export const fromMicro = (micro: bigint): Fraction => of(micro, 1_000_000n);

export const plus = (a: Fraction, b: Fraction): Fraction => of(a.n * b.d + b.n * a.d, a.d * b.d);
export const minus = (a: Fraction, b: Fraction): Fraction => plus(a, of(-b.n, b.d));
export const times = (a: Fraction, b: Fraction): Fraction => of(a.n * b.n, a.d * b.d);
export const divide = (a: Fraction, b: Fraction): Fraction => of(a.n * b.d, a.d * b.n);
export const abs = (a: Fraction): Fraction => (a.n < 0n ? of(-a.n, a.d) : a);

/** Below zero, zero, or above it: how a compares with b. */
export const compare = (a: Fraction, b: Fraction): number => {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

/** The largest whole number not above it. */
export const floor = ({ n, d }: Fraction): bigint => (n >= 0n ? n / d : -((-n + d - 1n) / d));

/** Rounded down, and up, to whole millionths. */
export const floorMicro = (a: Fraction): Fraction => fromMicro(floor(times(a, of(1_000_000n))));
export const ceilMicro = (a: Fraction): Fraction => fromMicro(-floor(times(a, of(-1_000_000n))));

export const ZERO = of(0n);
