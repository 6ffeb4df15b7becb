import { exp, ln } from "./Numeric.ts";

export { ln } from "./Numeric.ts";

/**
 * The standard normal distribution by arithmetic alone (+ - * / and square root), because the last bit of
 * `Math.log` and `Math.exp` differs between engines and a seed must give one digest everywhere.
 */

const polynomial = (coefficients: ReadonlyArray<number>, x: number): number => {
  let sum = 0;
  for (let index = coefficients.length - 1; index >= 0; index--) sum = sum * x + (coefficients[index] ?? 0);
  return sum;
};

// Wichura, M. J. (1988), Algorithm AS 241: The percentage points of the normal distribution, Applied
// Statistics 37, 477-484, routine PPND16: about 1e-16 relative.
const A = [
  3.387_132_872_796_366_5, 133.141_667_891_784_38, 1_971.590_950_306_551_3, 13_731.693_765_509_46,
  45_921.953_931_549_87, 67_265.770_927_008_7, 33_430.575_583_588_13, 2_509.080_928_730_122_7,
];
const B = [
  1, 42.313_330_701_600_91, 687.187_007_492_057_9, 5_394.196_021_424_751, 21_213.794_301_586_597,
  39_307.895_800_092_71, 28_729.085_735_721_943, 5_226.495_278_852_545,
];
const C = [
  1.423_437_110_749_683_5, 4.630_337_846_156_546, 5.769_497_221_460_691, 3.647_848_324_763_204_5,
  1.270_458_252_452_368_4, 0.241_780_725_177_450_6, 0.022_723_844_989_269_184, 0.000_774_545_014_278_341_4,
];
const D = [
  1, 2.053_191_626_637_759, 1.676_384_830_183_803_8, 0.689_767_334_985_1, 0.148_103_976_427_480_08,
  0.015_198_666_563_616_457, 0.000_547_593_808_499_534_5, 1.050_750_071_644_416_9e-9,
];
const E = [
  6.657_904_643_501_103, 5.463_784_911_164_114, 1.784_826_539_917_291_3, 0.296_560_571_828_504_87,
  0.026_532_189_526_576_124, 0.001_242_660_947_388_078_4, 0.000_027_115_555_687_434_876,
  2.010_334_399_292_288_1e-7,
];
const F = [
  1, 0.599_832_206_555_888, 0.136_929_880_922_735_8, 0.014_875_361_290_850_615, 0.000_786_869_131_145_613_2,
  0.000_018_463_183_175_100_548, 1.421_511_758_316_446e-7, 2.044_263_103_389_939_7e-15,
];

/** The x below which a standard normal falls with probability `p`, 0 < p < 1. */
export const quantile = (p: number): number => {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180_625 - q * q;
    return (q * polynomial(A, r)) / polynomial(B, r);
  }
  const r = Math.sqrt(-ln(q < 0 ? p : 1 - p));
  const tail =
    r <= 5 ? polynomial(C, r - 1.6) / polynomial(D, r - 1.6) : polynomial(E, r - 5) / polynomial(F, r - 5);
  return q < 0 ? -tail : tail;
};

// Hart, J. F. et al. (1968), Computer Approximations, algorithm 5666, as given by West, G. (2005), Better
// approximations to cumulative normal functions, Wilmott Magazine, May, 70-76: about 1e-15 absolute.
const NUMERATOR = [
  220.206_867_912_376, 221.213_596_169_931, 112.079_291_497_871, 33.912_866_078_383, 6.373_962_203_531_65,
  0.700_383_064_443_688, 0.035_262_496_599_891_1,
];
const DENOMINATOR = [
  440.413_735_824_752, 793.826_512_519_948, 637.333_633_378_831, 296.564_248_779_674, 86.780_732_202_946_1,
  16.064_177_579_207, 1.755_667_163_182_64, 0.088_388_347_648_318_4,
];

/** The probability that a standard normal falls below `x`. */
export const cdf = (x: number): number => {
  const size = Math.abs(x);
  if (size > 37) return x > 0 ? 1 : 0;
  const density = exp((-size * size) / 2);
  const tail =
    size < 7.071_067_811_865_47
      ? (density * polynomial(NUMERATOR, size)) / polynomial(DENOMINATOR, size)
      : density / (size + 1 / (size + 2 / (size + 3 / (size + 4 / (size + 0.65))))) / 2.506_628_274_631;
  return x > 0 ? 1 - tail : tail;
};
