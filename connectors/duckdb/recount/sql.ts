import type { Config } from "../../../schemas/config/schema.js";
import { dimensionsOf, SETTLEMENT_DIMENSIONS } from "../../../schemas/dimensions.js";
import { MEASURES, type MeasureName } from "../../../schemas/measures.js";
import { BILL_FROM, BILL_MEASURES, casePaidVisits, composed, WEIGHT } from "../detail/bill.js";
import { keptRows } from "../detail/sql.js";
import { countFundDays, FUND_DAY } from "./outlook.js";

/** Measures that settlements give by themselves; the composed ones follow from them. */
const PLAIN = [...Object.keys(BILL_MEASURES), "case_paid_visits"] as MeasureName[];
export const MEASURE_NAMES: readonly string[] = MEASURES.map((m) => m.name);
const sums = (names: readonly string[], of = (n: string) => n): string =>
  names.map((n) => `sum(${of(n)})::BIGINT AS ${n}`).join(", ");
const withFacility = (grouping: string): boolean => dimensionsOf(grouping).includes("facility");

type Rules = Pick<
  Config,
  | "groupings"
  | "personGroupings"
  | "periods"
  | "reimbursed"
  | "benefit"
  | "casePayment"
  | "timezone"
  | "refunds"
>;

/** Days behind the latest that figures may still be asked of: the window, the year before it, and a month of doubt. */
const keptSpan = (keepDays: number): number => keepDays + 366 + 31;

/** Dimensions that day groupings tell apart, with and without facilities. */
function dayDimensions(rules: Rules, facility: boolean): string[] {
  const groupings = rules.periods.dayGroupings.filter((g) => withFacility(g) === facility);
  return SETTLEMENT_DIMENSIONS.filter((d) => groupings.some((g) => dimensionsOf(g).includes(d)));
}

const CELL_COLUMNS = `dim INTEGER, settlements BIGINT, ${MEASURE_NAMES.map((n) => `${n} BIGINT`).join(", ")}`;

/** Tables that fill up month by month. A `dim` is a row of `dimension`. */
export const RECOUNT_TABLES: readonly string[] = [
  `CREATE TABLE cell (month INTEGER, ${CELL_COLUMNS})`,
  `CREATE TABLE day_cell (day DATE, facility BOOLEAN, ${CELL_COLUMNS})`,
  "CREATE TABLE extent (first DATE, last DATE)",
  FUND_DAY,
  "CREATE TABLE person_row (year INTEGER, month TINYINT, person INTEGER, dim INTEGER, weight INTEGER)",
];

