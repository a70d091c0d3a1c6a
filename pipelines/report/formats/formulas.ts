import type { PrintedFormula } from "../../../connectors/duckdb/reports/print.js";
import { MEASURES } from "../../../schemas/measures.js";

const MONEY = new Set<string>([
  ...MEASURES.filter((m) => m.unit === "yuan").map((m) => m.name),
  ...["income", "expense", "balance_period", "balance_cumulative", "ffs_amount", "dip_amount"],
  ...["negotiated_paid", "inpatient_aid_paid", "outpatient_aid_paid", "other_aid_paid"],
]);

/** Whether a measure is money, whose cells hold yuan. */
export const isMoney = (measure: string): boolean => MONEY.has(measure.replace(/^(p|total)_/, ""));

/**
 * A printed cell as a formula over the cells that hold its exact numbers; null where they cannot give it. `at`
 * says in which cell a measure of the row stands (`total_…` in the row of the total), null where it has none.
 */
export function excelFormula(
  { kind, of, previous, factor, decimals }: PrintedFormula,
  at: (measure: string) => string | null,
  rounding: "half-up" | "cut-off",
  zeroBase: "hundred" | "blank",
): string | null {
  const round = (x: string, places: number): string =>
    `${rounding === "half-up" ? "ROUND" : "TRUNC"}(${x},${places})`;
  const p = previous ? "p_" : "";
  const num = at(p + of.num);
  const den = of.den === null ? null : at(p + of.den);
  if (num === null || (of.den !== null && den === null)) return null;
  if (kind === "count") return num;
  if (kind === "amount") return round(`${num}/10000`, decimals);
  // Factors are for fen; the cells hold yuan.
  const scale = isMoney(of.num) && (of.den === null || !isMoney(of.den)) ? factor * 100 : factor;
  const times = (x: string): string => (scale === 1 ? x : `${x}*${Number(scale.toFixed(6))}`);
  if (kind === "ratio")
    return den === null ? null : `IF(${den}=0,0,${round(times(`${num}/${den}`), decimals)})`;
  const [before, base] = [at(`p_${of.num}`), of.den === null ? null : at(`p_${of.den}`)];
  if (before === null || (of.den !== null && base === null)) return null;
  const now = den === null ? num : `IF(${den}=0,0,${num}/${den})`;
  const then = base === null ? before : `IF(${base}=0,0,${before}/${base})`;
  if (kind === "difference") return round(times(`(${now}-${then})`), decimals);
  const fromZero = zeroBase === "hundred" ? `IF(${now}=0,0,100)` : '""';
  return `IF(${then}=0,${fromZero},${round(`(${now}-${then})/${then}*100`, decimals)})`;
}

/** `A`, `B` … `AA` of a column from 0. */
export function columnName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnName(Math.floor(index / 26) - 1) + letter;
}
