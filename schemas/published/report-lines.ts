import type { Config } from "../config.js";
import { CATEGORY_LINES, type CategoryLine, FACILITY_KIND_LABELS, type Label } from "../labels.js";
import { quoteText } from "./define.js";

/** Measures that printed tables use. */
export const REPORT_MEASURES = [
  "visits",
  "persons",
  "bed_days",
  "fee",
  "in_scope_fee",
  "pool_paid",
  "critical_paid",
  "large_paid",
  "aid_paid",
  "reimbursed",
  "benefit_paid",
  "critical_visits",
  "critical_fee",
  "aid_visits",
] as const;

const list = (text: (measure: string) => string): string => REPORT_MEASURES.map(text).join(", ");
const summed = list((m) => `sum(c.${m}) AS ${m}, sum(c.p_${m}) AS p_${m}`);
const plain = list((m) => `c.${m}, c.p_${m}`);

const oneOf = (line: CategoryLine): string => CATEGORY_LINES[line].map(quoteText).join(", ");
const inCategory = (line: CategoryLine): string => `c.category IN (${oneOf(line)})`;
const where = (insurance: string, grouping: string, more = "true"): string =>
  `FROM store.cell c WHERE c.insurance = ${quoteText(insurance)} AND c."grouping" = ${quoteText(grouping)} AND ${more}`;

/**
 * Lines of a printed table as SQL: `period`, `seq`, `label`, `kind` (明细, 小计, 合计), `enrolled` and the
 * measures of this period and, with `p_`, of last year's (NULL where that lies before the data).
 */
export type Lines = string;

/** A line for each value of a dimension, also without data, and a total. */
export function byDimension(
  insurance: string,
  line: CategoryLine,
  dimension: string,
  labels: readonly Label[],
): Lines {
  const values = labels.map((l, i) => `(${i + 1}, ${quoteText(l.value)}, ${quoteText(l.zh)})`).join(", ");
  const total = `SELECT c.period, any_value(c.enrolled) AS enrolled, ${summed}
    ${where(insurance, "care+category", inCategory(line))} GROUP BY c.period`;
  const detail = `SELECT c.period, c.${dimension} AS value, ${summed}
    ${where(insurance, `care+category+${dimension}`, inCategory(line))} GROUP BY c.period, c.${dimension}`;
  return `SELECT t.period, l.seq, l.zh AS label, '明细' AS kind, t.enrolled,
      ${list((m) => `coalesce(d.${m}, 0) AS ${m}, coalesce(d.p_${m}, CASE WHEN t.p_${m} IS NOT NULL THEN 0 END) AS p_${m}`)}
    FROM (${total}) t CROSS JOIN (VALUES ${values}) l(seq, value, zh)
      LEFT JOIN (${detail}) d ON d.period = t.period AND d.value = l.value
    WHERE l.value <> 'unknown' OR d.value IS NOT NULL
    UNION ALL
    SELECT t.period, 1000, '合计', '合计', t.enrolled, ${list((m) => `t.${m}, t.p_${m}`)} FROM (${total}) t`;
}

/** Prefix of the divisions that lie in the jurisdiction. */
export function jurisdictionPrefix(config: Config): string {
  const { admdvs, level } = config.jurisdiction;
  if (level === "county") return admdvs;
  const municipality = ["11", "12", "31", "50"].includes(admdvs.slice(0, 2));
  return level === "province" || municipality ? admdvs.slice(0, 2) : admdvs.slice(0, 4);
}

/** The jurisdiction's facilities in display order, by kind, each kind with a subtotal, and a total. */
export function byFacility(insurance: string, line: CategoryLine, config: Config): Lines {
  const inside = `SELECT c.period, c.facility, coalesce(n.name, c.facility) AS label, coalesce(n.kind, '') AS kind,
      coalesce(n.display_order, 1000000) AS place, ${plain}
    FROM store.cell c JOIN store.facility_name n ON n.facility = c.facility
    WHERE c.insurance = ${quoteText(insurance)} AND c."grouping" = 'care+category+facility'
      AND ${inCategory(line)} AND starts_with(n.admdvs, ${quoteText(jurisdictionPrefix(config))})`;
  const grouped = `SELECT c.period, min(c.label) AS label, c.facility, c.kind, min(c.place) AS place, ${summed}
    FROM (${inside}) c GROUP BY c.period, c.facility, c.kind`;
  const placed = `SELECT c.*, min(c.place) OVER (PARTITION BY c.period, c.kind) AS kind_place FROM (${grouped}) c`;
  return `SELECT c.period, row_number() OVER (PARTITION BY c.period
        ORDER BY c.level = 2, c.kind_place, c.sort_kind, c.level, c.place, c.facility) AS seq,
      c.label, c.kind, NULL::BIGINT AS enrolled, ${plain}
    FROM (
      SELECT c.period, 0 AS level, c.kind_place, c.kind AS sort_kind, c.place, c.facility, c.label, '明细' AS kind, ${plain}
      FROM (${placed}) c
      UNION ALL
      SELECT c.period, 1, c.kind_place, c.kind, NULL, NULL, '小计', '小计', ${summed}
      FROM (${placed}) c GROUP BY c.period, c.kind_place, c.kind
      UNION ALL
      SELECT c.period, 2, NULL, NULL, NULL, NULL, '合计', '合计', ${summed} FROM (${placed}) c GROUP BY c.period) c`;
}

