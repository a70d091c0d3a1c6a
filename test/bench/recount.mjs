/**
 * Yardstick B: what a user would do without us. One-thread SQL in DuckDB that counts everything again from
 * the raw events: the standing version of each bill, dimensions, 27 measures in every default grouping,
 * exact persons, for month, quarter, half, year and ytd, own insurance and all. It shares nothing with the
 * engine, so equal figures also check the engine; what codes mean it asks the tests' oracle (`rules.ts`).
 */
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";
import { built } from "./built.mjs";
import { WORLD } from "./events.mjs";

const { module: oracle } = await runnerImport(fileURLToPath(new URL("./rules.ts", import.meta.url)), {
  configFile: false,
  logLevel: "error",
});
const { AMOUNT_OF, VISITS_OF, Rules } = oracle;
const { AMOUNT_FIELDS, FUND_AMOUNTS } = await built("schemas/input/streams.js");

export const DIMENSION_NAMES = [
  "care",
  "category",
  "region",
  "flow",
  "tier",
  "ownership",
  "care_group",
  "district",
  "facility_district",
  "channel",
  "person_kind",
  "facility",
];

const yuan = (...names) => names.map((name) => ({ name, unit: "yuan" }));
const count = (...names) => names.map((name) => ({ name, unit: "count" }));
/** Measures with their units, in the order of the tables here. */
export const MEASURE_LIST = [
  ...count("visits", "bed_days"),
  ...yuan(...Object.keys(AMOUNT_OF), "account_paid", "reimbursed", "benefit_paid"),
  ...count(...VISITS_OF.map((v) => v.visits)),
  ...yuan(...VISITS_OF.flatMap((v) => v.fee ?? [])),
  ...count("case_paid_visits"),
];
const MEASURES = MEASURE_LIST.map((m) => m.name);

const withCare = (names) => ["total", "care", ...names.map((n) => `care+${n}`)];
const GROUPINGS = withCare([
  ...["category", "region", "flow", "tier", "ownership", "care_group", "district", "facility_district"],
  ...["channel", "person_kind", "facility", "category+region", "category+tier", "category+care_group"],
  ...["category+district", "category+channel", "category+facility", "region+tier", "region+channel"],
  ...["region+facility", "region+flow+channel", "tier+ownership", "ownership+care_group"],
  "district+person_kind",
]);
const PERSON_GROUPINGS = withCare([
  ...["category", "region", "flow", "tier", "care_group", "district", "facility", "category+facility"],
  "region+flow+channel",
]);

const AMOUNTS = AMOUNT_FIELDS;
const TEXTS = [
  ...["setl_id", "init_setl_id", "vali_flag", "psn_no", "insutype", "psn_type", "insu_admdvs"],
  ...["fixmedins_code", "fix_blng_admdvs", "hosp_lv", "med_type", "setl_type", "clr_way", "mid_setl_flag"],
];

/** The columns that the figures need, with their types; times as the local times written there. */
export function readJson(file) {
  const columns = [
    ...TEXTS.map((n) => `${n}: 'VARCHAR'`),
    ...["setl_time", "updt_time"].map((n) => `${n}: 'TIMESTAMP'`),
    ...["begndate", "enddate"].map((n) => `${n}: 'DATE'`),
    "ipt_days: 'INTEGER'",
    ...AMOUNTS.map((n) => `${n}: 'DECIMAL(16, 2)'`),
  ];
  return `read_json('${file}', format = 'newline_delimited', columns = {${columns.join(", ")}})`;
}

/** National codes that occur, with category and care. */
const CATEGORIES = [
  ["11", "普通门诊", "outpatient"],
  ["14", "门诊慢特病", "outpatient"],
  ["28", "日间手术", "outpatient"],
  ["41", "个人账户", "pharmacy"],
  ["21", "普通住院", "inpatient"],
  ["22", "外伤住院", "inpatient"],
  ["26", "单病种住院", "inpatient"],
].map(([med_type, category, care]) => ({ med_type, category, care }));

const CASE_PAYMENT = new Rules(WORLD, [], CATEGORIES).casePayment;

const fen = (name) => `coalesce(${name}, 0)`;
const FUNDS = FUND_AMOUNTS.map(fen).join(" + ");
const PARTS = ["fund_pay_sumamt", "acct_pay", "psn_cash_pay", "hosp_part_amt"].map(fen).join(" + ");

/** Content rules (docs/specification.md#settlement); bills that break them are not counted. */
const VALID = `psn_no <> '' AND ${FUNDS} = fund_pay_sumamt
  AND (${PARTS} = medfee_sumamt OR ${PARTS} + ${fen("acct_mulaid_pay")} = medfee_sumamt)
  AND CASE WHEN init_setl_id IS NULL THEN least(${AMOUNTS.map(fen).join(", ")}) >= 0
      ELSE greatest(${AMOUNTS.map(fen).join(", ")}) <= 0 END`;

