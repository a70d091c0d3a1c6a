import { AMOUNT_FIELDS } from "../../../schemas/input/streams.js";
import { quoteText } from "../../../schemas/published/definition.js";
import { canonical, GREATEST_FIRST, precedence } from "../../flink/version.js";
import { KEPT_LONGS, KEPT_TEXTS, NO_FEN, NO_INT, ROW_CODES, SET_FIELDS } from "../detail/kept-columns.js";

const date = (days: string): string => `DATE '1970-01-01' + ${days}`;

/** Numbers the combinations of codes in `archived` into `set_of`, and writes them to `code_set`. */
export const codeSets = (deciding: readonly string[]): string[] => {
  const decides = deciding.length === 0 ? "FALSE" : `dise_no IN (${deciding.map(quoteText).join(", ")})`;
  const fields = SET_FIELDS.slice(0, -1).join(", ");
  return [
    `CREATE OR REPLACE TEMP TABLE set_of AS SELECT (row_number() OVER (ORDER BY ${SET_FIELDS.join(", ")}))::INTEGER - 1 AS code_set, *
      FROM (SELECT DISTINCT ${fields}, CASE WHEN ${decides} THEN dise_no ELSE '' END AS dise_no FROM archived)`,
    `INSERT INTO code_set SELECT code_set, ${SET_FIELDS.map((f) => `nullif(${f}, '')`).join(", ")} FROM set_of`,
    `CREATE OR REPLACE TEMP TABLE code AS SELECT (row_number() OVER ())::INTEGER - 1 AS id, text
      FROM (SELECT DISTINCT unnest([${ROW_CODES.join(", ")}]) AS text FROM archived)`,
  ];
};

/**
 * The current version of each settlement, as temporary table `standing`: of those that may count, which `dimension` knows
 * (others lie outside the jurisdiction) and of which stay and times are right, the one that wins. Of equal copies it is the
 * one that stands first.
 */
export const standingVersions = (deciding: readonly string[]): string[] => {
  const decides = deciding.length === 0 ? "FALSE" : `a.dise_no IN (${deciding.map(quoteText).join(", ")})`;
  const same = SET_FIELDS.map((f) =>
    f === "dise_no" ? `s.dise_no = CASE WHEN ${decides} THEN a.dise_no ELSE '' END` : `s.${f} = a.${f}`,
  ).join(" AND ");
  return [
    `CREATE OR REPLACE TEMP TABLE standing AS
      SELECT *, (row_number() OVER ())::BIGINT AS ref, ${date("setl_day")} AS own_day FROM (
        SELECT v.*, row_number() OVER (PARTITION BY setl_id ORDER BY ${GREATEST_FIRST}, part, pos) AS place FROM (
          SELECT a.*, s.code_set FROM (
            SELECT *, ${precedence()} AS flag_rank, ${canonical()} AS canon
            FROM archived WHERE stay_fault IS NULL AND time_fault IS NULL) a JOIN set_of s ON ${same}
          JOIN dimension d ON d.code_set = s.code_set AND ${date("a.setl_day")} BETWEEN d.valid_from AND d.valid_to) v)
      WHERE place = 1`,
    "DROP TABLE temp.archived",
    `CREATE OR REPLACE TEMP TABLE person AS SELECT (row_number() OVER (ORDER BY psn))::INTEGER - 1 AS person, psn AS pseudonym
      FROM (SELECT DISTINCT psn FROM standing)`,
  ];
};

/** Refunds whose dimensions stand on the day of their original, and that day, as temporary table `moved`. */
export const movedByOriginal = (moving: boolean): string => `CREATE OR REPLACE TEMP TABLE moved AS
  SELECT r.ref, o.own_day AS count_day FROM standing r JOIN standing o ON o.setl_id = r.init_setl_id
    JOIN dimension d ON d.code_set = r.code_set AND o.own_day BETWEEN d.valid_from AND d.valid_to
  WHERE ${moving} AND r.init_setl_id <> ''`;

/** The standing versions as `kept` has them, all months, as temporary table `ready`. */
export const readyRows = (withTexts: boolean): string => {
  const optional = (name: string, none: number): string => `coalesce(v.${name}, ${none})::BIGINT AS ${name}`;
  const longs: Record<string, string> = {
    ref: "v.ref",
    position: "v.pos AS position",
    setl_ms: "v.setl_time AS setl_ms",
    updt_ms: "v.updt_time AS updt_ms",
    ...Object.fromEntries(AMOUNT_FIELDS.map((name) => [name, optional(name, NO_FEN)])),
  };
  const columns = [
    "(year(coalesce(m.count_day, v.own_day)) * 12 + month(coalesce(m.count_day, v.own_day)) - 1)::INTEGER AS month",
    "p.person",
    "v.code_set",
    ...ROW_CODES.map((name, i) => `c${i}.id AS ${name}`),
    "(v.init_setl_id <> '')::INTEGER AS refund",
    "(v.cal_ipt_cnt = '0')::INTEGER AS no_admission",
    "v.part AS place",
    ...["begndate", "enddate", "ipt_days"].map(
      (name) => `coalesce(v.${name}, ${NO_INT})::INTEGER AS ${name}`,
    ),
    ...KEPT_LONGS.map((name) => longs[name]),
    ...(withTexts
      ? KEPT_TEXTS.map((name) => (name === "init_setl_id" ? `nullif(v.${name}, '') AS ${name}` : `v.${name}`))
      : []),
  ];
  const codes = ROW_CODES.map((name, i) => `JOIN code c${i} ON c${i}.text = v.${name}`).join(" ");
  return `CREATE OR REPLACE TEMP TABLE ready AS SELECT ${columns.join(", ")}
    FROM standing v JOIN person p ON p.pseudonym = v.psn LEFT JOIN moved m ON m.ref = v.ref ${codes}`;
};