/** A line for each category that stands by itself, in display order, and the insurance's total. */
export function byCategory(insurance: string): Lines {
  return `SELECT c.period, row_number() OVER (PARTITION BY c.period ORDER BY c.place, c.category) AS seq,
      c.category AS label, '明细' AS kind, NULL::BIGINT AS enrolled, ${plain}
    FROM (SELECT c.period, c.category, min(coalesce(o.display_order, 1000000)) AS place, ${summed}
      FROM store.cell c LEFT JOIN store.category_order o ON o.category = c.category AND o.insurance = c.insurance
      WHERE c.insurance = ${quoteText(insurance)} AND c."grouping" = 'care+category' AND o.parent IS NULL
      GROUP BY c.period, c.category) c
    UNION ALL
    SELECT c.period, 100000, '合计', '合计', NULL, ${plain} ${where(insurance, "total")}`;
}

/** Stays in the county, elsewhere settled directly by region, elsewhere reimbursed by hand, and sums. */
export function byRegionAndChannel(insurance: string): Lines {
  const local = "c.region = 'county'";
  const away = "c.region <> 'county'";
  const direct = "c.channel = 'direct'";
  const lines: readonly (readonly [string, string, string])[] = [
    ["本地住院", "明细", local],
    ["省内", "明细", `c.region IN ('city', 'province') AND ${direct}`],
    ["跨省", "明细", `c.region = 'national' AND ${direct}`],
    ["个人零星报销", "明细", `${away} AND c.channel <> 'direct'`],
    ["小计", "小计", away],
    ["合计", "合计", "true"],
  ];
  const cells = where(insurance, "care+region+channel", "c.care = 'inpatient'");
  return lines
    .map(
      ([label, kind, filter], i) => `SELECT c.period, ${i + 1} AS seq, ${quoteText(label)} AS label,
        ${quoteText(kind)} AS kind, NULL::BIGINT AS enrolled,
        ${list(
          (m) => `coalesce(sum(c.${m}) FILTER (WHERE ${filter}), 0) AS ${m},
          CASE WHEN any_value(c.p_visits) IS NOT NULL THEN coalesce(sum(c.p_${m}) FILTER (WHERE ${filter}), 0) END AS p_${m}`,
        )}
      ${cells} GROUP BY c.period`,
    )
    .join(" UNION ALL ");
}

/** One line: a category's whole, or the insurance's. */
export function single(insurance: string, label: string, line: CategoryLine | null): Lines {
  const cells = line ? where(insurance, "care+category", inCategory(line)) : where(insurance, "total");
  return `SELECT c.period, 1 AS seq, ${quoteText(label)} AS label, '合计' AS kind, NULL::BIGINT AS enrolled, ${summed}
    ${cells} GROUP BY c.period`;
}

/** The total, inpatient and outpatient. */
export function byCare(insurance: string): Lines {
  const part = (seq: number, label: string, cells: string): string =>
    `SELECT c.period, ${seq} AS seq, ${quoteText(label)} AS label, '${seq === 1 ? "合计" : "明细"}' AS kind,
      NULL::BIGINT AS enrolled, ${plain} ${cells}`;
  return [
    part(1, "合计", where(insurance, "total")),
    part(2, "住院", where(insurance, "care", "c.care = 'inpatient'")),
    part(3, "门诊", where(insurance, "care", "c.care = 'outpatient'")),
  ].join(" UNION ALL ");
}

/** Names of facility kinds for the tables' comments. */
export const facilityKinds = FACILITY_KIND_LABELS.map((l) => l.zh).join("、");
