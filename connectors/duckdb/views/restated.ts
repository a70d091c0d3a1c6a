import { DIMENSIONS } from "../../../schemas/dimensions.js";
import { DIP_INDICATORS, ENROLMENT_INDICATORS, FUND_INDICATORS } from "../../../schemas/indicators.js";
import { MEASURES } from "../../../schemas/measures.js";
import { FROZEN_DENOMINATORS } from "../../../schemas/published/closed.js";
import { isOneOf, quoteText } from "../../../schemas/published/definition.js";
import { scaled } from "../expressions.js";
import { cellExpression, cellFrom } from "./cell.js";
import { current, frozen, quotient, SHAPE } from "./indicators.js";

/** Records named in one row of `restatement`. */
export const NAMED_RECORDS = 100;

const names = (indicators: readonly { readonly name: string }[]): string =>
  `(${indicators.map((i) => quoteText(i.name)).join(", ")})`;

/** Dimensions that a record of a small stream has a value of. */
export const RECORD_DIMENSIONS = ["district", "facility", "fund", "subject", "person_group", "sex"] as const;

/** Values of many rows, each once, in their order. */
const each = (value: string): string =>
  `list_sort(list_distinct(list(${value}) FILTER (${value} IS NOT NULL)))`;
/** The first keys of entries, enrolment and the like. Bills are named in the detail file alone. */
const records = (key: string): string => `${each(key)}[1:${NAMED_RECORDS}]`;

/** A condition on `period`: those named, or all. */
const among = (of: string, periods: readonly string[] | null): string =>
  periods === null ? "true" : isOneOf(of, ["", ...periods]);

/** What the settlements that changed since a close did to each group of the period: rows of `store.restated_cause`. */
export const restatedCauses = (
  periods: readonly string[] | null,
): string => `SELECT k.period, c.gid, ${each("c.cause")} AS causes, sum(c.settlements)::BIGINT AS cause_count,
    max(c.changed_at) AS restated_at
  FROM store.closed k JOIN store.period p ON p.period = k.period
    JOIN (SELECT * EXCLUDE (gids), unnest(gids) AS gid FROM store.cause) c
      ON c.since >= k.sequence AND c.month BETWEEN p.period_start AND p.period_end
  WHERE ${among("k.period", periods)}
  GROUP BY k.period, c.gid`;

/** Enrolment records that changed since a close: the denominators of hospitalization_rate. */
export const ENROLMENT_CAUSES = `SELECT k.period, ${each("c.cause")} AS causes, ${records("c.key")} AS records,
    count(*) AS cause_count, max(c.changed_at) AS restated_at
  FROM store.closed k JOIN store.period p ON p.period = k.period
    JOIN store.cause_record c ON c.sequence > k.sequence AND c.stream = 'enrolment'
      AND c.from_day <= p.period_end AND c.to_day >= p.period_end
  GROUP BY k.period`;

/** The grouping that a share is a part of, and what the whole is a sum of. */
const WHOLE = `CASE WHEN u.indicator LIKE 'share_in_category_%' THEN 'care+category'
  WHEN u.indicator LIKE 'share_in_care_%' THEN 'care' WHEN u.indicator LIKE 'share_%' THEN 'total' END`;
const PART = "regexp_replace(d.indicator, '^share_(in_care_|in_category_)?', '')";
/** Grouping of the enrolment that a rate is over. */
const ENROLLED_IN = `coalesce(nullif(concat_ws('+', CASE WHEN g.district IS NOT NULL THEN 'district' END,
  CASE WHEN g.person_kind IS NOT NULL THEN 'person_group' END), ''), 'total')`;

const CELL_COLUMNS = [
  ...["period", "period_kind", "insurance", "grouping", "gid", "care", "category", "has_persons", "persons"],
  ...MEASURES.map((m) => m.name),
  ...FROZEN_DENOMINATORS,
  "enrolled",
  "r_enrolled",
];
const differs = (now: string, then: string): string => `${now} IS DISTINCT FROM ${then}`;

/** A row none of whose numbers changed has no figure that changed. */
const CHANGED_ROW = [
  ...MEASURES.map((m) => differs(`c.${m.name}`, `r.${m.name}`)),
  `(k.persons AND ${differs("c.persons", "r.persons")})`,
  ...FROZEN_DENOMINATORS.map((d) => differs(`c.${d}`, `r.${d}`)),
  differs("c.enrolled", "c.r_enrolled"),
].join(" OR ");

/** Equal numbers give equal figures, and so does nothing over whatever: no division tells more. */
const CHANGED_PAIR = `(u.num IS DISTINCT FROM u.rnum OR u.den IS DISTINCT FROM u.rden)
  AND (coalesce(u.num, 1) <> 0 OR coalesce(u.rnum, 1) <> 0 OR coalesce(u.den, 0) = 0 OR coalesce(u.rden, 0) = 0)`;

/**
 * Settlement figures of closed periods that are not what was reported, rows of `store.restated`; a share changes with
 * what it is a part of, so its causes are those of the whole. `store.restated_cause` must be up to date.
 */
