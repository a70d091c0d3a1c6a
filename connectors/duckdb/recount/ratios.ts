import type { DuckDBConnection } from "@duckdb/node-api";
import { MEASURES } from "../../../schemas/measures.js";

/** Groupings whose every indicator is worked out again. */
const GROUPINGS = ["total", "care", "care+category", "care+region"];
const SHARED = ["visits", "fee", "fund_paid", "pool_paid", "benefit_paid"];

/** An indicator as numerator over denominator; `x` is the figure's own row, `t`, `k`, `g` the rows it is a share of. */
interface Ratio {
  readonly name: string;
  readonly over: string;
  readonly under: string;
  /** Millionths of the printed unit in one of the numerator over one of the denominator. */
  readonly factor: number;
  readonly where?: string;
}

const FEN = 10_000;
const ONE = 1_000_000;

/** The formulas of docs/specification.md#ratios, written a second time. */
const RATIOS: readonly Ratio[] = [
  ...MEASURES.map((m) => ({
    name: m.name,
    over: `x.${m.name}`,
    under: "1",
    factor: m.unit === "yuan" ? FEN : ONE,
  })),
  { name: "persons", over: "x.persons", under: "1", factor: ONE, where: "x.has_persons" },
  { name: "avg_fee", over: "x.fee", under: "x.visits", factor: FEN },
  { name: "avg_reimbursed", over: "x.reimbursed", under: "x.visits", factor: FEN },
  { name: "reimb_rate", over: "x.reimbursed", under: "x.fee", factor: ONE },
  { name: "reimb_rate_in_scope", over: "x.reimbursed", under: "x.in_scope_fee", factor: ONE },
  { name: "pool_rate", over: "x.pool_paid", under: "x.fee", factor: ONE },
  { name: "avg_bed_days", over: "x.bed_days", under: "x.visits", factor: ONE },
  { name: "visits_per_person", over: "x.visits", under: "x.persons", factor: ONE, where: "x.has_persons" },
  { name: "case_paid_rate", over: "x.case_paid_visits", under: "x.visits", factor: ONE },
  {
    name: "hospitalization_rate",
    over: "x.visits",
    under: "e.persons",
    factor: ONE,
    where: "x.care = 'inpatient'",
  },
  ...SHARED.flatMap((m): Ratio[] => [
    { name: `share_${m}`, over: `x.${m}`, under: `t.${m}`, factor: ONE },
    { name: `share_in_care_${m}`, over: `x.${m}`, under: `k.${m}`, factor: ONE, where: "x.care IS NOT NULL" },
    {
      name: `share_in_category_${m}`,
      over: `x.${m}`,
      under: `g.${m}`,
      factor: ONE,
      where: "x.category IS NOT NULL",
    },
  ]),
];

/** Names of the indicators that are worked out again. */
export const RECOUNTED_INDICATORS: readonly string[] = RATIOS.map((r) => r.name);

/** Rounded half up to the sixth place, away from zero; NULL over 0. */
const micros = (over: string, under: string, factor: number): string => {
  const sign = `(sign(${over}) * sign(${under}))::HUGEINT`;
  return under === "1"
    ? `(${over})::HUGEINT * ${factor}`
    : `CASE WHEN ${under} <> 0 THEN ${sign} * ((abs(${over})::HUGEINT * ${factor * 10} // abs(${under}) + 5) // 10) END`;
};

/** Growth in millionths from the unrounded figures, rounded half up away from zero; NULL where there is no base. */
const growth = (over: string, under: string): string => {
  const [n, d, pn, pd] = [over, under, before(over), under === "1" ? "1" : before(under)].map(
    (t) => `(${t})::HUGEINT`,
  );
  const [up, base] = [`(${n} * ${pd} - ${pn} * ${d})`, `(${pn} * ${d})`];
  return `CASE WHEN ${d} <> 0 AND ${pd} <> 0 AND ${base} <> 0
    THEN (sign(${up}) * sign(${base}))::HUGEINT * ((abs(${up}) * ${ONE * 10} // abs(${base}) + 5) // 10) END`;
};

const MEASURE_COLUMNS = [...MEASURES.map((m) => m.name), "persons"];
/** The same term of last year's row: 0 where that has no data, unknown where it lies before all data. */
const before = (term: string): string =>
  term
    .replace(/\be\.persons\b/g, "e.p_persons")
    .replace(
      /\b([xtkg])\.(\w+)/g,
      (_, row: string, name: string) => `(CASE WHEN x.known THEN coalesce(${row}.p_${name}, 0) END)`,
    );

/**
 * Works out every indicator over settlements again, from table `recounted`, and holds it against the view
 * `indicators` of the published file, last year's figure and the change too. Needs `again` (see
 * compareTables) for the persons enrolled. Returns how many figures were compared.
 */