/** Counts one staged month. `newest`: the latest month of all, which is staged first. */
export function countMonth(rules: Rules, moving: boolean, newest: string): string[] {
  const more = composed(rules, "d.insurance", (m) => `c.${m}`);
  const own: Readonly<Partial<Record<MeasureName, string>>> = {
    ...BILL_MEASURES,
    case_paid_visits: casePaidVisits(rules),
  };
  const measures = MEASURE_NAMES.map((n) =>
    n === "reimbursed" || n === "benefit_paid" ? `(${more[n]}) AS ${n}` : `c.${n}`,
  );
  const days = (facility: boolean, keep: number): string => `INSERT INTO day_cell
    SELECT c.day, ${facility}, r.${facility ? "fine" : "coarse"}, sum(c.settlements)::BIGINT, ${sums(MEASURE_NAMES, (n) => `c.${n}`)}
    FROM month_cell c JOIN alike r ON r.dim = c.dim
    WHERE c.day > ${newest} - ${keptSpan(keep)} GROUP BY ALL`;
  const key = (dimensions: readonly string[]): string => ["insurance", "own_fund", ...dimensions].join(", ");
  const { keepDays, keepFacilityDays } = rules.periods;
  return [
    `CREATE OR REPLACE TEMP TABLE bill AS
      SELECT s.person, s.count_day AS day, d.rowid::INTEGER AS dim, (${WEIGHT})::INTEGER AS weight,
        ${PLAIN.map((n) => `(${own[n]})::BIGINT AS ${n}`).join(", ")}
      FROM (${keptRows({ amount: (fen) => fen, moving, withTexts: false })}) s ${BILL_FROM}
      WHERE s.vali_flag = '1'`,
    `CREATE OR REPLACE TEMP TABLE month_cell AS
      SELECT c.day, c.dim, c.settlements, ${measures.join(", ")}
      FROM (SELECT day, dim, count(*) AS settlements, ${sums(PLAIN)} FROM bill GROUP BY day, dim) c
        JOIN dimension d ON d.rowid = c.dim`,
    // Dimensions that no day grouping tells apart share the number of the first of them.
    `CREATE OR REPLACE TEMP TABLE alike AS SELECT rowid::INTEGER AS dim,
      min(rowid::INTEGER) OVER (PARTITION BY ${key(dayDimensions(rules, false))}) AS coarse,
      min(rowid::INTEGER) OVER (PARTITION BY ${key(dayDimensions(rules, true))}) AS fine FROM dimension`,
    `INSERT INTO cell SELECT year(day) * 12 + month(day) - 1, dim, sum(settlements)::BIGINT, ${sums(MEASURE_NAMES)}
      FROM month_cell GROUP BY ALL`,
    "INSERT INTO extent SELECT min(day), max(day) FROM month_cell",
    countFundDays,
    days(false, keepDays),
    days(true, keepFacilityDays),
    `INSERT INTO person_row
      SELECT year(day), month(day) - 1, person, dim, sum(weight)::INTEGER FROM bill WHERE weight <> 0
      GROUP BY ALL HAVING sum(weight) <> 0`,
    "DROP TABLE temp.bill",
  ];
}

/**
 * The groups of every dimension row: `lot` numbers them, `part_of` says which rows count in which. Other
 * people's funds count only where the flow is told apart; a category counts in its parents' rows too.
 */
export function groupTables(rules: Rules): string[] {
  const all = [...new Set([...rules.groupings, ...rules.personGroupings, ...rules.periods.dayGroupings])];
  const names = SETTLEMENT_DIMENSIONS as readonly string[];
  const use = (g: string): string =>
    [rules.groupings, rules.personGroupings, rules.periods.dayGroupings]
      .map((list, i) => (list.includes(g) ? 2 ** i : 0))
      .reduce((a, b) => a + b)
      .toString();
  const rows = all.map((g) => {
    const parts: readonly string[] = dimensionsOf(g);
    const lines = parts.includes("category");
    const values = names.map((d) =>
      !parts.includes(d) ? `NULL::VARCHAR AS ${d}` : d === "category" ? "u.line AS category" : `d.${d}`,
    );
    return `SELECT d.rowid::INTEGER AS dim, d.insurance, '${g}' AS "grouping", ${use(g)} AS uses, ${values.join(", ")}
      FROM dimension d ${lines ? ", unnest(list_prepend(d.category, d.parents)) u(line)" : ""}
      ${parts.includes("flow") ? "" : "WHERE d.own_fund"}`;
  });
  return [
    `CREATE TEMP TABLE placed AS ${rows.join(" UNION ALL ")}`,
    `CREATE TABLE lot AS SELECT (row_number() OVER ())::INTEGER AS lot, *
      FROM (SELECT DISTINCT * EXCLUDE (dim) FROM placed
        UNION ALL SELECT DISTINCT * EXCLUDE (dim) REPLACE ('all' AS insurance) FROM placed)`,
    `CREATE TABLE part_of AS SELECT p.dim, o.lot, a.lot AS all_lot, p."grouping", p.uses
      FROM placed p JOIN lot o ON ${sameLot("o", "p")} AND o.insurance = p.insurance
        JOIN lot a ON ${sameLot("a", "p")} AND a.insurance = 'all'`,
    "DROP TABLE temp.placed",
  ];
}

