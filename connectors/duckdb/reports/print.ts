import type { Config } from "../../../schemas/config/schema.js";
import { relativeChange, roundedQuotient, scaled, truncatedQuotient } from "../expressions.js";

/** A ratio of two measures of a report line; `den` null for a sum. */
export interface Ratio {
  readonly num: string;
  readonly den: string | null;
}

export const sum = (num: string): Ratio => ({ num, den: null });
export const over = (num: string, den: string): Ratio => ({ num, den });

/** What a printed cell is worked out from, for whoever writes it down as a formula of his own. */
export interface PrintedFormula {
  readonly kind: "count" | "amount" | "ratio" | "change" | "difference";
  readonly of: Ratio;
  /** Of last year's numbers. */
  readonly previous: boolean;
  /** What the quotient is multiplied by: 100 for per cent, 0.01 for fen into yuan. */
  readonly factor: number;
  readonly decimals: number;
}

/** A printed cell as SQL, with its formula where the measures of its line are all that it takes. */
export interface Printed {
  readonly sql: string;
  readonly formula?: PrintedFormula;
}

/**
 * How a printed cell is written: rounding by the report settings, 0.00 where the print has nothing to
 * divide by, a change from base 0 as 100.00 (0.00 from 0 to 0) or blank.
 */
export class Printer {
  constructor(readonly report: Config["report"]) {}

  #quotient(num: string, den: string, factor: number): string {
    return (this.report.rounding === "half-up" ? roundedQuotient : truncatedQuotient)(num, den, factor);
  }

  // Over 0 the print has 0.00, so numerator and denominator become 0 and 1.
  #num(r: Ratio, previous: boolean): string {
    const num = `r.${previous ? "p_" : ""}${r.num}`;
    return r.den === null ? num : `CASE WHEN ${this.#raw(r, previous)} = 0 THEN 0 ELSE ${num} END`;
  }
  #raw(r: Ratio, previous: boolean): string {
    return r.den === null ? "1" : `r.${previous ? "p_" : ""}${r.den}`;
  }
  #den(r: Ratio, previous: boolean): string {
    const raw = this.#raw(r, previous);
    return r.den === null ? "1" : `CASE WHEN ${raw} = 0 THEN 1 ELSE ${raw} END`;
  }

  count(measure: string, previous = false): Printed {
    const formula = { kind: "count", of: sum(measure), previous, factor: 1, decimals: 0 } as const;
    return { sql: `r.${previous ? "p_" : ""}${measure}::BIGINT`, formula };
  }

  /** Fen as 万元 with two decimals. */
  wan(measure: string, previous = false): Printed {
    const formula = { kind: "amount", of: sum(measure), previous, factor: 1, decimals: 2 } as const;
    return { sql: this.amount(`r.${previous ? "p_" : ""}${measure}`, 10_000), formula };
  }

  /** An amount as 万元 with two decimals; `units` of it are 100 yuan. */
  amount(sql: string, units: number): string {
    return scaled(this.#quotient(`(${sql})`, String(units), 1), 18, 2);
  }

  /** A ratio with `decimals`; `factor` carries its unit (100 for per cent, 0.01 for fen into yuan). */
  ratio(r: Ratio, factor: number, decimals: number, previous = false): Printed {
    const num = `(${this.#num(r, previous)})`;
    const den = `(${this.#den(r, previous)})`;
    return {
      sql: scaled(this.#quotient(num, den, factor * 10 ** decimals), 18, decimals),
      formula: { kind: "ratio", of: r, previous, factor, decimals },
    };
  }
  yuan(r: Ratio, previous = false): Printed {
    return this.ratio(r, 0.01, 2, previous);
  }
  percent(r: Ratio, previous = false): Printed {
    return this.ratio(r, 100, 2, previous);
  }

  /** The difference of two ratios (or counts) from their unrounded values. */
  difference(r: Ratio, factor: number, decimals: number): Printed {
    return {
      sql: this.#difference(r, factor, decimals),
      formula: { kind: "difference", of: r, previous: false, factor, decimals },
    };
  }

  #difference(r: Ratio, factor: number, decimals: number): string {
    const [n, d, pn, pd] = this.#parts(r);
    if (r.den === null && decimals === 0) return `(${n} - ${pn})::BIGINT`;
    const over = `(${n}::HUGEINT * ${pd} - ${pn}::HUGEINT * ${d})`;
    const base = `(${d}::HUGEINT * ${pd})`;
    return scaled(this.#quotient(over, base, factor * 10 ** decimals), 18, decimals);
  }

  /** Relative change in per cent with two decimals. */
  change(r: Ratio): Printed {
    const [n, d, pn, pd] = this.#parts(r);
    const change = scaled(relativeChange(n, d, pn, pd, 10_000, this.report.rounding === "cut-off"), 18, 2);
    const fromZero =
      this.report.zeroBase === "hundred" ? `CASE WHEN ${n} = 0 THEN 0.00 ELSE 100.00 END` : "NULL";
    return {
      sql: `CASE WHEN ${pn} = 0 THEN ${fromZero} ELSE ${change} END`,
      formula: { kind: "change", of: r, previous: false, factor: 100, decimals: 2 },
    };
  }

  #parts(r: Ratio): [string, string, string, string] {
    return [
      `(${this.#num(r, false)})`,
      r.den === null ? "1" : `(${this.#den(r, false)})`,
      `(${this.#num(r, true)})`,
      r.den === null ? "1" : `(${this.#den(r, true)})`,
    ];
  }
}
