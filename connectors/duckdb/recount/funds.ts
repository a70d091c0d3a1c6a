import type { DuckDBConnection } from "@duckdb/node-api";
import { ZoneCalendar } from "../../../aggregations/calendar.js";
import type { Config } from "../../../schemas/config/schema.js";
import { DETAIL_RECORDS } from "../../../schemas/detail/tables.js";
import { STREAMS } from "../../../schemas/input/streams.js";
import { ddl } from "../../../schemas/published/definition.js";
import type { StateSnapshot } from "../../state/read-snapshot.js";
import { detailRecords } from "../detail/records.js";

const FUND_INSURANCE = `CASE fund WHEN 'employee_pool' THEN 'employee' WHEN 'employee_account' THEN 'employee'
  WHEN 'civil_servant' THEN 'employee' WHEN 'large_amount' THEN 'employee' WHEN 'resident' THEN 'resident'
  WHEN 'critical_illness' THEN 'resident' WHEN 'maternity' THEN 'maternity' ELSE 'all' END`;

const year = "lpad((month // 12)::VARCHAR, 4, '0')";
const two = (n: string): string => `lpad((${n})::VARCHAR, 2, '0')`;

const PAID = ["pool_paid", "account_paid", "civil_servant_paid", "large_paid", "critical_paid", "aid_paid"];

/** Months of what was booked and paid, by fund: table `flow`. Settled money is of people insured here alone. */
const FLOW = `CREATE TEMP TABLE flow AS
  WITH paid AS (
    SELECT c.month, c.district, unnest([
      {fund: CASE c.insurance WHEN 'employee' THEN 'employee_pool' WHEN 'resident' THEN 'resident'
        WHEN 'maternity' THEN 'maternity' ELSE c.insurance END, fen: c.pool_paid},
      {fund: 'employee_account', fen: c.account_paid}, {fund: 'civil_servant', fen: c.civil_servant_paid},
      {fund: 'large_amount', fen: c.large_paid}, {fund: 'critical_illness', fen: c.critical_paid},
      {fund: 'aid', fen: c.aid_paid}]) AS p
    FROM (SELECT c.month, d.district, d.insurance, ${PAID.map((n) => `sum(c.${n}) AS ${n}`).join(", ")}
      FROM cell c JOIN dimension d ON d.rowid = c.dim WHERE d.own_fund GROUP BY ALL) c),
  settled AS (
    SELECT month, p.fund AS fund, district, p.fen::HUGEINT AS fen FROM paid WHERE p.fund IS NOT NULL AND p.fen <> 0)
  SELECT 'settled_expense' AS indicator, month, ${FUND_INSURANCE} AS insurance, fund, district, NULL AS subject,
    NULL AS person_group, fen FROM settled
  UNION ALL
  SELECT kind, year(book_date) * 12 + month(book_date) - 1, coalesce(insurance, ${FUND_INSURANCE}), fund, admdvs,
    subject, coalesce("group", 'all'), (amount * 100)::HUGEINT
  FROM fund_entry WHERE kind IN ('income', 'expense')
  UNION ALL
  SELECT 'beneficiaries', year(book_date) * 12 + month(book_date) - 1, coalesce(insurance, ${FUND_INSURANCE}), fund, admdvs,
    subject, coalesce("group", 'all'), beneficiaries * 100
  FROM fund_entry WHERE kind IN ('income', 'expense') AND beneficiaries IS NOT NULL
  UNION ALL
  SELECT m.name, left(settled_month, 4)::INTEGER * 12 + right(settled_month, 2)::INTEGER - 1, insurance, NULL, fixmedins_code, NULL, NULL, m.fen
  FROM dip_result, unnest([{name: 'dip_cases', fen: cases::HUGEINT * 100}, {name: 'ffs_amount', fen: (fee_for_service_amount * 100)::HUGEINT},
    {name: 'dip_amount', fen: (dip_amount * 100)::HUGEINT}]) t(m)`;

/** Sets of columns that figures of the funds vary by; settled money has no subject. */
const FUND_SETS = ["", "district", "fund", "district, fund"];
const BOOKED_SETS = ["subject", "fund, subject", "district, fund, subject"];
const GROUP_SETS = ["fund, person_group", "fund, subject, person_group"];
const nameOf = (set: string): string => (set === "" ? "total" : set.replaceAll(", ", "+"));

const pick = (set: string, where: string, facility = false): string => {
  const has = (d: string): string => (set.split(", ").includes(d) ? d : "NULL");
  return `SELECT indicator, period, insurance, '${facility && set !== "" ? "facility" : nameOf(set)}' AS "grouping",
    ${facility ? "NULL AS district" : `${has("district")} AS district`}, ${has("fund")} AS fund, ${has("subject")} AS subject,
    ${has("person_group")} AS person_group, ${facility && set !== "" ? "district" : "NULL"} AS facility, sum(fen) AS fen
    FROM flows WHERE ${where} GROUP BY ALL`;
};

const DIMENSIONS = ["district", "fund", "subject", "person_group", "facility"];

