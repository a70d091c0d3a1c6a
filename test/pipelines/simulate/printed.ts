import { AMOUNT_INDEX } from "../../../schemas/input/settlement.js";
import type { AmountField } from "../../../schemas/input/streams.js";
import type { Counted, Recount } from "./recount.js";

/** A sum of fen, days, visits or persons over the rows that fit. */
export type Measure = "visits" | "bed_days" | "persons" | AmountField;
export type Filter = Partial<
  Record<
    "insurance" | "category" | "care" | "region" | "tier" | "facility" | "channel",
    string | readonly string[]
  >
>;

const fits = (row: Counted, year: number, filter: Filter): boolean =>
  row.year === year &&
  Object.entries(filter).every(([k, v]) => {
    const has = row[k as keyof Filter];
    return typeof v === "string" ? has === v : v.includes(has);
  });

/** Exact sums; `persons` are distinct over everything that fits. */
export function total(counted: Recount, measures: readonly Measure[], year: number, filter: Filter): bigint {
  const rows = counted.groups.filter((g) => fits(g, year, filter));
  let sum = 0n;
  for (const m of measures) {
    if (m === "persons") {
      const weights = new Map<string, number>();
      for (const r of rows) for (const [p, w] of r.weights) weights.set(p, (weights.get(p) ?? 0) + w);
      sum += BigInt([...weights.values()].filter((w) => w > 0).length);
    } else {
      for (const r of rows) {
        sum += BigInt(m === "visits" || m === "bed_days" ? r.sums[m] : r.sums.amounts[AMOUNT_INDEX[m]]);
      }
    }
  }
  return sum;
}

/** top / bottom with that many decimals: half away from zero, or cut off. */
export function printed(
  top: bigint,
  bottom: bigint,
  decimals: number,
  rounding: "half-up" | "cut-off" = "half-up",
): string {
  const negative = top < 0n !== bottom < 0n && top !== 0n;
  const t = (top < 0n ? -top : top) * 10n ** BigInt(decimals);
  const b = bottom < 0n ? -bottom : bottom;
  const digits = (rounding === "half-up" ? (2n * t + b) / (2n * b) : t / b)
    .toString()
    .padStart(decimals + 1, "0");
  const text = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  return negative && /[1-9]/.test(text) ? `-${text}` : text;
}