const sameLot = (a: string, b: string): string =>
  [
    `${a}."grouping" = ${b}."grouping"`,
    ...SETTLEMENT_DIMENSIONS.map((d) => `coalesce(${a}.${d}, '') = coalesce(${b}.${d}, '')`),
  ].join(" AND ");

const year = "lpad((month // 12)::VARCHAR, 4, '0')";
const two = (n: string): string => `lpad((${n})::VARCHAR, 2, '0')`;

/**
 * Table `recounted`: a row where a period has data. Months, the periods made of them, and days; run when every
 * month and the persons of every year are counted.
 */
export function figureTables(rules: Rules): string[] {
  const own = (keys: string): string =>
    `SELECT ${keys}, lot, sum(settlements)::BIGINT AS settlements, ${sums(MEASURE_NAMES)}`;
  const months = `FROM (SELECT c.* EXCLUDE (dim), p.lot FROM cell c JOIN part_of p ON p.dim = c.dim WHERE p.uses & 1 <> 0)`;
  const days = (facility: boolean): string => `FROM (SELECT c.* EXCLUDE (dim, facility), p.lot
    FROM day_cell c JOIN part_of p ON p.dim = c.dim
    WHERE c.facility = ${facility} AND p.uses & 4 <> 0 AND p."grouping" IN (${
      rules.periods.dayGroupings
        .filter((g) => withFacility(g) === facility)
        .map((g) => `'${g}'`)
        .join(", ") || "''"
    }))`;
  /** The same over all insurances. */
  const all = (table: string): string => `INSERT INTO ${table} SELECT f.* REPLACE (m.all_lot AS lot)
    FROM (FROM ${table}) f JOIN (SELECT DISTINCT lot, all_lot FROM part_of) m ON m.lot = f.lot`;
  return [
    `CREATE TABLE span AS
      WITH m AS (SELECT DISTINCT month FROM cell), e AS (SELECT unnest(range(1, 13)) AS e)
      SELECT month, ${year} || '-' || ${two("month % 12 + 1")} AS period FROM m
      UNION ALL SELECT month, ${year} || 'Q' || (month % 12 // 3 + 1) FROM m
      UNION ALL SELECT month, ${year} || 'H' || (month % 12 // 6 + 1) FROM m
      UNION ALL SELECT month, ${year} FROM m
      -- Periods run up to the month of the latest day.
      UNION ALL SELECT month, ${year} || 'YTD' || ${two("e")} FROM m, e
        WHERE e > month % 12 AND month // 12 * 12 + e - 1 <= (SELECT max(month) FROM cell)`,
    `CREATE TABLE month_figure AS ${own("month")} ${months} GROUP BY ALL`,
    all("month_figure"),
    `CREATE TABLE day_figure AS ${own("day")} ${days(false)} GROUP BY ALL UNION ALL ${own("day")} ${days(true)} GROUP BY ALL`,
    all("day_figure"),
    "CREATE TEMP TABLE counted AS SELECT period, lot, sum(persons)::BIGINT AS persons FROM person_figure GROUP BY ALL",
    `CREATE TABLE recounted AS SELECT f.*,
        CASE WHEN l.uses & 2 <> 0 THEN coalesce(c.persons, 0) END AS persons
      FROM (SELECT s.period, f.lot, sum(f.settlements)::BIGINT AS settlements, ${sums(MEASURE_NAMES, (n) => `f.${n}`)}
        FROM month_figure f JOIN span s ON s.month = f.month GROUP BY s.period, f.lot) f
        JOIN lot l ON l.lot = f.lot LEFT JOIN counted c ON c.period = f.period AND c.lot = f.lot`,
    `INSERT INTO recounted SELECT *, NULL
      FROM (${own("strftime(day, '%Y-%m-%d')")} FROM day_figure GROUP BY ALL)`,
  ];
}

