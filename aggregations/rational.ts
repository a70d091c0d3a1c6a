/** An exact fraction; `d` is above 0. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

export const ZERO: Rational = { n: 0n, d: 1n };
export const whole = (n: bigint | number): Rational => ({ n: BigInt(n), d: 1n });
/** Fen as yuan. */
export const yuan = (fen: bigint | number): Rational => ({ n: BigInt(fen), d: 100n });

/** a / b; null where either is missing or b is 0. */
export function over(a: Rational | null, b: Rational | null): Rational | null {
  if (a === null || b === null || b.n === 0n) return null;
  const n = a.n * b.d;
  const d = a.d * b.n;
  return d < 0n ? { n: -n, d: -d } : { n, d };
}

export const plus = (a: Rational, b: Rational): Rational => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d });
export const minus = (a: Rational, b: Rational): Rational => ({ n: a.n * b.d - b.n * a.d, d: a.d * b.d });

/** Decimal text with exactly `places` decimals, rounded half up (a half away from 0). */
export function roundHalfUp(value: Rational, places: number): string {
  const negative = value.n < 0n;
  const scaled = (negative ? -value.n : value.n) * 10n ** BigInt(places);
  const rounded = (scaled * 2n + value.d) / (value.d * 2n);
  const digits = rounded.toString().padStart(places + 1, "0");
  const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return negative && rounded !== 0n ? `-${text}` : text;
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** The value of decimal text (an exponent allowed); null when it is none. */
export function parseDecimal(text: string): Rational | null {
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const [, sign, integer, fraction = "", exponent = "0"] = match;
  const digits = integer + fraction;
  if (digits === "" || digits.length > 100) return null;
  const shift = Number(exponent) - fraction.length;
  const n = BigInt(digits) * (sign === "-" ? -1n : 1n);
  return shift >= 0 ? { n: n * 10n ** BigInt(shift), d: 1n } : { n, d: 10n ** BigInt(-shift) };
}

/** One spelling for equal decimals: no exponent, no plus sign, no needless zeros. Null for other text. */
export function canonicalDecimal(text: string): string | null {
  const value = parseDecimal(text);
  if (value === null) return null;
  const places = value.d.toString().length - 1;
  const plain = roundHalfUp(value, places);
  return places === 0 ? plain : plain.replace(/\.?0+$/, "");
}

/** (value − previous) / previous to six places; null where either is missing or previous is 0. */
export function changePct(value: Rational | null, previous: Rational | null): string | null {
  if (value === null || previous === null) return null;
  const change = over(minus(value, previous), previous);
  return change === null ? null : roundHalfUp(change, 6);
}
