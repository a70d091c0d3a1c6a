import { liesInDigits } from "../../../aggregations/dimensions/region.js";
import type { TableSettings } from "../../../schemas/config/report.js";
import type { Config } from "../../../schemas/config/schema.js";
import {
  type CategoryLine,
  facilityKindLabels,
  type Label,
  type MergedLabel,
} from "../../../schemas/labels.js";
import { quoteText } from "../../../schemas/published/definition.js";

/** Measures that printed tables use. */
const REPORT_MEASURES = [
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

export const list = (text: (measure: string) => string): string => REPORT_MEASURES.map(text).join(", ");
export const summed = list((m) => `sum(c.${m}) AS ${m}, sum(c.p_${m}) AS p_${m}`);
export const plain = list((m) => `c.${m}, c.p_${m}`);

const cells = (insurance: string, grouping: string, more = "true"): string =>
  `FROM store.cell c WHERE c.insurance = ${quoteText(insurance)} AND c."grouping" = ${quoteText(grouping)} AND ${more}`;

/** Cells of what a table covers, its categories or the whole care, with the dimensions that vary. */
export function covered(insurance: string, line: CategoryLine, config: Config, dimension?: string): string {
  const names = config.report.categories[line];
  const and = dimension === undefined ? "" : `+${dimension}`;
  if (names.length > 0) {
    return cells(insurance, `care+category${and}`, `c.category IN (${names.map(quoteText).join(", ")})`);
  }
  const care = line === "inpatient" ? "inpatient" : "outpatient";
  return cells(insurance, `care${and}`, `c.care = ${quoteText(care)}`);
}

/** How a table orders and closes its lines. */
export type LineSettings = Partial<Pick<TableSettings, "totalFirst" | "subtotals" | "facilities">>;
/** `seq` of a total line. */
export const totalSeq = (settings: LineSettings): string => (settings.totalFirst === true ? "0" : "1000000");

/**
 * Lines of a printed table as SQL: `period`, `seq`, `label`, `kind` (明细, 小计, 合计), what the table shows
 * of this period and, with `p_`, of last year's (NULL where that lies before the data).
 */
export type Lines = string;

/**
 * The line that a cell's value stands in, as SQL: labels that add up several values give theirs. Persons of
 * such a line are no head count; no table by region prints any.
 */
function lineOf(dimension: string, labels: readonly (Label | MergedLabel)[]): string {
  const merged = labels.flatMap((l) =>
    "of" in l && l.of.length > 1
      ? `WHEN c.${dimension} IN (${l.of.map(quoteText).join(", ")}) THEN ${quoteText(l.value)}`
      : [],
  );
  return merged.length === 0 ? `c.${dimension}` : `CASE ${merged.join(" ")} ELSE c.${dimension} END`;
}

/** A line for each value of a dimension, also without data, and a total; `value` is NULL there. */
export function byDimension(
  insurance: string,
  line: CategoryLine,
  dimension: string,
  labels: readonly (Label | MergedLabel)[],
  config: Config,
  settings: LineSettings = {},
): Lines {
  const values = labels.map((l, i) => `(${i + 1}, ${quoteText(l.value)}, ${quoteText(l.zh)})`).join(", ");
  const total = `SELECT c.period, any_value(c.enrolled) AS enrolled, ${summed}
    ${covered(insurance, line, config)} GROUP BY c.period`;
  const value = lineOf(dimension, labels);
  const detail = `SELECT c.period, ${value} AS value, ${summed}
    ${covered(insurance, line, config, dimension)} GROUP BY c.period, ${value}`;
  // A value that no label names stands under its own name: the lines add up to the total in any case.
  const known = labels.map((l) => quoteText(l.value)).join(", ");
  return `SELECT t.period, l.seq, l.value, l.zh AS label, '明细' AS kind, t.enrolled,
      ${list((m) => `coalesce(d.${m}, 0) AS ${m}, coalesce(d.p_${m}, CASE WHEN t.p_${m} IS NOT NULL THEN 0 END) AS p_${m}`)}
    FROM (${total}) t CROSS JOIN (VALUES ${values}) l(seq, value, zh)
      LEFT JOIN (${detail}) d ON d.period = t.period AND d.value = l.value
    WHERE l.value <> 'unknown' OR d.value IS NOT NULL
    UNION ALL
    SELECT d.period, 1000, d.value, d.value, '明细', t.enrolled, ${list((m) => `d.${m}, d.p_${m}`)}
    FROM (${detail}) d JOIN (${total}) t ON t.period = d.period WHERE d.value NOT IN (${known})
    UNION ALL
    SELECT t.period, ${totalSeq(settings)}, NULL, '合计', '合计', t.enrolled, ${list((m) => `t.${m}, t.p_${m}`)} FROM (${total}) t`;
}

/** Lines by channel, beside them what of the amount paid is for negotiated drugs (a child category). */
export function byChannel(
  insurance: string,
  line: CategoryLine,
  labels: readonly Label[],
  config: Config,
  settings: LineSettings = {},
): Lines {
  const parents = config.report.categories[line].map(quoteText).join(", ") || "''";
  const drugs = covered(insurance, "negotiated", config, "channel");
  return `SELECT l.*, coalesce(n.negotiated_paid, 0) AS negotiated_paid
    FROM (${byDimension(insurance, line, "channel", labels, config, settings)}) l
    LEFT JOIN (SELECT c.period, c.channel AS value, sum(c.pool_paid) AS negotiated_paid
      FROM (SELECT c.* ${drugs}) c JOIN store.category_order o ON o.category = c.category AND o.insurance = c.insurance
      WHERE o.parent IN (${parents}) GROUP BY GROUPING SETS ((c.period, c.channel), (c.period))) n
    ON n.period = l.period AND n.value IS NOT DISTINCT FROM l.value`;
}

/** Prefix of the divisions that lie in the jurisdiction. */
export function jurisdictionPrefix(config: Config): string {
  return config.jurisdiction.admdvs.slice(0, liesInDigits(config.jurisdiction));
}

/** The jurisdiction's facilities (or all) with the place that a table gives them: those that it lists first, then by display order. */
export function placedFacilities(config: Config, settings: LineSettings, everywhere = false): string {
  const listed = (settings.facilities ?? []).map((f, i) => `(${quoteText(f)}, ${i + 1})`);
  const values = listed.length > 0 ? listed.join(", ") : "(NULL, 0)";
  return `SELECT n.facility, coalesce(n.name, n.facility) AS label, coalesce(n.kind, '') AS kind, l.place IS NOT NULL AS listed,
      coalesce(l.place, 1000 + coalesce(n.display_order, 1000000)) AS place
    FROM store.facility_name n LEFT JOIN (VALUES ${values}) l(named, place) ON l.named IN (n.facility, n.name)
    WHERE ${everywhere ? "true" : `starts_with(n.admdvs, ${quoteText(jurisdictionPrefix(config))})`}`;
}

/** What the subtotal of a kind of facility is called: 乡镇卫生院小计. */
export const subtotalLabel = (config: Config, kind: string): string =>
  `CASE ${kind} ${facilityKindLabels(config.jurisdiction.level)
    .map((l) => `WHEN ${quoteText(l.value)} THEN ${quoteText(l.zh)}`)
    .join(" ")} WHEN '' THEN '其他机构' ELSE ${kind} END || '小计'`;

/** The jurisdiction's facilities in display order, by kind, each kind with a subtotal, and a total. */
export function byFacility(
  insurance: string,
  line: CategoryLine,
  config: Config,
  settings: LineSettings = {},
): Lines {
  const inside = `SELECT c.period, n.*, ${plain}
    FROM (SELECT c.* ${covered(insurance, line, config, "facility")}) c
      JOIN (${placedFacilities(config, settings)}) n ON n.facility = c.facility`;
  // A listed facility without a single stay has a line of zeros.
  const zeros = `SELECT t.period, n.*, ${list((m) => `0 AS ${m}, CASE WHEN t.p_visits IS NOT NULL THEN 0 END AS p_${m}`)}
    FROM (SELECT c.* ${covered(insurance, line, config)}) t JOIN (${placedFacilities(config, settings)}) n ON n.listed`;
  const grouped = `SELECT c.period, min(c.label) AS label, c.facility, c.kind, min(c.place) AS place, ${summed}
    FROM (${inside} UNION ALL ${zeros}) c GROUP BY c.period, c.facility, c.kind`;
  const placed = `SELECT c.*, min(c.place) OVER (PARTITION BY c.period, c.kind) AS kind_place FROM (${grouped}) c`;
  const subtotal = `UNION ALL
      SELECT c.period, 1, c.kind_place, c.kind, NULL, NULL, ${subtotalLabel(config, "c.kind")}, '小计', ${summed}
      FROM (${placed}) c GROUP BY c.period, c.kind_place, c.kind`;
  return `SELECT c.period, CASE WHEN c.level = 2 THEN ${totalSeq(settings)} ELSE row_number() OVER (PARTITION BY c.period
        ORDER BY c.level = 2, ${settings.subtotals === false ? "" : "c.kind_place, c.sort_kind, c.level, "}c.place, c.facility) END AS seq,
      c.label, c.kind, ${plain}
    FROM (
      SELECT c.period, 0 AS level, c.kind_place, c.kind AS sort_kind, c.place, c.facility, c.label, '明细' AS kind, ${plain}
      FROM (${placed}) c
      ${settings.subtotals === false ? "" : subtotal}
      UNION ALL
      SELECT c.period, 2, NULL, NULL, NULL, NULL, '合计', '合计', ${summed} FROM (${placed}) c GROUP BY c.period) c`;
}

/**
 * A line for each category that stands by itself, in display order, lines that only the books know, and
 * the total of both.
 */
export function byCategory(insurance: string, config: Config, settings: LineSettings = {}): Lines {
  const pairs = config.report.booked.map((b) => `(${quoteText(b.subject)}, ${quoteText(b.line)})`);
  const booked =
    pairs.length === 0
      ? ""
      : `UNION ALL BY NAME SELECT f.period, b.line AS category, (f.value * 100)::BIGINT AS benefit_paid,
          (f.previous * 100)::BIGINT AS p_benefit_paid
        FROM store.figure f JOIN (VALUES ${pairs.join(", ")}) b(subject, line) ON b.subject = f.subject
        WHERE f.insurance = ${quoteText(insurance)} AND f."grouping" = 'subject' AND f.indicator = 'expense'`;
  const amounts = list((m) => `coalesce(sum(c.${m}), 0) AS ${m}, sum(c.p_${m}) AS p_${m}`);
  return `SELECT c.period, row_number() OVER (PARTITION BY c.period ORDER BY c.place, c.category) AS seq,
      c.category AS label, '明细' AS kind, ${plain}
    FROM (SELECT c.period, c.category, min(coalesce(o.display_order, 1000000)) AS place, ${amounts}
      FROM (SELECT c.period, c.category, ${plain} ${cells(insurance, "care+category")} ${booked}) c
        LEFT JOIN store.category_order o ON o.category = c.category AND o.insurance = ${quoteText(insurance)}
      WHERE o.parent IS NULL GROUP BY c.period, c.category) c
    UNION ALL
    SELECT c.period, ${totalSeq(settings)}, '合计', '合计', ${amounts}
    FROM (SELECT c.period, NULL AS category, ${plain} ${cells(insurance, "total")} ${booked}) c GROUP BY c.period`;
}

const LOCAL = "c.flow = 'local'";
const AWAY = "c.flow <> 'local'";
const DIRECT = "c.channel = 'direct'";

/** A line for each filter over stays by region, flow and channel, `channel` saying how they were settled. */
function byPlace(
  insurance: string,
  lines: readonly (readonly [
    label: string,
    channel: string | null,
    kind: string,
    seq: string,
    filter: string,
  ])[],
): Lines {
  // Of inbound people other funds pay.
  const stays = cells(insurance, "care+region+flow+channel", "c.care = 'inpatient' AND c.flow <> 'inbound'");
  return lines
    .map(
      ([label, channel, kind, seq, filter]) => `SELECT c.period, ${seq} AS seq, ${quoteText(label)} AS label,
        ${channel === null ? "NULL" : quoteText(channel)} AS channel, ${quoteText(kind)} AS kind,
        ${list(
          (m) => `coalesce(sum(c.${m}) FILTER (WHERE ${filter}), 0) AS ${m},
          CASE WHEN any_value(c.p_visits) IS NOT NULL THEN coalesce(sum(c.p_${m}) FILTER (WHERE ${filter}), 0) END AS p_${m}`,
        )}
      ${stays} GROUP BY c.period`,
    )
    .join(" UNION ALL ");
}

/** Stays at home, elsewhere settled directly by region, elsewhere reimbursed by hand, and sums. */
export function byRegionAndChannel(insurance: string, settings: LineSettings = {}): Lines {
  return byPlace(insurance, [
    ["本地住院", null, "明细", "1", LOCAL],
    ["省内", "直接结算", "明细", "2", `${AWAY} AND c.region <> 'national' AND ${DIRECT}`],
    ["跨省", "直接结算", "明细", "3", `${AWAY} AND c.region = 'national' AND ${DIRECT}`],
    ["个人零星报销", "个人零星报销", "明细", "4", `${AWAY} AND NOT ${DIRECT}`],
    ["异地小计", "小计", "小计", "5", AWAY],
    ["合计", null, "合计", totalSeq(settings), "true"],
  ]);
}

/** The total, stays at home, elsewhere settled directly, elsewhere reimbursed by hand. */
export function homeAndAway(insurance: string, settings: LineSettings = {}): Lines {
  return byPlace(insurance, [
    ["本地", null, "明细", "1", LOCAL],
    ["异地", "直接结算", "明细", "2", `${AWAY} AND ${DIRECT}`],
    ["异地", "个人零星报销", "明细", "3", `${AWAY} AND NOT ${DIRECT}`],
    ["合计", null, "合计", totalSeq({ totalFirst: true, ...settings }), "true"],
  ]);
}

/** One line: what a table covers, or the insurance's whole. */
export function single(insurance: string, label: string, line: CategoryLine | null, config: Config): Lines {
  const from = line ? covered(insurance, line, config) : cells(insurance, "total");
  return `SELECT c.period, 1 AS seq, ${quoteText(label)} AS label, '合计' AS kind, ${summed} ${from} GROUP BY c.period`;
}

/** The total, inpatient, outpatient, and what other care has where it has anything: the lines add up. */
export function byCare(insurance: string, settings: LineSettings = {}): Lines {
  const part = (seq: string, label: string, kind: string, from: string): string =>
    `SELECT c.period, ${seq} AS seq, ${quoteText(label)} AS label, ${quoteText(kind)} AS kind, ${plain} ${from}`;
  return [
    part(totalSeq({ totalFirst: true, ...settings }), "合计", "合计", cells(insurance, "total")),
    part("2", "住院", "明细", cells(insurance, "care", "c.care = 'inpatient'")),
    part("3", "门诊", "明细", cells(insurance, "care", "c.care = 'outpatient'")),
    `SELECT c.period, 4 AS seq, '其他' AS label, '明细' AS kind, ${summed}
      ${cells(insurance, "care", "c.care NOT IN ('inpatient', 'outpatient')")} GROUP BY c.period
      HAVING bool_or(c.aid_paid <> 0 OR c.aid_visits <> 0 OR c.p_aid_paid <> 0 OR c.p_aid_visits <> 0)`,
  ].join(" UNION ALL ");
}
