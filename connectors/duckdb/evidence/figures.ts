import { DIMENSIONS } from "../../../schemas/dimensions.js";
import type { PublishedReader } from "../query.js";

/** A row of `indicators` of one period. Yuan, visits, days, fractions; null where there is none. */
export interface PublishedFigure {
  readonly insurance: string;
  /** The dimensions that it has, in the order of `grouping`; `other` last, as `name=value,…`. */
  readonly dimensions: readonly (readonly [name: string, value: string])[];
  readonly indicator: string;
  readonly unit: string;
  /** Value, the year before's, change, relative change. */
  readonly values: readonly (number | null)[];
  /** Equal texts: equal in every month of the year, so that no print can tell the two apart. */
  readonly twins: string;
}

const SEPARATOR = "\u001f";
const OTHER =
  "coalesce(array_to_string(list_sort(list_transform(map_entries(other), lambda e: e.key || '=' || e.value)), ','), '')";
const KEY = `concat_ws('${SEPARATOR}', insurance, ${DIMENSIONS.map((d) => `coalesce(${d}, '')`).join(", ")}, ${OTHER})`;
const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Every figure of a period that is not 0 in both years, ordered. */
export async function publishedFigures(reader: PublishedReader, period: string): Promise<PublishedFigure[]> {
  const p = quote(period);
  const { rows } = await reader.query(`
    WITH here AS (
      SELECT ${KEY} AS k, indicator, unit, value, previous, change, change_pct FROM indicators
      WHERE period = ${p} AND (value <> 0 OR previous <> 0)
    ), months AS (
      SELECT ${KEY} AS k, indicator, bit_xor(hash(period, value)) AS h FROM indicators
      WHERE period_kind = 'month'
        AND year(period_start) = (SELECT any_value(year(period_start)) FROM dim_period WHERE period = ${p})
      GROUP BY ALL
    )
    SELECT k, here.indicator, any_value(unit), any_value(value)::DOUBLE, any_value(previous)::DOUBLE,
      any_value(change)::DOUBLE, any_value(change_pct)::DOUBLE, any_value(h)::VARCHAR
    FROM here LEFT JOIN months USING (k, indicator) GROUP BY k, here.indicator ORDER BY k, here.indicator`);
  const names = [...DIMENSIONS, "other"];
  const split = new Map<string, PublishedFigure["dimensions"]>();
  const number = (v: unknown): number | null => (v === null ? null : Number(v));
  return rows.map((row) => {
    const key = String(row[0]);
    let dimensions = split.get(key);
    if (dimensions === undefined) {
      const values = key.split(SEPARATOR).slice(1);
      dimensions = names.flatMap((name, i) => (values[i] ? [[name, values[i]] as const] : []));
      split.set(key, dimensions);
    }
    return {
      insurance: key.slice(0, key.indexOf(SEPARATOR)),
      dimensions,
      indicator: String(row[1]),
      unit: String(row[2]),
      values: row.slice(3, 7).map(number),
      twins: `${row[2]} ${row[7]} ${row[3]} ${row[4]}`,
    };
  });
}

/** What the published file calls its members, and the periods that it has. */
export interface PublishedNames {
  readonly facilities: readonly { readonly code: string; readonly name: string }[];
  readonly divisions: readonly { readonly code: string; readonly name: string }[];
}

export async function publishedNames(reader: PublishedReader): Promise<PublishedNames> {
  const pairs = async (sql: string): Promise<{ code: string; name: string }[]> =>
    (await reader.query(sql)).rows.map(([code, name]) => ({ code: String(code), name: String(name) }));
  return {
    facilities: await pairs(
      "SELECT facility, any_value(name) FROM dim_facility WHERE name IS NOT NULL GROUP BY facility ORDER BY ALL",
    ),
    divisions: await pairs("SELECT admdvs, name FROM dim_division WHERE name IS NOT NULL ORDER BY ALL"),
  };
}

/** @returns whether the year before is known; null where the file has no such period */
export async function previousKnown(reader: PublishedReader, period: string): Promise<boolean | null> {
  const { rows } = await reader.query(
    `SELECT previous_known FROM dim_period WHERE period = ${quote(period)} LIMIT 1`,
  );
  return rows.length === 0 ? null : rows[0][0] === true;
}