const CODES = "insutype, psn_type, insu_admdvs, fixmedins_code, med_type, setl_type";

/** What the codes of a bill mean, one row for each combination that occurs. */
const COMBO = `CREATE TEMP TABLE combo AS
  SELECT c.*, (row_number() OVER ())::INTEGER AS combo, care, category, insurance, region, flow, tier, ownership,
    insu_admdvs AS district, facility_district, channel, person_kind, fixmedins_code AS facility, care_group, own_fund
  FROM (SELECT DISTINCT ${CODES} FROM standing) c JOIN place USING (insu_admdvs, fixmedins_code)
    JOIN benefit USING (insutype, med_type) JOIN person_kind USING (psn_type) JOIN channel USING (setl_type)`;

const FLAGS = "coalesce(vali_flag, '') AS vali_flag, coalesce(mid_setl_flag, '') AS mid_setl_flag";

const BILLS = `CREATE TEMP TABLE bill AS
  SELECT s.* EXCLUDE (vali_flag, mid_setl_flag), (${PARTS} <> medfee_sumamt) AS beside, w,
    (year(setl_time) * 12 + month(setl_time) - 1)::INTEGER AS m
  FROM (SELECT * REPLACE (${FLAGS}), init_setl_id IS NOT NULL AS refund FROM standing) s
    JOIN weight USING (vali_flag, mid_setl_flag, refund)`;

const sumFen = (sql) => `(sum(${sql}) * 100)::BIGINT`;
const visitsWhere = (test) => `coalesce(sum(w) FILTER (${test}), 0)::BIGINT`;
const feeWhere = (test) => `coalesce(sum(medfee_sumamt) FILTER (${test}) * 100, 0)::BIGINT`;
const account = `${fen("acct_pay")} + CASE WHEN beside THEN ${fen("acct_mulaid_pay")} ELSE 0 END`;

const SUMS = {
  visits: "sum(w)::BIGINT",
  bed_days: `sum(w * coalesce(abs(ipt_days), CASE WHEN care = 'inpatient'
    THEN greatest(1, enddate - begndate) END, 0))::BIGINT`,
  ...Object.fromEntries(Object.entries(AMOUNT_OF).map(([name, amount]) => [name, sumFen(fen(amount))])),
  account_paid: sumFen(account),
  ...Object.fromEntries(
    VISITS_OF.flatMap(({ paid, visits, fee }) => {
      const test = `${paid === "account_paid" ? account : AMOUNT_OF[paid]} <> 0`;
      return [[visits, visitsWhere(test)], ...(fee === null ? [] : [[fee, feeWhere(test)]])];
    }),
  ),
  case_paid_visits: visitsWhere(`clr_way IN (${CASE_PAYMENT.map((code) => `'${code}'`).join(", ")})`),
};

/** The finest sums first: month x codes; everything else is summed from them. */
const CELLS = `CREATE TEMP TABLE cell AS
  SELECT *, pool_paid + critical_paid + large_paid + aid_paid AS reimbursed,
    pool_paid + CASE insurance WHEN 'employee' THEN large_paid + account_paid ELSE 0 END AS benefit_paid
  FROM (SELECT m, combo, ${Object.entries(SUMS)
    .map(([name, sql]) => `${sql} AS ${name}`)
    .join(", ")} FROM bill JOIN combo USING (${CODES}) GROUP BY m, combo) JOIN combo USING (combo)`;

const partsOf = (grouping) => (grouping === "total" ? [] : grouping.split("+"));
/** Other people's funds count only where the flow is told apart. */
const byFund = (groupings) => [
  { list: groupings.filter((g) => partsOf(g).includes("flow")), where: "true" },
  { list: groupings.filter((g) => !partsOf(g).includes("flow")), where: "own_fund" },
];
const usedBy = (list) => DIMENSION_NAMES.filter((d) => list.some((g) => partsOf(g).includes(d)));
/** The dimensions as columns, those that no grouping of the list has as NULL. */
const valuesOf = (list, names) =>
  names.map((d) => (usedBy(list).includes(d) ? d : `NULL AS ${d}`)).join(", ");
/** Name of the grouping set, from which dimensions are grouped. */
const nameOf = (list, names = usedBy(list)) =>
  `CASE ${list
    .map((g) => {
      const bits = names.reduce(
        (sum, d, i) => sum + (partsOf(g).includes(d) ? 0 : 2 ** (names.length - 1 - i)),
        0,
      );
      return `WHEN grouping(${names.join(", ")}) = ${bits} THEN '${g}'`;
    })
    .join(" ")} END AS "grouping"`;
