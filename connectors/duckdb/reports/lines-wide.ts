import type { Config } from "../../../schemas/config/schema.js";
import { facilityKindLabels, type Label } from "../../../schemas/labels.js";
import { quoteText } from "../../../schemas/published/definition.js";
import { jurisdictionPrefix, type LineSettings, type Lines, plain, summed, totalSeq } from "./lines.js";

/** What every division prints as: its name, or its code where it has none. */
const DIVISION = (code: string): string =>
  `coalesce((SELECT min(v.name) FROM dim_division v WHERE v.admdvs = ${code}), ${code})`;

const valueLabels = (labels: readonly Label[]): string =>
  labels.map((l, i) => `(${i + 1}, ${quoteText(l.value)}, ${quoteText(l.zh)})`).join(", ");

/** Care groups in the order of the configuration, and the total. */
export const careGroupLabels = (config: Config): Label[] =>
  [...new Set(config.careGroups.map((g) => g.name))].map((name) => ({ value: name, zh: name }));

/** Categories of some kinds of care that stand by themselves, in display order, and their sum. */
export function categoriesOf(
  insurance: string,
  cares: readonly string[],
  totalName: string,
  settings: LineSettings,
): Lines {
  const named = cares.map(quoteText).join(", ");
  const cells = `FROM store.cell c LEFT JOIN store.category_order o ON o.category = c.category AND o.insurance = c.insurance
    WHERE c.insurance = ${quoteText(insurance)} AND c."grouping" = 'care+category' AND c.care IN (${named}) AND o.parent IS NULL`;
  return `SELECT c.period, row_number() OVER (PARTITION BY c.period ORDER BY c.place, c.label) AS seq, c.label,
      '明细' AS kind, ${plain}
    FROM (SELECT c.period, c.category AS label, min(coalesce(o.display_order, 1000000)) AS place, ${summed}
      ${cells} GROUP BY c.period, c.category) c
    UNION ALL
    SELECT c.period, ${totalSeq(settings)}, ${quoteText(totalName)}, '合计', ${summed} ${cells} GROUP BY c.period`;
}

/** Stays by the facility's division: the jurisdiction's in the order of their codes, those elsewhere in one line, the total. */
export function byFacilityDistrict(insurance: string, config: Config, settings: LineSettings): Lines {
  const cells = `FROM store.cell c WHERE c.insurance = ${quoteText(insurance)}
    AND c."grouping" = 'care+facility_district' AND c.care = 'inpatient'`;
  const inside = `starts_with(c.facility_district, ${quoteText(jurisdictionPrefix(config))})`;
  return `SELECT c.period, row_number() OVER (PARTITION BY c.period ORDER BY c.facility_district) AS seq,
      ${DIVISION("c.facility_district")} AS label, '明细' AS kind, ${plain} ${cells} AND ${inside}
    UNION ALL
    SELECT c.period, 900000, '辖区外', '明细', ${summed} ${cells} AND NOT ${inside} GROUP BY c.period
    UNION ALL
    SELECT c.period, ${totalSeq(settings)}, '合计', '合计', ${summed} ${cells} GROUP BY c.period`;
}

/** Aid by the insured person's division: of stays, of outpatient visits and of other care, and the total. */
export function aidByDistrict(settings: LineSettings): Lines {
  const of = (care: string): string =>
    care === "other"
      ? "FILTER (WHERE c.care NOT IN ('inpatient', 'outpatient'))"
      : `FILTER (WHERE c.care = ${quoteText(care)})`;
  const sums = ["aid_visits", "aid_paid"]
    .flatMap((m) =>
      ["inpatient", "outpatient", "other"].map(
        (care) => `coalesce(sum(c.${m}) ${of(care)}, 0) AS ${care}_${m}`,
      ),
    )
    .join(", ");
  const cells = `FROM store.cell c WHERE c.insurance = 'all' AND c."grouping" = 'care+district'`;
  return `SELECT c.period, row_number() OVER (PARTITION BY c.period ORDER BY c.district) AS seq,
      ${DIVISION("c.district")} AS label, '明细' AS kind, ${sums} ${cells} GROUP BY c.period, c.district
    UNION ALL
    SELECT c.period, ${totalSeq(settings)}, '合计', '合计', ${sums} ${cells} GROUP BY c.period`;
}

