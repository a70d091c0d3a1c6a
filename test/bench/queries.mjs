const f = "indicators";

/** What analysts and the tools that they use ask: what is there, the first rows, the newest, then one thing. */
export const QUERIES = [
  { name: "rows of `indicators`", sql: `SELECT count(*) FROM ${f}` },
  { name: "distinct indicator", sql: `SELECT DISTINCT indicator FROM ${f}` },
  { name: "distinct period", sql: `SELECT DISTINCT period FROM ${f}` },
  { name: "distinct grouping", sql: `SELECT DISTINCT "grouping" FROM ${f}` },
  {
    name: "values of a filter: district",
    sql: `SELECT district FROM ${f} GROUP BY district ORDER BY district LIMIT 1000`,
  },
  { name: "first and last day", sql: `SELECT min(period_start), max(period_end) FROM ${f}` },
  { name: "any 200 rows", sql: `SELECT * FROM ${f} LIMIT 200` },
  { name: "newest 200 rows", sql: `SELECT * FROM ${f} ORDER BY period_end DESC LIMIT 200` },
  {
    name: "newest 200 rows, by several columns",
    sql: `SELECT * FROM ${f} ORDER BY period_end DESC, "grouping", indicator LIMIT 200`,
  },
  { name: "figures by status", sql: `SELECT status, count(*) FROM ${f} GROUP BY status` },
  { name: "figures by indicator", sql: `SELECT indicator, count(*) FROM ${f} GROUP BY indicator` },
  {
    name: "sum of a measure by month, no period named",
    sql: `SELECT period, sum(value) FROM ${f} WHERE indicator = 'fee' AND "grouping" = 'total' AND insurance = 'all' AND period_kind = 'month' GROUP BY period ORDER BY period`,
  },
  {
    name: "one month by care and category",
    sql: `SELECT * FROM ${f} WHERE period = '2024-12' AND "grouping" = 'care+category'`,
  },
  {
    name: "ten largest hospitals of the year",
    sql: `SELECT facility_name, value FROM ${f} WHERE period = '2024' AND "grouping" = 'care+facility' AND care = 'inpatient' AND insurance = 'all' AND indicator = 'fee' ORDER BY value DESC LIMIT 10`,
  },
  {
    name: "one district over all months",
    sql: `SELECT period, indicator, value FROM ${f} WHERE "grouping" = 'care+district' AND district = '620725' AND insurance = 'all' AND period_kind = 'month' AND indicator IN ('fee', 'visits', 'reimb_rate') ORDER BY period`,
  },
  {
    name: "year on year",
    sql: `SELECT indicator, value, previous, change_pct FROM ${f} WHERE period = '2024YTD11' AND "grouping" = 'care' AND insurance = 'all'`,
  },
  {
    name: "one hospital, everything of the year",
    sql: `SELECT * FROM ${f} WHERE period = '2024' AND facility = (SELECT min(facility) FROM dim_facility)`,
  },
  { name: "rows of `inpatient`", sql: "SELECT count(*) FROM inpatient" },
  { name: "any 200 rows of `inpatient`", sql: "SELECT * FROM inpatient LIMIT 200" },
  {
    name: "`inpatient` of a year by hospital",
    sql: `SELECT * FROM inpatient WHERE period = '2024' AND "grouping" = 'care+facility'`,
  },
  {
    name: "newest 200 rows of `inpatient`",
    sql: "SELECT * FROM inpatient ORDER BY period_end DESC LIMIT 200",
  },
  { name: "structure of spending of a month", sql: "SELECT * FROM fund_spend WHERE period = '2024-12'" },
  { name: "20 of `restatement`", sql: "SELECT * FROM restatement LIMIT 20" },
  { name: "restatements by period", sql: "SELECT period, count(*) FROM restatement GROUP BY period" },
  { name: "newest 200 restatements", sql: "SELECT * FROM restatement ORDER BY restated_at DESC LIMIT 200" },
  { name: "`closed_period`", sql: "SELECT * FROM closed_period" },
  {
    name: "what a tool reads of the schema",
    sql: "SELECT table_schema, table_name, column_name, data_type, is_nullable FROM information_schema.columns ORDER BY table_schema, table_name, ordinal_position",
  },
  {
    name: "tables and views",
    sql: "SELECT table_schema, table_name, table_type FROM information_schema.tables",
  },
  { name: "which figures there are, `dim_combination`", sql: "SELECT * FROM dim_combination" },
  { name: "periods, `dim_period`", sql: "SELECT * FROM dim_period" },
  { name: "quality", sql: "SELECT * FROM quality_balance" },
  {
    name: "newest 200 records in quarantine",
    sql: "SELECT * FROM quality_quarantine ORDER BY first_seen DESC LIMIT 200",
  },
];
