import { DIMENSION_NAMES, MEASURE_LIST } from "./recount.mjs";

const rows = (from) => `SELECT concat_ws('|', period, insurance, "grouping",
    ${DIMENSION_NAMES.map((d) => `coalesce(${d}, '')`).join(", ")}, indicator, value) AS r FROM (${from})`;

/** One hash over the ordered figures of each period; figures of 0 are left out. */
const hashes = (from) =>
  `SELECT left(r, strpos(r, '|') - 1) AS period, count(*)::INTEGER AS figures, md5(string_agg(r, chr(10) ORDER BY r)) AS hash
   FROM (${rows(from)}) GROUP BY 1 ORDER BY 1`;

/** Of the published file: the measures and persons of the periods, all of them without `periods`. */
export function publishedHashes(periods) {
  const names = [...MEASURE_LIST.map((m) => m.name), "persons"].map((n) => `'${n}'`).join(", ");
  return hashes(`SELECT period, insurance, "grouping", ${DIMENSION_NAMES.join(", ")}, indicator, value
    FROM indicators WHERE period_kind <> 'day' AND indicator IN (${names}) AND value <> 0 ${among(periods)}`);
}

/** The same figures of the recount's tables. */
export function recountedHashes(periods) {
  const values = MEASURE_LIST.map(
    ({ name, unit }) =>
      `(${unit === "yuan" ? `${name}::DECIMAL(22, 0) * 0.01` : name})::DECIMAL(24, 6) AS ${name}`,
  );
  const plain = `period, insurance, "grouping", ${DIMENSION_NAMES.join(", ")}`;
  return hashes(`SELECT ${plain}, indicator, value FROM (
      UNPIVOT (SELECT ${plain}, ${values.join(", ")} FROM figure WHERE true ${among(periods)})
      ON ${MEASURE_LIST.map((m) => m.name).join(", ")} INTO NAME indicator VALUE value) WHERE value <> 0
    UNION ALL
    SELECT ${plain}, 'persons', persons::DECIMAL(24, 6) FROM person_figure WHERE persons <> 0 ${among(periods)}`);
}

const among = (periods) => (periods ? `AND period IN (${periods.map((p) => `'${p}'`).join(", ")})` : "");