export const restatedSettlements = (periods: readonly string[] | null): string => `WITH
  c AS (SELECT ${CELL_COLUMNS.map((n) => `${cellExpression(n)} AS "${n}"`).join(", ")}
    ${cellFrom(["s_total", "s_care", "s_category", "e"])} AND ${among("f.period", periods)}),
  r AS (FROM store.closed_fact WHERE ${among("period", periods)}),
  u AS (SELECT c.period, c.gid, c.insurance, c.care, c.category, k.persons AS closed_persons, ${SHAPE} AS shape,
      ${current.num} AS num_list, ${current.den} AS den_list, ${frozen.num} AS rnum_list, ${frozen.den} AS rden_list
    FROM c JOIN store.closed_scope k ON k.period = c.period AND k."grouping" = c."grouping"
      LEFT JOIN r ON r.period = c.period AND r."grouping" = c."grouping" AND r.gid = c.gid
    WHERE ${CHANGED_ROW}),
  pair AS (SELECT u.*, i.indicator, i.micros, i.position,
      u.num_list[i.position] AS num, u.den_list[i.position] AS den,
      u.rnum_list[i.position] AS rnum, u.rden_list[i.position] AS rden
    FROM u JOIN store.shape i ON i.shape = u.shape WHERE i.presence <> 'persons' OR u.closed_persons),
  d AS (SELECT u.period, u.gid, u.insurance, u.care, u.category, u.indicator, u.position, ${WHOLE} AS whole,
      ${scaled(quotient("u.rnum", "u.rden"), 24, 6)} AS old_value,
      ${scaled(quotient("u.num", "u.den"), 24, 6)} AS new_value
    FROM pair u WHERE ${CHANGED_PAIR})
  SELECT d.period, d.gid, d.position - 1 AS indicator_id, d.old_value, d.new_value,
    CASE WHEN d.whole IS NULL THEN d.gid ELSE w.gid END AS cause_gid,
    CASE WHEN o.gid IS NOT NULL THEN NULL WHEN d.whole IS NOT NULL THEN d.whole || '.' || ${PART}
      WHEN d.indicator = 'hospitalization_rate' THEN ${ENROLLED_IN} || '.enrolled' END AS follows_from
  FROM d JOIN store.grp g ON g.gid = d.gid
    LEFT JOIN store.grp w ON w.insurance = d.insurance AND w."grouping" = d.whole
      AND w.care IS NOT DISTINCT FROM CASE WHEN d.whole <> 'total' THEN d.care END
      AND w.category IS NOT DISTINCT FROM CASE WHEN d.whole = 'care+category' THEN d.category END
    LEFT JOIN store.restated_cause o ON o.period = d.period AND o.gid = d.gid
  WHERE d.new_value IS DISTINCT FROM d.old_value`;

/** Everything that can change a given figure. */
const GIVEN_CAUSES = `SELECT since AS sequence, 1 AS after, changed_at, cause, NULL AS key, settlements,
    'settlement' AS family, month AS from_day,
    last_day(month) AS to_day, insurance, district, NULL AS facility, NULL AS fund, NULL AS subject,
    NULL AS person_group, NULL AS sex, NULL AS indicator
  FROM store.cause
  UNION ALL SELECT sequence, 0, changed_at, cause, key, 1, stream, from_day, to_day, insurance,
    ${RECORD_DIMENSIONS.join(", ")}, indicator FROM store.cause_record`;

/** Figures of the period alone, not since 1 January. */
const OWN_PERIOD = `('income', 'expense', 'balance_period', 'beneficiaries', 'settled_expense', ${DIP_INDICATORS.map((i) => quoteText(i.name)).join(", ")})`;

const FAMILY_FITS = `CASE WHEN r.indicator IN ('settled_expense') THEN c.family = 'settlement'
  WHEN r.indicator = 'settled_progress' THEN c.family IN ('settlement', 'fund-entry')
  WHEN r.indicator IN ${names(FUND_INDICATORS)} THEN c.family = 'fund-entry'
  WHEN r.indicator IN ${names(ENROLMENT_INDICATORS)} THEN c.family = 'enrolment'
  WHEN r.indicator IN ${names(DIP_INDICATORS)} THEN c.family = 'dip-result'
  ELSE c.family = 'reported-fact' AND c.indicator = r.indicator
    AND c.from_day = r.period_start AND c.to_day = r.period_end END`;

const dimensionFits = (d: (typeof RECORD_DIMENSIONS)[number]): string =>
  d === "fund"
    ? `(r.fund IS NULL OR c.fund IS NULL OR c.fund = r.fund
        OR (r.fund = 'employee' AND c.fund IN ('employee_pool', 'employee_account')))`
    : `(r.${d} IS NULL OR c.${d} IS NULL OR c.${d} = r.${d})`;

/** The same of the figures that are given: rows of `store.restated_figure`. */
export const restatedFigures = (
  periods: readonly string[] | null,
): string => `SELECT r.period, r.insurance, r."grouping", ${DIMENSIONS.map((d) => `r.${d}`).join(", ")}, r.other, r.indicator,
    r.unit, r.reported, r.value, coalesce(r.cause.causes, []) AS causes, coalesce(r.cause.records, []) AS records,
    coalesce(r.cause.cause_count, 0)::BIGINT AS cause_count, r.cause.restated_at AS restated_at
  FROM (SELECT r.*, (SELECT {'causes': ${each("c.cause")}, 'records': ${records("c.key")},
        'cause_count': sum(c.settlements)::BIGINT, 'restated_at': max(c.changed_at)}
      FROM (${GIVEN_CAUSES}) c, store.closed k
      WHERE k.period = r.period AND c.sequence + c.after > k.sequence AND ${FAMILY_FITS}
        AND c.from_day <= r.period_end AND year(c.to_day) = year(r.period_end)
        AND (r.indicator NOT IN ${OWN_PERIOD} OR c.to_day >= r.period_start AND c.from_day >= r.period_start)
        AND (r.insurance = 'all' OR c.insurance = r.insurance)
        AND ${RECORD_DIMENSIONS.map(dimensionFits).join(" AND ")}) AS cause
    FROM (SELECT f.*, p.period_start, p.period_end FROM store.figure f JOIN store.period p ON p.period = f.period
      WHERE f.closed AND f.value IS DISTINCT FROM f.reported AND ${among("f.period", periods)}) r) r`;
