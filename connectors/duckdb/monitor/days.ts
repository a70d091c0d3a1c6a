import { cellFrom } from "../views/cell.js";
import { settledConditions } from "./figures.js";
import type { OpenFile } from "./open-file.js";

/** What settlements of one day come to, in fen, visits or days. */
export interface DaySums {
  readonly day: string;
  readonly insurance: string;
  readonly sums: Readonly<Record<string, bigint>>;
}

/**
 * Sums by day and insurance of the measures, from the day `from` to `to` (both inclusive), for a chart's axis: of
 * everything, of a district, or of a facility, as far as days are kept. The same as `indicators` has for days.
 */
export async function daySums(
  file: OpenFile,
  of: {
    readonly from: string;
    readonly to: string;
    readonly measures: readonly string[];
    readonly insurances?: readonly string[];
    readonly district?: string;
    readonly facility?: string;
    readonly care?: string;
  },
): Promise<DaySums[]> {
  const { from, to, insurances } = of;
  const where = Object.fromEntries(
    (["care", "district", "facility"] as const).flatMap((d) => (of[d] === undefined ? [] : [[d, [of[d]]]])),
  );
  const part = ["facility", "district"].find((d) => d in where);
  const grouping = part !== undefined ? `care+${part}` : of.care !== undefined ? "care" : "total";
  const conditions = settledConditions({ span: { kind: "day", from, to }, insurances, grouping, where });
  const { rows } = await file.query(`SELECT p.period, g.insurance, ${of.measures
    .map((m) => `sum(f.${m})::BIGINT::VARCHAR`)
    .join(", ")}
    ${cellFrom([])} AND ${conditions.join(" AND ")}
    GROUP BY p.period, g.insurance ORDER BY p.period, g.insurance`);
  return rows.map(([day, insurance, ...sums]) => ({
    day: String(day),
    insurance: String(insurance),
    sums: Object.fromEntries(of.measures.map((m, i) => [m, BigInt(String(sums[i] ?? 0))])),
  }));
}