const sets = (list, keys) =>
  `GROUPING SETS (${list.map((g) => `(${[...keys, ...partsOf(g)].join(", ")})`).join(", ")})`;
const D = DIMENSION_NAMES.join(", ");
const sumAll = (names) => names.map((n) => `sum(${n})::BIGINT AS ${n}`).join(", ");

const ym = "(m // 12)::VARCHAR";
const PERIODS = `CREATE TEMP TABLE span AS
  SELECT m, ${ym} || '-' || lpad((m % 12 + 1)::VARCHAR, 2, '0') AS period FROM months
  UNION ALL SELECT m, ${ym} || 'Q' || (m % 12 // 3 + 1) FROM months
  UNION ALL SELECT m, ${ym} || 'H' || (m % 12 // 6 + 1) FROM months
  UNION ALL SELECT m, ${ym} FROM months
  UNION ALL SELECT m, ${ym} || 'YTD' || lpad(e::VARCHAR, 2, '0') FROM months, range(1, 13) t(e)
    WHERE e > m % 12 AND m // 12 * 12 + e - 1 <= (SELECT max(m) FROM months)`;

/** Net weight of each person and group by month of a year, then who is above 0 in which period. */
function persons() {
  const names = [...new Set(PERSON_GROUPINGS.flatMap(partsOf))].sort(
    (a, b) => DIMENSION_NAMES.indexOf(a) - DIMENSION_NAMES.indexOf(b),
  );
  const months = Array.from({ length: 12 }, (_, i) => `m${i + 1}`);
  const spans = [
    ...months.map((n, i) => [`-${String(i + 1).padStart(2, "0")}`, [n]]),
    ...[0, 1, 2, 3].map((q) => [`Q${q + 1}`, months.slice(q * 3, q * 3 + 3)]),
    ...[0, 1].map((h) => [`H${h + 1}`, months.slice(h * 6, h * 6 + 6)]),
    ["", months],
    ...months.map((_, i) => [`YTD${String(i + 1).padStart(2, "0")}`, months.slice(0, i + 1)]),
  ];
  const net = (
    list,
    where,
    keys,
  ) => `SELECT y, ${keys.includes("insurance") ? "insurance" : "'all' AS insurance"}, p,
      ${nameOf(list)}, ${valuesOf(list, names)},
      ${months.map((n, i) => `coalesce(sum(w) FILTER (mm = ${i}), 0)::INTEGER AS ${n}`).join(", ")}
    FROM person_month WHERE ${where} GROUP BY ${sets(list, keys)}`;
  const inserts = byFund(PERSON_GROUPINGS).flatMap(({ list, where }) =>
    [
      ["y", "p", "insurance"],
      ["y", "p"],
    ].map(
      (keys) => `INSERT INTO person_wide SELECT y, insurance, "grouping", ${names.join(", ")},
        ${spans.map(([, of]) => `count(*) FILTER (${of.join(" + ")} > 0)`).join(", ")}
      FROM (${net(list, where, keys)}) GROUP BY ALL`,
    ),
  );
  const other = DIMENSION_NAMES.filter((d) => !names.includes(d));
  return [
    `CREATE TEMP TABLE person AS SELECT psn_no, (row_number() OVER ())::INTEGER AS p FROM (SELECT DISTINCT psn_no FROM bill)`,
    ...names.map((d) => `CREATE TYPE e_${d} AS ENUM (SELECT DISTINCT ${d} FROM combo)`),
    `CREATE TYPE e_insurance AS ENUM (SELECT DISTINCT insurance FROM combo)`,
    `CREATE TEMP TABLE person_month AS
      SELECT (m // 12)::INTEGER AS y, (m % 12)::TINYINT AS mm, p, insurance::e_insurance AS insurance, own_fund,
        ${names.map((d) => `${d}::e_${d} AS ${d}`).join(", ")}, w::TINYINT AS w
      FROM bill JOIN combo USING (${CODES}) JOIN person USING (psn_no) WHERE w <> 0`,
    `CREATE TEMP TABLE person_wide (y INTEGER, insurance VARCHAR, "grouping" VARCHAR,
      ${names.map((d) => `${d} VARCHAR`).join(", ")}, ${spans.map(([id]) => `"p${id}" BIGINT`).join(", ")})`,
    ...inserts,
    `INSERT INTO person_figure SELECT y || substr(span, 2), insurance, "grouping",
        ${DIMENSION_NAMES.map((d) => (other.includes(d) ? "NULL" : d)).join(", ")}, persons
      FROM (UNPIVOT person_wide ON ${spans.map(([id]) => `"p${id}"`).join(", ")} INTO NAME span VALUE persons)
      WHERE persons > 0 AND y || substr(span, 2) IN (SELECT period FROM span)`,
  ];
}