const MONTHS = Array.from({ length: 12 }, (_, m) => m);
/** Ends of the ids of a year's periods, with the months that each is made of. */
const YEAR_PERIODS: readonly (readonly [suffix: string, months: readonly number[]])[] = [
  ...MONTHS.map((m): [string, number[]] => [`-${String(m + 1).padStart(2, "0")}`, [m]]),
  ...[0, 1, 2, 3].map((q): [string, number[]] => [`Q${q + 1}`, MONTHS.slice(q * 3, q * 3 + 3)]),
  ...[0, 1].map((h): [string, number[]] => [`H${h + 1}`, MONTHS.slice(h * 6, h * 6 + 6)]),
  ["", MONTHS],
  ...MONTHS.map((m): [string, number[]] => [`YTD${String(m + 1).padStart(2, "0")}`, MONTHS.slice(0, m + 1)]),
];

/**
 * Exact persons of one year: those whose weights over a period sum above 0. Nearly everyone has bills of
 * one insurance and no net refund: for them a period counts when any of its months does, which is a bit mask;
 * for the others the weights of all months are added up.
 */
export function personsOfYear(rules: Rules, ofYear: number): string[] {
  const periods = `(VALUES ${YEAR_PERIODS.map(
    ([suffix, months]) =>
      `('${String(ofYear).padStart(4, "0")}${suffix}', ${months.reduce((a, m) => a | (1 << m), 0)})`,
  ).join(", ")}) t(period, months)`;
  const month = (m: number): string => `coalesce(sum(weight) FILTER (WHERE month = ${m}), 0)`;
  const above = (months: readonly number[]): string => months.map((m) => `m${m}`).join(" + ");
  return [
    "DROP TABLE IF EXISTS temp.mixed; DROP TABLE IF EXISTS temp.simple; DROP TABLE IF EXISTS temp.masks",
    `CREATE TEMP TABLE ours AS SELECT rowid::INTEGER AS dim, insurance FROM dimension`,
    `CREATE TEMP TABLE mixed AS SELECT person FROM person_row r JOIN ours o ON o.dim = r.dim
      WHERE year = ${ofYear} GROUP BY person HAVING min(weight) < 0 OR min(o.insurance) <> max(o.insurance)`,
    "DROP TABLE temp.ours",
    `CREATE TEMP TABLE simple AS SELECT person, dim, bit_or(1 << month::INTEGER) AS months FROM person_row
      WHERE year = ${ofYear} AND person NOT IN (FROM mixed) GROUP BY person, dim`,
    "CREATE TEMP TABLE masks (lot INTEGER, all_lot INTEGER, months INTEGER, persons BIGINT)",
    ...rules.personGroupings.map(
      (g) => `INSERT INTO masks SELECT lot, all_lot, months, count(*) FROM (
        SELECT p.lot, any_value(p.all_lot) AS all_lot, s.person, bit_or(s.months) AS months
        FROM simple s JOIN part_of p ON p.dim = s.dim AND p."grouping" = '${g}' GROUP BY p.lot, s.person)
        GROUP BY ALL`,
    ),
    `INSERT INTO person_figure
      SELECT t.period, lot, sum(persons)::BIGINT FROM (
        SELECT lot, months, persons FROM masks UNION ALL SELECT all_lot, months, persons FROM masks) k
      JOIN ${periods} ON k.months & t.months <> 0 GROUP BY ALL`,
    ...["lot", "all_lot"].map(
      (lot) => `INSERT INTO person_figure
        SELECT period, lot, persons FROM (
          UNPIVOT (SELECT lot, ${YEAR_PERIODS.map(([suffix, months]) => `count(*) FILTER (WHERE ${above(months)} > 0) AS "${String(ofYear).padStart(4, "0")}${suffix}"`).join(", ")}
            FROM (SELECT p.${lot} AS lot, r.person, ${MONTHS.map((m) => `${month(m)} AS m${m}`).join(", ")}
              FROM person_row r SEMI JOIN mixed x ON x.person = r.person JOIN part_of p ON p.dim = r.dim AND p.uses & 2 <> 0
              WHERE r.year = ${ofYear} GROUP BY p.${lot}, r.person)
            GROUP BY lot)
          ON * EXCLUDE (lot) INTO NAME period VALUE persons) WHERE persons > 0`,
    ),
  ];
}
