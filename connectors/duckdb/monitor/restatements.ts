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

/** Everything that names a figure, besides its period, insurance, grouping and indicator. */
const PLACE = [...DIMENSIONS, "other"] as const;
const PLACES = [...DIMENSIONS, "other::VARCHAR AS other"].join(", ");

/** What changed since a close, the widest groupings and the largest differences first; the order is total. */
export async function restatementsOf(
  file: OpenFile,
  period: string | undefined,
  limit: number,
  offset: number,
): Promise<Row[]> {
  if (!file.anyClosed) return [];
  const where = period === undefined ? "" : `WHERE period = ${quoteText(period)}`;
  const rows =
    await file.rows(`SELECT period, insurance, "grouping", ${PLACES}, facility_name, indicator, unit,
      old_value, new_value, delta
    FROM restatement ${where}
    ORDER BY period DESC, "grouping" <> 'total', length("grouping"), abs(delta) DESC, "grouping", insurance, indicator, ${PLACE.join(", ")}
    LIMIT ${limit} OFFSET ${offset}`);
  if (rows.length === 0) return [];
  // Causes are looked up for what is shown alone: all of them together take as long again.
  const among = (column: string): string => {
    const values = [
      ...new Set(rows.flatMap((r) => (r[column] === null ? [] : [quoteText(String(r[column]))]))),
    ];
    const without = rows.some((r) => r[column] === null) ? [`"${column}" IS NULL`] : [];
    return `(${[...(values.length > 0 ? [`"${column}" IN (${values.join(", ")})`] : []), ...without].join(" OR ")})`;
  };
  const named = ["period", "grouping", "insurance", "indicator"];
  const keyOf = (r: Row): string => JSON.stringify([...named, ...PLACE].map((c) => r[c] ?? null));
  const causes = await file.rows(`SELECT period, insurance, "grouping", ${PLACES}, indicator,
      causes, records, cause_count, restated_at::VARCHAR AS restated_at
    FROM restatement WHERE ${[...named, ...DIMENSIONS].map(among).join(" AND ")}`);
  const known = new Map(causes.map((r) => [keyOf(r), r]));
  return rows.map((r) => ({ ...r, ...pickCauses(known.get(keyOf(r))) }));
}

const pickCauses = (row: Row | undefined): Row => ({
  causes: row?.causes ?? [],
  records: row?.records ?? [],
  cause_count: row?.cause_count ?? 0,
  restated_at: row?.restated_at ?? null,
});

/** The total that changed most against what was reported; null where none did. */
export async function worstOf(
  file: OpenFile,
  period: string | undefined,
): Promise<{
  readonly period: string;
  readonly indicator: string;
  readonly delta: string;
  readonly reported: string;
} | null> {
  if (!file.anyClosed) return null;
  const [row] =
    await file.rows(`SELECT period, indicator, delta::VARCHAR AS delta, old_value::VARCHAR AS reported
    FROM restatement
    WHERE "grouping" = 'total' AND old_value <> 0 AND delta IS NOT NULL ${period === undefined ? "" : `AND period = ${quoteText(period)}`}
    ORDER BY abs(delta) / abs(old_value) DESC, abs(delta) DESC, period DESC, insurance, indicator LIMIT 1`);
  return row === undefined
    ? null
    : {
        period: String(row.period),
        indicator: String(row.indicator),
        delta: String(row.delta),
        reported: String(row.reported),
      };
}

/** What brought the changes about, each cause with its records and money; the latest first. `of`: rows of all. */
export async function causesOf(file: OpenFile, period: string | undefined, limit: number): Promise<Row[]> {
  if (!file.anyClosed) return [];
  const where = period === undefined ? "" : `WHERE period = ${quoteText(period)}`;
  return file.rows(`SELECT period, cause, stream, insurance, care, category, facility,
      (sum(settlements) + count(record_key))::BIGINT AS changes, sum(settlements)::BIGINT AS settlements, sum(visits)::BIGINT AS visits,
      sum(fee) AS fee, sum(fund_paid) AS fund_paid, max(changed_at)::VARCHAR AS changed_at, count(*) OVER () AS of
    FROM restatement_cause ${where}
    GROUP BY ALL ORDER BY changed_at DESC, period, cause, stream, insurance, care, category, facility LIMIT ${limit}`);
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