/** A table of what the oracle says. */
function table(name, columns, rows) {
  const text = (v) => (typeof v === "string" ? `'${v.replaceAll("'", "''")}'` : String(v));
  const values = rows.map((row) => `(${row.map(text).join(", ")})`).join(", ");
  return `CREATE TEMP TABLE ${name} AS SELECT * FROM (VALUES ${values}) t(${columns})`;
}

/**
 * The statements of the recount in order, each with the name of its step; one with `statement` is a query, whose
 * rows give the statement to run. `from`: the settlements' SQL; `facilities`: records of their stream.
 */
export function recountSql(from, facilities) {
  const rules = new Rules(WORLD, facilities, CATEGORIES);
  const columns = [...TEXTS, "setl_time", "updt_time", "begndate", "enddate", "ipt_days", ...AMOUNTS].join(
    ", ",
  );
  const steps = [];
  const step = (name, ...list) =>
    steps.push(...list.map((s) => (typeof s === "string" ? { name, sql: s } : { name, ...s })));
  step(
    "read",
    table("benefit", "insutype, med_type, insurance, category, care", rules.benefits()),
    `CREATE TEMP TABLE event AS SELECT ${columns} FROM ${from} s SEMI JOIN benefit USING (insutype, med_type)
      WHERE ${VALID}`,
    {
      sql: "SELECT DISTINCT insu_admdvs, fixmedins_code FROM event ORDER BY ALL",
      statement: (pairs) =>
        table(
          "place",
          "insu_admdvs, fixmedins_code, region, flow, tier, ownership, facility_district, care_group, own_fund",
          rules.places(pairs),
        ),
    },
  );
  const touching = "event SEMI JOIN place USING (insu_admdvs, fixmedins_code)";
  step(
    "versions",
    // Only ids that came more than once need ordering.
    `CREATE TEMP TABLE again AS SELECT setl_id FROM ${touching} GROUP BY setl_id HAVING count(*) > 1`,
    `CREATE TEMP TABLE standing AS
      SELECT * FROM ${touching} WHERE setl_id NOT IN (SELECT setl_id FROM again)
      UNION ALL
      SELECT * FROM ${touching} WHERE setl_id IN (SELECT setl_id FROM again)
      QUALIFY row_number() OVER (PARTITION BY setl_id ORDER BY updt_time DESC) = 1`,
  );
  step(
    "cells",
    {
      sql: "SELECT DISTINCT psn_type FROM standing ORDER BY ALL",
      statement: (rows) => table("person_kind", "psn_type, person_kind", rules.personKinds(rows.flat())),
    },
    {
      sql: "SELECT DISTINCT setl_type FROM standing ORDER BY ALL",
      statement: (rows) => table("channel", "setl_type, channel", rules.channels(rows.flat())),
    },
    {
      sql: `SELECT DISTINCT ${FLAGS}, init_setl_id IS NOT NULL AS refund FROM standing ORDER BY ALL`,
      statement: (rows) => table("weight", "vali_flag, mid_setl_flag, refund, w", rules.weights(rows)),
    },
  );
  step("cells", COMBO, BILLS, CELLS);
  step(
    "figures",
    "CREATE TEMP TABLE months AS SELECT DISTINCT m FROM cell",
    PERIODS,
    `CREATE TEMP TABLE month_figure (m INTEGER, insurance VARCHAR, "grouping" VARCHAR,
      ${DIMENSION_NAMES.map((d) => `${d} VARCHAR`).join(", ")}, ${MEASURES.map((n) => `${n} BIGINT`).join(", ")})`,
    ...byFund(GROUPINGS).map(
      ({
        list,
        where,
      }) => `INSERT INTO month_figure SELECT m, insurance, ${nameOf(list)}, ${valuesOf(list, DIMENSION_NAMES)},
        ${sumAll(MEASURES)} FROM cell WHERE ${where} GROUP BY ${sets(list, ["m", "insurance"])}`,
    ),
    `INSERT INTO month_figure SELECT m, 'all', "grouping", ${D}, ${sumAll(MEASURES)} FROM month_figure GROUP BY m, "grouping", ${D}`,
    `CREATE TABLE figure AS SELECT period, insurance, "grouping", ${D}, ${sumAll(MEASURES)}
      FROM month_figure JOIN span USING (m) GROUP BY period, insurance, "grouping", ${D}`,
  );
  step(
    "persons",
    `CREATE TABLE person_figure (period VARCHAR, insurance VARCHAR, "grouping" VARCHAR,
      ${DIMENSION_NAMES.map((d) => `${d} VARCHAR`).join(", ")}, persons BIGINT)`,
    ...persons(),
  );
  step("checkpoint", "CHECKPOINT");
  return steps;
}
