/**
 * Exact arithmetic as SQL text: integers of 128 bits and decimals, never a floating-point number.
 * Safe while amounts stay below 90 trillion yuan, as schemas/units.ts says.
 */

/** num × factor ÷ den as an integer, rounded half away from zero; NULL over 0. */
export const roundedQuotient = (num: string, den: string, factor: number): string =>
  `CASE WHEN ${den} <> 0 THEN (sign(${num}) * sign(${den}))::HUGEINT * ` +
  `((abs(${num})::HUGEINT * ${2 * factor} + abs(${den})) // (abs(${den})::HUGEINT * 2)) END`;

/** num × factor ÷ den as an integer, cut off towards zero; NULL over 0. */
export const truncatedQuotient = (num: string, den: string, factor: number): string =>
  `CASE WHEN ${den} <> 0 THEN (sign(${num}) * sign(${den}))::HUGEINT * ` +
  `((abs(${num})::HUGEINT * ${factor}) // abs(${den})::HUGEINT) END`;

/** An integer number of 10^-scale as DECIMAL(width, scale). */
export const scaled = (integer: string, width: number, scale: number): string =>
  scale === 0
    ? `(${integer})::DECIMAL(${width}, 0)`
    : `((${integer})::DECIMAL(${width}, 0) * 0.${"0".repeat(scale - 1)}1)::DECIMAL(${width}, ${scale})`;

/** num ÷ den, each of them an integer, with six decimals, rounded half up (away from zero). */
export const fraction = (num: string, den: string, width = 18): string =>
  scaled(roundedQuotient(num, den, 1_000_000), width, 6);

/**
 * Relative change of num/den against pnum/pden from the unrounded figures, as an integer of `factor`-ths.
 * NULL when the base is 0 or missing. Products reach the square of an amount.
 */
export function relativeChange(
  num: string,
  den: string,
  pnum: string,
  pden: string,
  factor: number,
  truncate = false,
): string {
  const one = den === "1" && pden === "1";
  const over = one
    ? `(${num} - ${pnum})::HUGEINT`
    : `(${num}::HUGEINT * ${pden} - ${pnum}::HUGEINT * ${den})`;
  const base = one ? `${pnum}::HUGEINT` : `(${pnum}::HUGEINT * ${den})`;
  const quotient = (truncate ? truncatedQuotient : roundedQuotient)(over, base, factor);
  return one ? quotient : `CASE WHEN ${den} <> 0 AND ${pden} <> 0 THEN ${quotient} END`;
}
