import { DIMENSIONS } from "../../../schemas/dimensions.js";
import { quoteText } from "../../../schemas/published/definition.js";
import type { OpenFile } from "./open-file.js";

type Row = Record<string, unknown>;

export const closedPeriods = async (file: OpenFile): Promise<Row[]> =>
  file.anyClosed
    ? file.rows(
        `SELECT * REPLACE (closed_at::VARCHAR AS closed_at) FROM closed_period ORDER BY closed_at DESC, period`,
      )
    : [];

/** What changed since a close: the figures with both values, the largest relative change first. */
export async function restatementsOf(
  file: OpenFile,
  period: string | undefined,
  limit: number,
  offset: number,
): Promise<Row[]> {
  if (!file.anyClosed) return [];
  const where = period === undefined ? "" : `WHERE period = ${quoteText(period)}`;
  const rows =
    await file.rows(`SELECT period, insurance, "grouping", ${DIMENSIONS.join(", ")}, facility_name, indicator, unit,
      old_value, new_value, delta
    FROM restatement ${where}
    ORDER BY period DESC, length("grouping"), abs(delta) DESC, insurance, indicator, ${DIMENSIONS.join(", ")}
    LIMIT ${limit} OFFSET ${offset}`);
  if (rows.length === 0) return [];
  // Causes are looked up for what is shown alone: all of them together take as long again.
  const among = (column: string): string =>
    `"${column}" IN (${[...new Set(rows.map((r) => quoteText(String(r[column]))))].join(", ")})`;
  const keyOf = (r: Row): string =>
    JSON.stringify(["period", "insurance", "grouping", "indicator", ...DIMENSIONS].map((c) => r[c] ?? null));
  const causes = await file.rows(`SELECT period, insurance, "grouping", ${DIMENSIONS.join(", ")}, indicator,
      causes, records, cause_count, restated_at::VARCHAR AS restated_at
    FROM restatement WHERE ${["period", "grouping", "insurance", "indicator"].map(among).join(" AND ")}`);
  const known = new Map(causes.map((r) => [keyOf(r), r]));
  return rows.map((r) => ({ ...r, ...pickCauses(known.get(keyOf(r))) }));
}

const pickCauses = (row: Row | undefined): Row => ({
  causes: row?.causes ?? [],
  records: row?.records ?? [],
  cause_count: row?.cause_count ?? 0,
  restated_at: row?.restated_at ?? null,
});

/** What brought the changes about, each cause with its records and money; the latest first. */
export async function causesOf(file: OpenFile, period: string | undefined, limit: number): Promise<Row[]> {
  if (!file.anyClosed) return [];
  const where = period === undefined ? "" : `WHERE period = ${quoteText(period)}`;
  return file.rows(`SELECT period, cause, stream, insurance, care, category, facility,
      (sum(settlements) + count(record_key))::BIGINT AS changes, sum(settlements)::BIGINT AS settlements, sum(visits)::BIGINT AS visits,
      sum(fee) AS fee, sum(fund_paid) AS fund_paid, max(changed_at)::VARCHAR AS changed_at
    FROM restatement_cause ${where}
    GROUP BY ALL ORDER BY changed_at DESC, period, cause, insurance, care, category, facility LIMIT ${limit}`);
}

/** The row of one figure; null when it is as it was reported. */
export async function restatementOf(
  file: OpenFile,
  figure: {
    readonly period: string;
    readonly insurance: string;
    readonly grouping: string;
    readonly indicator: string;
    readonly dimensions: Readonly<Record<string, string>>;
  },
): Promise<Row | null> {
  if (!file.anyClosed) return null;
  const known = Object.entries(figure.dimensions).filter(([d]) =>
    (DIMENSIONS as readonly string[]).includes(d),
  );
  const [row] =
    await file.rows(`SELECT old_value, new_value, delta, causes, records, cause_count, restated_at::VARCHAR AS restated_at
    FROM restatement WHERE ${[
      `period = ${quoteText(figure.period)}`,
      `insurance = ${quoteText(figure.insurance)}`,
      `"grouping" = ${quoteText(figure.grouping)}`,
      `indicator = ${quoteText(figure.indicator)}`,
      ...known.map(([d, v]) => `${d} = ${quoteText(v)}`),
    ].join(" AND ")} LIMIT 1`);
  return row ?? null;
}