/**
 * Sums again what the funds were paid and paid (`settled_expense` from the settlements, `income`, `expense`
 * and `beneficiaries` from the books) and the DIP sums, and holds them against the published figures. Figures
 * of 0 and figures that are not there are the same here. Returns how many figures were compared.
 */
export async function compareFunds(
  connection: DuckDBConnection,
  snapshot: StateSnapshot,
  config: Config,
): Promise<number> {
  const calendar = new ZoneCalendar(config.timezone);
  for (const table of DETAIL_RECORDS) await connection.run(ddl(table)[0]);
  for (const stream of ["fund-entry", "dip-result"] as const) {
    await detailRecords(connection, stream, STREAMS[stream], snapshot, calendar);
  }
  const booked = "indicator IN ('income', 'expense', 'beneficiaries')";
  const dip = "indicator IN ('dip_cases', 'ffs_amount', 'dip_amount')";
  const same = DIMENSIONS.map((d) => `coalesce(a.${d}, '') = coalesce(b.${d}, '')`).join(" AND ");
  for (const sql of [
    FLOW,
    `CREATE TEMP TABLE spans AS
      WITH m AS (SELECT DISTINCT month FROM flow), e AS (SELECT unnest(range(1, 13)) AS e)
      SELECT month, ${year} || '-' || ${two("month % 12 + 1")} AS period FROM m
      UNION ALL SELECT month, ${year} || 'Q' || (month % 12 // 3 + 1) FROM m
      UNION ALL SELECT month, ${year} || 'H' || (month % 12 // 6 + 1) FROM m
      UNION ALL SELECT month, ${year} FROM m
      UNION ALL SELECT month, ${year} || 'YTD' || ${two("e")} FROM m, e WHERE e > month % 12`,
    // In its own insurance and over all; the employees' composite is a value of fund alone.
    `CREATE TEMP TABLE flows AS
      SELECT f.* EXCLUDE (month, insurance), s.period, i.insurance, false AS composite
      FROM flow f JOIN spans s ON s.month = f.month, unnest(list_distinct([f.insurance, 'all'])) i(insurance)
      UNION ALL
      SELECT f.* EXCLUDE (month, insurance) REPLACE ('employee' AS fund), s.period, i.insurance, true
      FROM flow f JOIN spans s ON s.month = f.month, unnest(list_distinct([f.insurance, 'all'])) i(insurance)
      WHERE f.fund IN ('employee_pool', 'employee_account')`,
    `CREATE TEMP TABLE summed_flow AS ${[
      ...FUND_SETS.map((set) =>
        pick(
          set,
          `(${booked} OR indicator = 'settled_expense') AND ${set.includes("fund") ? "true" : "NOT composite"}`,
        ),
      ),
      ...BOOKED_SETS.map((set) =>
        pick(set, `${booked} AND ${set.includes("fund") ? "true" : "NOT composite"}`),
      ),
      ...GROUP_SETS.map((set) => pick(set, `${booked} AND person_group <> 'all'`)),
      ...["", "facility"].map((set) => pick(set, dip, true)),
    ].join(" UNION ALL ")}`,
    `CREATE TEMP TABLE printed_flow AS
      SELECT indicator, period, insurance, "grouping", ${DIMENSIONS.join(", ")}, (value * 100)::HUGEINT AS fen
      FROM published.store.figure
      WHERE indicator IN ('settled_expense', 'income', 'expense', 'beneficiaries', 'dip_cases', 'ffs_amount', 'dip_amount')`,
    `INSERT INTO difference BY NAME
      SELECT coalesce(a.period, b.period) AS period, coalesce(a.insurance, b.insurance) AS insurance,
        coalesce(a."grouping", b."grouping") AS "grouping", ${DIMENSIONS.map((d) => `coalesce(a.${d}, b.${d}) AS ${d}`).join(", ")},
        coalesce(a.indicator, b.indicator) AS indicator,
        ${["a", "b"].map((t) => `(${t}.fen::DECIMAL(30, 0) * 0.01)::DECIMAL(38, 2)::VARCHAR AS ${t === "a" ? "published" : "recounted"}`).join(", ")}
      FROM printed_flow a FULL JOIN summed_flow b ON a.period = b.period AND a.insurance = b.insurance
        AND a."grouping" = b."grouping" AND a.indicator = b.indicator AND ${same}
      WHERE coalesce(a.fen, 0) <> coalesce(b.fen, 0)
        -- Periods run up to the one with the latest settlement's day; a report of another office may stand for a later one.
        AND coalesce(a.period, b.period) IN (SELECT period FROM published.store.period
          WHERE CASE WHEN period_kind = 'ytd' THEN date_trunc('month', period_end) ELSE period_start END
            <= (SELECT max(last) FROM extent))`,
  ]) {
    await connection.run(sql);
  }
  const counted = await connection.runAndReadAll("SELECT count(*)::VARCHAR FROM printed_flow");
  for (const table of ["flow", "spans", "flows", "summed_flow", "printed_flow"]) {
    await connection.run(`DROP TABLE temp.${table}`);
  }
  return Number(counted.getRows()[0][0]);
}
