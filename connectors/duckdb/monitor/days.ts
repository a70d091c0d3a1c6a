import { quoteText } from "../../../schemas/published/definition.js";
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
  const grouping =
    of.facility !== undefined
      ? "care+facility"
      : of.district !== undefined
        ? "care+district"
        : of.care !== undefined
          ? "care"
          : "total";
  const where = [
    "p.period_kind = 'day'",
    "p.shown",
    "(NOT g.short_days OR p.short_shown)",
    `p.period_start BETWEEN ${quoteText(of.from)}::DATE AND ${quoteText(of.to)}::DATE`,
    `f."grouping" = ${quoteText(grouping)}`,
    ...(of.insurances ? [`g.insurance IN (${of.insurances.map(quoteText).join(", ")})`] : []),
    ...(of.district === undefined ? [] : [`g.district = ${quoteText(of.district)}`]),
    ...(of.facility === undefined ? [] : [`g.facility = ${quoteText(of.facility)}`]),
    ...(of.care === undefined ? [] : [`g.care = ${quoteText(of.care)}`]),
  ];
  const { rows } = await file.query(`SELECT p.period, g.insurance, ${of.measures
    .map((m) => `sum(f.${m})::BIGINT::VARCHAR`)
    .join(", ")}
    FROM store.fact f JOIN store.period p ON p.period = f.period JOIN store.grp g ON g.gid = f.gid
    WHERE ${where.join(" AND ")} GROUP BY p.period, g.insurance ORDER BY p.period, g.insurance`);
  return rows.map(([day, insurance, ...sums]) => ({
    day: String(day),
    insurance: String(insurance),
    sums: Object.fromEntries(of.measures.map((m, i) => [m, BigInt(String(sums[i] ?? 0))])),
  }));
}
