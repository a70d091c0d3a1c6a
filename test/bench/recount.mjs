/**
 * Yardstick B: what a user would do without us. One-thread SQL in DuckDB that counts everything again from
 * the raw events: the current version of each bill, dimensions, 27 measures in every default grouping,
 * exact persons, for month, quarter, half, year and ytd, own insurance and all. Written from the
 * specification and not from the engine, so equal figures also check the engine.
 */
import { WORLD } from "./events.mjs";

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
const PAID = {
  pool_paid: "hifp_pay",
  civil_servant_paid: "cvlserv_pay",
  supplementary_paid: "hifes_pay",
  critical_paid: "hifmi_pay",
  large_paid: "hifob_pay",
  disabled_paid: "hifdm_pay",
  aid_paid: "maf_pay",
  other_paid: "oth_pay",
};
export const MEASURE_LIST = [
  ...count("visits", "bed_days"),
  ...yuan(
    "fee",
    "in_scope_fee",
    ...Object.keys(PAID),
    "fund_paid",
    "account_paid",
    "cash_paid",
    "hospital_paid",
  ),
  ...yuan("reimbursed", "benefit_paid"),
  ...count("critical_visits", "large_visits", "aid_visits", "civil_servant_visits", "account_visits"),
  ...yuan("critical_fee", "large_fee", "aid_fee"),
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

const AMOUNTS = [
  ...["medfee_sumamt", "inscp_scp_amt", ...Object.values(PAID), "fund_pay_sumamt", "acct_pay"],
  ...["psn_cash_pay", "hosp_part_amt", "acct_mulaid_pay"],
];
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
const CATEGORIES = `(VALUES ('11', '普通门诊', 'outpatient'), ('14', '门诊慢特病', 'outpatient'),
  ('28', '日间手术', 'outpatient'), ('41', '个人账户', 'pharmacy'), ('21', '普通住院', 'inpatient'),
  ('22', '外伤住院', 'inpatient'), ('26', '单病种住院', 'inpatient')) t(med_type, category, care)`;

const fen = (name) => `coalesce(${name}, 0)`;
const FUNDS = Object.values(PAID).map(fen).join(" + ");
const PARTS = ["fund_pay_sumamt", "acct_pay", "psn_cash_pay", "hosp_part_amt"].map(fen).join(" + ");
const HERE = `'${WORLD.jurisdiction.admdvs}'`;

/** Content rules (docs/specification.md#settlement); bills that break them are not counted. */
const VALID = `psn_no <> '' AND insutype IN ('310', '340', '390', '391', '392', '510')
  AND med_type IN (SELECT med_type FROM category)
  AND (insu_admdvs = ${HERE} OR (SELECT admdvs FROM facility f WHERE f.fixmedins_code = s.fixmedins_code) = ${HERE})
  AND ${FUNDS} = fund_pay_sumamt
  AND (${PARTS} = medfee_sumamt OR ${PARTS} + ${fen("acct_mulaid_pay")} = medfee_sumamt)
  AND CASE WHEN init_setl_id IS NULL THEN least(${AMOUNTS.map(fen).join(", ")}) >= 0
      ELSE greatest(${AMOUNTS.map(fen).join(", ")}) <= 0 END`;

const careGroup = WORLD.careGroups
  .map(({ name, when }) => {
    const tests = Object.entries(when ?? {}).map(
      ([d, v]) => `${d} IN (${v.map((x) => `'${x}'`).join(", ")})`,
    );
    return tests.length > 0 ? `WHEN ${tests.join(" AND ")} THEN '${name}'` : `ELSE '${name}'`;
  })
  .join(" ");

const CODES = "insutype, psn_type, insu_admdvs, fixmedins_code, med_type, setl_type";

/** What the codes of a bill mean, one row for each combination that occurs. */
const COMBO = `CREATE TEMP TABLE combo AS
  SELECT *, CASE ${careGroup} END AS care_group FROM (
    SELECT c.*, (row_number() OVER ())::INTEGER AS combo, k.care, k.category,
      CASE WHEN insutype IN ('310', '340') THEN 'employee' WHEN insutype = '510' THEN 'maternity'
        ELSE 'resident' END AS insurance,
      -- No municipality and no 90 among the divisions here; 00 and 99 are run by city or province.
      CASE WHEN insu_admdvs = f.admdvs AND right(insu_admdvs, 2) NOT IN ('00', '99') THEN 'county'
        WHEN left(insu_admdvs, 4) = left(f.admdvs, 4) THEN 'city'
        WHEN left(insu_admdvs, 2) = left(f.admdvs, 2) THEN 'province' ELSE 'national' END AS region,
      CASE WHEN insu_admdvs <> ${HERE} THEN 'inbound' WHEN f.admdvs = ${HERE} THEN 'local'
        ELSE 'outbound' END AS flow,
      CASE WHEN f.hosp_lv <= '04' THEN '3' WHEN f.hosp_lv <= '07' THEN '2' WHEN f.hosp_lv <= '10' THEN '1'
        ELSE '0' END AS tier,
      f.ownership, insu_admdvs AS district, f.admdvs AS facility_district,
      CASE setl_type WHEN '1' THEN 'manual' ELSE 'direct' END AS channel,
      CASE left(psn_type, 2) WHEN '11' THEN 'active' WHEN '12' THEN 'retired' WHEN '13' THEN 'veteran'
        WHEN '14' THEN 'resident' WHEN '15' THEN 'resident' WHEN '16' THEN 'resident'
        ELSE 'unknown' END AS person_kind,
      fixmedins_code AS facility, insu_admdvs = ${HERE} AS own_fund
    FROM (SELECT DISTINCT ${CODES} FROM standing) c JOIN facility f USING (fixmedins_code)
      JOIN category k USING (med_type))`;

const WEIGHT =
  "CASE WHEN coalesce(mid_setl_flag, '0') = '1' THEN 0 WHEN init_setl_id IS NULL THEN 1 ELSE -1 END";

const BILLS = `CREATE TEMP TABLE bill AS
  SELECT *, (${PARTS} <> medfee_sumamt) AS beside, ${WEIGHT} AS w,
    (year(setl_time) * 12 + month(setl_time) - 1)::INTEGER AS m
  FROM standing WHERE coalesce(vali_flag, '1') = '1'`;

const sumFen = (sql) => `(sum(${sql}) * 100)::BIGINT`;
const visitsWhere = (test) => `coalesce(sum(w) FILTER (${test}), 0)::BIGINT`;
const feeWhere = (test) => `coalesce(sum(medfee_sumamt) FILTER (${test}) * 100, 0)::BIGINT`;
const account = `${fen("acct_pay")} + CASE WHEN beside THEN ${fen("acct_mulaid_pay")} ELSE 0 END`;

const SUMS = {
  visits: "sum(w)::BIGINT",
  bed_days: `sum(w * coalesce(abs(ipt_days), CASE WHEN care = 'inpatient'
    THEN greatest(1, enddate - begndate) END, 0))::BIGINT`,
  fee: sumFen("medfee_sumamt"),
  in_scope_fee: sumFen(fen("inscp_scp_amt")),
  ...Object.fromEntries(Object.entries(PAID).map(([name, field]) => [name, sumFen(fen(field))])),
  fund_paid: sumFen("fund_pay_sumamt"),
  account_paid: sumFen(account),
  cash_paid: sumFen(fen("psn_cash_pay")),
  hospital_paid: sumFen(fen("hosp_part_amt")),
  critical_visits: visitsWhere("hifmi_pay <> 0"),
  large_visits: visitsWhere("hifob_pay <> 0"),
  aid_visits: visitsWhere("maf_pay <> 0"),
  civil_servant_visits: visitsWhere("cvlserv_pay <> 0"),
  account_visits: visitsWhere(`${account} <> 0`),
  critical_fee: feeWhere("hifmi_pay <> 0"),
  large_fee: feeWhere("hifob_pay <> 0"),
  aid_fee: feeWhere("maf_pay <> 0"),
  case_paid_visits: visitsWhere("clr_way = '20'"),
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

/** The statements of the recount in order, each with the name of its step. `from`: the settlements' SQL. */
export function recountSql(from, facilities) {
  const columns = [...TEXTS, "setl_time", "updt_time", "begndate", "enddate", "ipt_days", ...AMOUNTS].join(
    ", ",
  );
  const steps = [];
  const step = (name, ...sql) => steps.push(...sql.map((s) => ({ name, sql: s })));
  step(
    "read",
    `CREATE TEMP TABLE facility AS SELECT fixmedins_code, admdvs, hosp_lv, ownership FROM read_json('${facilities}',
      format = 'newline_delimited', columns = {fixmedins_code: 'VARCHAR', admdvs: 'VARCHAR', hosp_lv: 'VARCHAR', ownership: 'VARCHAR'})`,
    `CREATE TEMP TABLE category AS SELECT * FROM ${CATEGORIES}`,
    `CREATE TEMP TABLE event AS SELECT ${columns} FROM ${from} s WHERE ${VALID}`,
  );
  step(
    "versions",
    // Only ids that came more than once need ordering.
    `CREATE TEMP TABLE again AS SELECT setl_id FROM event GROUP BY setl_id HAVING count(*) > 1`,
    `CREATE TEMP TABLE standing AS
      SELECT * FROM event WHERE setl_id NOT IN (SELECT setl_id FROM again)
      UNION ALL
      SELECT * FROM event WHERE setl_id IN (SELECT setl_id FROM again)
      QUALIFY row_number() OVER (PARTITION BY setl_id ORDER BY updt_time DESC) = 1`,
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
