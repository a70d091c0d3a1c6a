import { changePct, over, roundHalfUp, whole } from "./rational.js";

/**
 * Published decimals (six places) as whole millionths: sums and differences of them are exact. Text in, text out.
 */
export type Micros = bigint;

/** `12.5` as 12500000; digits beyond the sixth are none of a published decimal. */
export function micros(text: string): Micros {
  const [whole, part = ""] = text.replace("-", "").split(".");
  const n = BigInt(whole + part.padEnd(6, "0").slice(0, 6));
  return text.startsWith("-") ? -n : n;
}

/** Nothing counts as 0. */
export const microsOr0 = (text: string | null | undefined): Micros =>
  text === null || text === undefined ? 0n : micros(text);

export function decimal(value: Micros): string {
  const digits = (value < 0n ? -value : value).toString().padStart(7, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

/** a − b; null where either is missing. */
export const minus = (a: string | null, b: string | null): string | null =>
  a === null || b === null ? null : decimal(micros(a) - micros(b));

/** n ÷ d rounded half away from zero; d is not 0. */
export const divided = (n: bigint, d: bigint): bigint => BigInt(roundHalfUp(over(whole(n), whole(d))!, 0));

/** n ÷ d as a decimal of six places; null over 0. */
export function fractionOf(n: bigint, d: bigint): string | null {
  const fraction = over(whole(n), whole(d));
  return fraction === null ? null : roundHalfUp(fraction, 6);
}

/** (a − b) ÷ b; null where either is missing or b is 0. */
export const relative = (a: string | null, b: string | null): string | null =>
  a === null || b === null ? null : changePct(whole(micros(a)), whole(micros(b)));

/** Sum of the texts; null when there is none at all. */
export function sumOf(texts: readonly (string | null)[]): string | null {
  const given = texts.filter((t): t is string => t !== null);
  return given.length === 0 ? null : decimal(given.reduce((sum, t) => sum + micros(t), 0n));
}
