/** A macro's text names tables of its own file, which DuckDB looks up where the query stands. */
export const ATTACHED = "本库经 ATTACH 打开时，先 USE 该库，或直接查询视图并写 WHERE 期间 = …";

/** The period that a macro is asked for; one that does not exist is an error, not a table without rows. */
const KNOWN_PERIOD = `CASE WHEN p IN (SELECT period FROM store.period) THEN p
  ELSE error('没有期间 ' || coalesce(p::VARCHAR, 'NULL') || '：写作 2024-03、2024Q1、2024H1、2024 或 2024YTD05，dim_period 列出全部') END`;

/** No row, and the error of a period that does not exist, to be put below a macro's rows BY NAME. */
export const PERIOD_CHECK = `UNION ALL BY NAME SELECT NULL::INTEGER AS "序号" FROM (SELECT ${KNOWN_PERIOD} AS known) WHERE known IS NULL`;
