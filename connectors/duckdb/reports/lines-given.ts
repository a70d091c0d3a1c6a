import type { Config } from "../../../schemas/config/schema.js";
import { PERSON_GROUP_LABELS } from "../../../schemas/labels.js";
import { quoteText } from "../../../schemas/published/definition.js";
import { type LineSettings, type Lines, placedFacilities, subtotalLabel, totalSeq } from "./lines.js";

/** Figures of one insurance and grouping that no settlement gives. */
const figures = (insurance: string, grouping: string, indicators: readonly string[]): string =>
  `FROM store.figure f WHERE f.insurance = ${quoteText(insurance)} AND f."grouping" = ${quoteText(grouping)}
    AND f.indicator IN (${indicators.map(quoteText).join(", ")})`;

const DIP = ["dip_cases", "ffs_amount", "dip_amount", "dip_deposit"];
/** Whole numbers: cases, fen, and millionths of a yuan for the deposit, which has tenths of a fen. */
const DIP_SUMS = DIP.map(
  (name) =>
    `coalesce(max(f.value * ${{ dip_cases: 1, dip_deposit: 1_000_000 }[name] ?? 100})
      FILTER (WHERE f.indicator = '${name}'), 0)::BIGINT AS ${name}`,
).join(", ");

/** DIP pre-settlement: a line for each facility that has results, also of no cases, and the total. */
export function dipByFacility(insurance: string, config: Config, settings: LineSettings): Lines {
  const detail = `SELECT f.period, f.facility, ${DIP_SUMS} ${figures(insurance, "facility", DIP)}
    GROUP BY f.period, f.facility`;
  const total = `SELECT f.period, ${DIP_SUMS} ${figures(insurance, "total", DIP)} GROUP BY f.period`;
  const listed = `SELECT t.period, n.facility, 0 AS dip_cases, 0 AS ffs_amount, 0 AS dip_amount, 0 AS dip_deposit
    FROM (${total}) t JOIN (${placedFacilities(config, settings, true)}) n ON n.listed`;
  const placed = `SELECT d.period, any_value(coalesce(n.label, d.facility)) AS label, d.facility,
      any_value(coalesce(n.kind, '')) AS sort_kind, min(coalesce(n.place, 2000000)) AS place,
      ${DIP.map((m) => `sum(d.${m})::BIGINT AS ${m}`).join(", ")}
    FROM (${detail} UNION ALL ${listed}) d
      LEFT JOIN (${placedFacilities(config, settings, true)}) n ON n.facility = d.facility
    GROUP BY d.period, d.facility`;
  const kinds = settings.subtotals === true;
  const grouped = `SELECT d.*, min(d.place) OVER (PARTITION BY d.period, d.sort_kind) AS kind_place FROM (${placed}) d`;
  const subtotal = `UNION ALL SELECT d.period, ${subtotalLabel(config, "d.sort_kind")}, '小计', d.sort_kind, d.kind_place, 1, 0, NULL,
      ${DIP.map((m) => `sum(d.${m})::BIGINT`).join(", ")}
    FROM (${grouped}) d GROUP BY d.period, d.sort_kind, d.kind_place`;
  const columns = DIP.map((m) => `d.${m}`).join(", ");
  return `SELECT d.period, row_number() OVER (PARTITION BY d.period
        ORDER BY ${kinds ? "d.kind_place, d.sort_kind, d.level, " : ""}d.place, d.facility) AS seq,
      d.label, d.kind, ${columns}, d.dip_amount - d.ffs_amount AS dip_difference
    FROM (SELECT d.period, d.label, '明细' AS kind, d.sort_kind, d.kind_place, 0 AS level, d.place, d.facility, ${columns}
      FROM (${grouped}) d ${kinds ? subtotal : ""}) d
    UNION ALL
    SELECT d.period, ${totalSeq(settings)}, '合计', '合计', ${columns}, d.dip_amount - d.ffs_amount FROM (${total}) d`;
}

/** People enrolled: the whole, and a line for each group that is reported. */
export function enrolledByGroup(insurance: string, settings: LineSettings): Lines {
  const groups = PERSON_GROUP_LABELS.map((l, i) => `(${i + 1}, ${quoteText(l.value)}, ${quoteText(l.zh)})`);
  return `SELECT f.period, coalesce(l.seq, 1000) AS seq, coalesce(l.zh, f.person_group) AS label, '明细' AS kind,
      f.value::BIGINT AS enrolled, f.previous::BIGINT AS p_enrolled
    FROM (SELECT f.* ${figures(insurance, "person_group", ["enrolled"])}) f
      LEFT JOIN (VALUES ${groups.join(", ")}) l(seq, value, zh) ON l.value = f.person_group
    UNION ALL
    SELECT f.period, ${totalSeq({ totalFirst: true, ...settings })}, '合计', '合计', f.value::BIGINT, f.previous::BIGINT
      ${figures(insurance, "total", ["enrolled"])}`;
}

/** Lines with the certified cases that another office reports for the categories of a table. */
export function withCertified(lines: Lines, insurance: string, categories: readonly string[]): Lines {
  const named = categories.map(quoteText).join(", ") || "''";
  return `SELECT l.*, k.certified FROM (${lines}) l LEFT JOIN (
      SELECT f.period, coalesce(max(f.value) FILTER (WHERE f."grouping" = 'total'),
          sum(f.value) FILTER (WHERE f."grouping" IN ('category', 'care+category') AND f.category IN (${named})))::BIGINT AS certified
      FROM store.figure f WHERE f.insurance = ${quoteText(insurance)} AND f.indicator = 'certified_cases'
      GROUP BY f.period) k ON k.period = l.period`;
}
