import { minus, over, type Rational, roundHalfUp } from "../../../aggregations/rational.js";
import type { Config } from "../../../schemas/config/schema.js";
import type { Format } from "./grammar.js";
import { isShare, unitOf, usualUnit } from "./units.js";

const negative = (v: Rational): boolean => v.n < 0n;
export const size = (v: Rational): Rational => (negative(v) ? { n: -v.n, d: v.d } : v);

/** How figures are written under the report settings. */
export class FigurePrinter {
  constructor(private readonly report: Config["report"]) {}

  /** Plain digits: no unit, no thousands marks. */
  number(value: Rational, places: number): string {
    if (this.report.rounding === "half-up") return roundHalfUp(value, places);
    const scale = 10n ** BigInt(places);
    return roundHalfUp({ n: (value.n * scale) / value.d, d: scale }, places);
  }

  /** A figure of a published unit, in the unit asked for or the usual one. */
  figure(value: Rational, published: string, format: Format | null): string {
    const { unit, decimals } = format ?? usualUnit(published);
    return this.number({ n: value.n * unit.times, d: value.d * unit.per }, decimals);
  }

  /** Relative change as per cent. From base 0 it is what the report setting says; null where it stays blank. */
  growth(now: Rational, before: Rational, format: Format | null, signed: boolean): string | null {
    const change = this.#growth(now, before);
    if (change === null) return null;
    return this.figure(signed ? change : size(change), "fraction", format);
  }

  #growth(now: Rational, before: Rational): Rational | null {
    if (before.n !== 0n) return over(minus(now, before), before);
    if (this.report.zeroBase === "blank") return null;
    return now.n === 0n ? { n: 0n, d: 1n } : { n: 1n, d: 1n };
  }

  /** The difference, of shares in percentage points. */
  change(now: Rational, before: Rational, published: string, format: Format | null, signed: boolean): string {
    const change = minus(now, before);
    const points = isShare(published) && format === null ? { unit: unitOf("百分点")!, decimals: 2 } : format;
    return this.figure(signed ? change : size(change), published, points);
  }

  /** 1 up, −1 down, 0 the same: as it would be printed. */
  way(now: Rational, before: Rational, published: string, format: Format | null): -1 | 0 | 1 {
    const printed = this.change(now, before, published, format, true);
    if (!/[1-9]/.test(printed)) return 0;
    return printed.startsWith("-") ? -1 : 1;
  }
}