export async function compareRatios(connection: DuckDBConnection): Promise<number> {
  const wanted = GROUPINGS.map((g) => `'${g}'`).join(", ");
  const p = (row: string): string => MEASURE_COLUMNS.map((n) => `${row}.${n} AS p_${n}`).join(", ");
  const columns = ["value", "previous", "change", "change_pct"];
  const yuan = (side: string, c: string): string =>
    `(${side}.${c}::DECIMAL(32, 0) * 0.000001)::DECIMAL(38, 6)`;
  for (const sql of [
    `CREATE TEMP TABLE year_before AS
      SELECT period, lpad((left(period, 4)::INTEGER - 1)::VARCHAR, 4, '0') || substr(period, 5) AS earlier,
        last_day(period_end - INTERVAL 1 YEAR) >= (SELECT min(first) FROM extent) AS known
      FROM published.store.period WHERE period_kind <> 'day'`,
    `CREATE TEMP TABLE summed AS
      SELECT r.period, l.*, ${MEASURE_COLUMNS.map((n) => `r.${n}`).join(", ")}
      FROM recounted r JOIN lot l ON l.lot = r.lot WHERE l."grouping" IN (${wanted}) AND length(r.period) <> 10`,
    `CREATE TEMP TABLE beside AS
      SELECT y.period, y.known, coalesce(a.lot, b.lot) AS lot,
        ${MEASURE_COLUMNS.map((n) => `coalesce(a.${n}, 0) AS ${n}`).join(", ")}, ${p("b")}
      FROM year_before y JOIN summed a ON a.period = y.period
        LEFT JOIN summed b ON b.period = y.earlier AND b.lot = a.lot
      UNION ALL
      SELECT y.period, y.known, b.lot, ${MEASURE_COLUMNS.map((n) => `0 AS ${n}`).join(", ")}, ${p("b")}
      FROM year_before y JOIN summed b ON b.period = y.earlier
        ANTI JOIN summed a ON a.period = y.period AND a.lot = b.lot`,
    `CREATE TEMP TABLE x AS SELECT b.*, l.insurance, l."grouping", l.care, l.category, l.region, l.uses & 2 <> 0 AS has_persons
      FROM beside b JOIN lot l ON l.lot = b.lot`,
    `CREATE TEMP TABLE again AS
      SELECT period, insurance, "grouping", care, category, region, i.name AS indicator, i.value, i.previous,
        i.value - i.previous AS change, i.change_pct FROM (
        SELECT x.period, x.insurance, x."grouping", x.care, x.category, x.region, unnest([
          ${RATIOS.map(
            (r) =>
              `{name: '${r.name}', stands: ${r.where ?? "true"}, value: ${micros(r.over, r.under, r.factor)},
                previous: ${micros(before(r.over), r.under === "1" ? "1" : before(r.under), r.factor)},
                change_pct: ${growth(r.over, r.under)}}`,
          ).join(",\n          ")}]) AS i
        FROM x JOIN x t ON t.period = x.period AND t.insurance = x.insurance AND t."grouping" = 'total'
          LEFT JOIN x k ON k.period = x.period AND k.insurance = x.insurance AND k."grouping" = 'care' AND k.care = x.care
          LEFT JOIN x g ON g.period = x.period AND g.insurance = x.insurance AND g."grouping" = 'care+category'
            AND g.care = x.care AND g.category = x.category
          LEFT JOIN again.store.enrolled e ON e.period = x.period AND e.insurance = x.insurance
            AND e.district IS NULL AND e.person_kind IS NULL)
      WHERE i.stands`,
    `CREATE TEMP TABLE printed AS
      SELECT period, insurance, "grouping", care, category, region, indicator,
        ${columns.map((c) => `("${c}" * 1000000)::HUGEINT AS ${c}`).join(", ")}, status <> 'open' AS closed
      FROM published.indicators WHERE period_kind <> 'day' AND "grouping" IN (${wanted})
        AND indicator IN (${RATIOS.map((r) => `'${r.name}'`).join(", ")})`,
    `INSERT INTO difference BY NAME
      SELECT coalesce(a.period, b.period) AS period, coalesce(a.insurance, b.insurance) AS insurance,
        coalesce(a."grouping", b."grouping") AS "grouping",
        ${["care", "category", "region"].map((d) => `coalesce(a.${d}, b.${d}) AS ${d}`).join(", ")},
        coalesce(a.indicator, b.indicator) || v.suffix AS indicator, v.published::VARCHAR AS published, v.recounted::VARCHAR AS recounted
      FROM printed a FULL JOIN again b ON a.period = b.period AND a.insurance = b.insurance AND a."grouping" = b."grouping"
          AND coalesce(a.care, '') = coalesce(b.care, '') AND coalesce(a.category, '') = coalesce(b.category, '')
          AND coalesce(a.region, '') = coalesce(b.region, '') AND a.indicator = b.indicator,
        unnest([
          ${columns
            .map(
              (c) =>
                `{suffix: '${c === "value" ? "" : ` (${c})`}', published: ${yuan("a", c)}, recounted: ${yuan("b", c)}}`,
            )
            .join(",\n          ")}
        ]) u(v)
      WHERE (${columns.map((c) => `a.${c} IS DISTINCT FROM b.${c}`).join(" OR ")})
        -- What stands with nothing because it was reported at close.
        AND NOT (b.indicator IS NULL AND a.closed AND coalesce(a.value, 0) = 0 AND coalesce(a.previous, 0) = 0)`,
    "DELETE FROM difference WHERE published IS NOT DISTINCT FROM recounted",
    // A sum that differs where it is stored need not be named a second time where it is shown.
    `DELETE FROM difference d WHERE d.rowid > (SELECT min(rowid) FROM difference o WHERE o.period = d.period
      AND o.insurance = d.insurance AND o."grouping" = d."grouping" AND o.indicator = d.indicator
      AND ${["care", "category", "region"].map((c) => `coalesce(o.${c}, '') = coalesce(d.${c}, '')`).join(" AND ")})
      AND d."grouping" IN (${wanted})`,
  ]) {
    await connection.run(sql);
  }
  const counted = await connection.runAndReadAll("SELECT count(*)::VARCHAR FROM again");
  for (const table of ["year_before", "summed", "beside", "x", "again", "printed"]) {
    await connection.run(`DROP TABLE temp.${table}`);
  }
  return Number(counted.getRows()[0][0]);
}
