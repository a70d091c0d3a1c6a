import { amountOf, type Kind, kindOf, type Reading } from "./book.js";

/** A number as it is printed, apart from where it stands. */
export interface Numeral {
  /** Without sign and separators. */
  readonly digits: string;
  readonly unit: string | null;
}

type Scales = readonly (readonly [Kind, number])[];

/** What a unit may be of, and how many of the figure's own unit one of it is. */
const SCALES: Readonly<Record<string, Scales>> = {
  万人次: [["visit", 1e4]],
  人次: [["visit", 1]],
  例: [["visit", 1]],
  次: [["visit", 1]],
  万元: [["yuan", 1e4]],
  万: [
    ["yuan", 1e4],
    ["person", 1e4],
    ["visit", 1e4],
  ],
  亿元: [["yuan", 1e8]],
  亿: [["yuan", 1e8]],
  元: [
    ["yuan", 1],
    ["per", 1],
  ],
  "元/人次": [["per", 1]],
  "元/人": [["per", 1]],
  人: [["person", 1]],
  万人: [["person", 1e4]],
  "%": [["%", 1]],
  个百分点: [["%", 1]],
  百分点: [["%", 1]],
  天: [["day", 1]],
  日: [["day", 1]],
  "天/人次": [["day", 1]],
  "日/人次": [["day", 1]],
  个月: [["month", 1]],
  月: [["month", 1]],
  家: [["count", 1]],
  所: [["count", 1]],
  个: [["count", 1]],
};
/** Of a number without a unit. */
const BARE: Scales = [
  ["visit", 1],
  ["person", 1],
  ["ratio", 1],
  ["yuan", 1e4],
  ["per", 1],
  ["%", 1],
  ["day", 1],
];

/** What a number with a unit may be of; without one, money is in the unit that is said of it elsewhere. */
export function scalesOf(unit: string | null, money = "万元"): Scales {
  if (unit !== null) return SCALES[unit] ?? [];
  const scale = SCALES[money].find(([kind]) => kind === "yuan")?.[1] ?? 1e4;
  return BARE.map(([kind, s]) => [kind, kind === "yuan" ? scale : s]);
}

export const decimalsOf = (digits: string): number => digits.split(".")[1]?.length ?? 0;

/** Decimals that a document usually prints of a unit; prose drops zeros at the end. */
export class Decimals {
  readonly #usual: ReadonlyMap<string, number>;
  /** Equal texts, equal decimals. */
  readonly key: string;

  constructor(numerals: Iterable<Numeral>) {
    const seen = new Map<string, Map<number, number>>();
    for (const { digits, unit } of numerals) {
      const d = decimalsOf(digits);
      if (d === 0) continue;
      const counts = seen.get(unit ?? "") ?? new Map<number, number>();
      seen.set(unit ?? "", counts.set(d, (counts.get(d) ?? 0) + 1));
    }
    this.#usual = new Map(
      [...seen].map(([unit, counts]) => [unit, [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0][0]]),
    );
    this.key = [...this.#usual]
      .map(([u, d]) => `${u}${d}`)
      .sort()
      .join();
  }

  /** Decimals at which a number of this unit is held against a figure of this kind. */
  of({ digits, unit }: Numeral, kind: Kind, scale: number): number {
    if ((kind === "visit" || kind === "person" || kind === "count") && scale === 1) return 0;
    if (kind === "ratio") return 2;
    return Math.max(decimalsOf(digits), this.#usual.get(unit ?? "") ?? 2);
  }
}

/** From a figure's own unit to the printed one; null where the unit is none of such a figure. */
export function factorOf(unit: string | null, reading: Reading): number | null {
  const kind = kindOf(reading);
  const scale = scalesOf(unit).find(([k]) => k === kind)?.[1];
  return scale === undefined ? null : (kind === "%" ? 100 : 1) / scale;
}

/** A figure in the printed unit, its sign kept; null where there is none. */
export function printedValue(unit: string | null, reading: Reading): number | null {
  const factor = factorOf(unit, reading);
  const value = amountOf(reading);
  return factor === null || value === null ? null : value * factor;
}

export type Rounding = "half-up" | "cut-off";

/** A magnitude in so many decimals. */
export function rounded(value: number, decimals: number, rounding: Rounding): string {
  const scaled = Math.abs(value) * 10 ** decimals;
  // Six places of the published figure are exact: what lies closer than that to a step is on it.
  const slack = Math.max(1e-7, scaled * 1e-12);
  const whole = Math.floor(scaled + (rounding === "half-up" ? 0.5 : 0) + slack);
  return (whole / 10 ** decimals).toFixed(decimals);
}

/** Digits without zeros at the end that say nothing. */
export const plain = (digits: string): string =>
  digits.includes(".") ? digits.replace(/0+$/, "").replace(/\.$/, "") : digits;

/** Whether a figure prints as a number at its own decimals, in the unit that is said or, of money, any other. */
export function printsAs(n: Numeral, reading: Reading, unit: string | null): boolean {
  const value = amountOf(reading);
  if (value === null) return false;
  const kind = kindOf(reading);
  const said = n.unit ?? unit;
  const scales = kind === "%" ? [100] : kind === "yuan" ? (said === "元" ? [1] : [1e-4, 1]) : [1];
  const d = decimalsOf(n.digits);
  const shown = Number(n.digits).toFixed(d);
  return scales.some(
    (s) => rounded(value * s, d, "half-up") === shown || rounded(value * s, d, "cut-off") === shown,
  );
}