/** Figures of the books or of enrolment by division: fen of amounts, millionths of months, people. */
export function figuresByDistrict(
  insurance: string,
  indicators: Readonly<Record<string, number>>,
  settings: LineSettings,
): Lines {
  const names = Object.keys(indicators);
  const picks = names
    .flatMap((name) =>
      (
        [
          ["value", ""],
          ["previous", "p_"],
        ] as const
      ).map(
        ([of, p]) =>
          `(max(f.${of}) FILTER (WHERE f.indicator = '${name}') * ${indicators[name]})::BIGINT AS ${p}${name}`,
      ),
    )
    .join(", ");
  const rows = (grouping: string): string => `FROM store.figure f WHERE f.insurance = ${quoteText(insurance)}
    AND f."grouping" = '${grouping}' AND f.indicator IN (${names.map(quoteText).join(", ")})`;
  return `SELECT d.period, row_number() OVER (PARTITION BY d.period ORDER BY d.district) AS seq,
      ${DIVISION("d.district")} AS label, '明细' AS kind, d.* EXCLUDE (period, district)
    FROM (SELECT f.period, f.district, ${picks} ${rows("district")} GROUP BY f.period, f.district) d
    UNION ALL
    SELECT f.period, ${totalSeq(settings)}, '合计', '合计', ${picks} ${rows("total")} GROUP BY f.period`;
}

/** People from here treated in other provinces, and people from there treated here, settled directly. */
export function acrossProvinces(): Lines {
  const line = (seq: number, label: string, filter: string): string =>
    `SELECT c.period, ${seq} AS seq, ${quoteText(label)} AS label, '明细' AS kind, ${summed}
    FROM store.cell c WHERE c.insurance = 'all' AND c."grouping" = 'care+region+flow+channel'
      AND c.region = 'national' AND c.channel = 'direct' AND ${filter} GROUP BY c.period`;
  return [
    line(1, "参保人员跨省住院", "c.flow = 'outbound' AND c.care = 'inpatient'"),
    line(2, "参保人员跨省门诊", "c.flow = 'outbound' AND c.care = 'outpatient'"),
    line(3, "外省人员来本地住院", "c.flow = 'inbound' AND c.care = 'inpatient'"),
    line(4, "外省人员来本地门诊", "c.flow = 'inbound' AND c.care = 'outpatient'"),
  ].join(" UNION ALL ");
}

/** Supervision by kind of facility, and the whole where it is reported. */
export function supervised(indicators: readonly string[], config: Config, settings: LineSettings): Lines {
  const columns = indicators.map((i) => `max(s.${i}) AS ${i}`).join(", ");
  return `SELECT s.period, CASE WHEN s.kind IS NULL THEN ${totalSeq(settings)} ELSE coalesce(min(l.seq), 1000) END AS seq,
      CASE WHEN s.kind IS NULL THEN '合计' ELSE coalesce(min(l.zh), s.kind) END AS label,
      CASE WHEN s.kind IS NULL THEN '合计' ELSE '明细' END AS kind, ${columns}
    FROM (SELECT s.*, s.facility_kind AS kind FROM supervision s WHERE s.insurance = 'all'
      AND s."grouping" IN ('total', 'other') AND (s.other IS NULL OR cardinality(s.other) = 1 AND s.facility_kind IS NOT NULL)) s
      LEFT JOIN (VALUES ${valueLabels(facilityKindLabels(config.jurisdiction.level))}) l(seq, value, zh) ON l.value = s.kind
    GROUP BY s.period, s.kind`;
}
