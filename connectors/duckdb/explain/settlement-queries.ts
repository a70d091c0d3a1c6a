import { BASE_LEVELS, type BaseLevel, baseOf } from "../../../aggregations/explain/formula.js";
import type { Request } from "../../../aggregations/explain/request.js";
import { SETTLEMENT_DIMENSIONS } from "../../../schemas/dimensions.js";
import type { Indicator } from "../../../schemas/indicators.js";
import type { ComponentMeasure } from "../../../schemas/measures.js";
import { quoteText } from "../../../schemas/published/definition.js";

/** What a kind of record adds to one term of a formula; NULL for a record that is no part of it. */
export interface TermSql {
  readonly side: "numerator" | "denominator";
  /** `+` or `-`. */
  readonly sign: string;
  readonly term: string;
  readonly sql: string;
}

export type RecordKind = "settlement" | "base" | "fund_entry" | "enrolment" | "dip_result" | "reported_fact";

/** Records behind a figure, as SQL over the detail file. */
export interface RecordQuery {
  readonly kind: RecordKind;
  /** Column names and expressions. */
  readonly columns: readonly (readonly [name: string, sql: string])[];
  /** Everything between FROM and WHERE. */
  readonly from: string;
  /** What the list alone needs, to name things. */
  readonly names?: string;
  readonly where: readonly string[];
  readonly terms: readonly TermSql[];
  /** Last resort of the order, so that it is always the same. */
  readonly key: string;
}

const signed = (terms: readonly TermSql[]): string =>
  terms.length === 1 && terms[0]!.sign === "+"
    ? terms[0]!.sql
    : terms
        .map((t) => `${t.sign} coalesce(${t.sql}, 0)`)
        .join(" ")
        .replace(/^\+ /, "");

/** What each record adds to the two sides of the formula: the columns that its list ends with. */
const sides = (query: RecordQuery): [string, string][] =>
  (["numerator", "denominator"] as const).flatMap((side): [string, string][] => {
    const terms = query.terms.filter((t) => t.side === side);
    return terms.length === 0 ? [] : [[side, signed(terms)]];
  });

const selection = (columns: readonly (readonly [string, string])[]): string =>
  columns.map(([name, sql]) => (sql === `b.${name}` || sql === name ? sql : `${sql} AS ${name}`)).join(", ");

const body = (query: RecordQuery, names = ""): string =>
  `FROM ${query.from}${names}\nWHERE ${query.where.length > 0 ? query.where.join("\n  AND ") : "true"}`;

/** Every record, those that add most first. */
export function listSql(query: RecordQuery): string {
  const ends = sides(query);
  const order = [...ends.map(([name]) => `abs(${name}) DESC NULLS LAST`), query.key];
  return `SELECT ${selection([...query.columns, ...ends])}\n${body(query, query.names)}\nORDER BY ${order.join(", ")}`;
}

/** One row: how many records, and the sum of each term in the order of `terms`; NULL without any record. */
export const totalsSql = (query: RecordQuery): string =>
  `SELECT count(*), ${query.terms.map((t, i) => `sum(${t.sql}) AS t${i}`).join(", ") || "NULL"}\n${body(query)}`;

/**
 * The month and dimension values that settlements fall into. Summed by the rows of `dimension` first, of which
 * there are far fewer: grouping every settlement by a dozen texts costs most of a second.
 */
export function cellsSql(query: RecordQuery, by: readonly string[] = CELL): string {
  const sums = query.terms.map((t, i) => `sum(${t.sql}) AS t${i}`);
  const keys = by.map((name) => (name === "month" ? "p.month" : `d.${name}`)).join(", ");
  return `WITH p AS (
  SELECT ${["b.month", "b.code_set", "b.valid_from", ...sums, "count(*) AS n"].join(", ")}
  ${body(query)}
  GROUP BY b.month, b.code_set, b.valid_from)
SELECT ${[keys, ...query.terms.map((_, i) => `sum(p.t${i}) AS t${i}`), "sum(p.n)::BIGINT AS settlements"].join(", ")}
FROM p JOIN dimension d ON d.code_set = p.code_set AND d.valid_from = p.valid_from
GROUP BY ${keys}`;
}

/** What tells the finest cells apart. */
export const CELL: readonly string[] = ["month", "insurance", ...SETTLEMENT_DIMENSIONS];

const same = (column: string, value: string): string => `${column} = ${quoteText(value)}`;

/** Settlements of the period and insurance that count in groupings with or without `flow`. */
function scope(request: Request, dimensions: Request["dimensions"]): string[] {
  const { period, insurance } = request;
  const day = (n: number): string => new Date(n * 86_400_000).toISOString().slice(0, 10);
  const where =
    period.kind === "day"
      ? [`b.month = '${day(period.startDay).slice(0, 7)}'`, `b.count_day = DATE '${day(period.startDay)}'`]
      : [`b.month BETWEEN '${day(period.startDay).slice(0, 7)}' AND '${day(period.endDay).slice(0, 7)}'`];
  where.push(...inGroup("b", insurance, dimensions));
  if (request.dimensions.flow === undefined) where.push("b.own_fund");
  return where;
}

/** Rows of an insurance and of dimension values, in a table that has both and `parents`. */
export function inGroup(of: string, insurance: string, dimensions: Request["dimensions"]): string[] {
  const where = insurance === "all" ? [] : [same(`${of}.insurance`, insurance)];
  for (const [name, value] of Object.entries(dimensions)) {
    if (name === "category") {
      // A category counts in its parents' rows too.
      where.push(`(${same(`${of}.category`, value)} OR list_contains(${of}.parents, ${quoteText(value)}))`);
    } else where.push(same(`${of}.${name}`, value));
  }
  return where;
}

/** Names of the facilities, as they are called now. */
export const FACILITY_NAMES = `
  LEFT JOIN (SELECT fixmedins_code, arg_max(name, coalesce(valid_from, DATE '0001-01-01')) AS name
    FROM facility GROUP BY fixmedins_code) n ON n.fixmedins_code = b.facility`;

/** What a bill is, beside its dimensions. */
export const BILL_KIND: readonly (readonly [string, string])[] = [
  ["weight", "b.weight"],
  ["is_refund", "b.init_setl_id IS NOT NULL"],
  ["is_mid_stay", "b.weight = 0"],
];

const BILL_COLUMNS: readonly (readonly [string, string])[] = [
  ...["person", "setl_id", "init_setl_id", "setl_time", "month", "insurance"].map(
    (name) => [name, `b.${name}`] as const,
  ),
  ...SETTLEMENT_DIMENSIONS.map((name) => [name, `b.${name}`] as const),
  ["facility_name", "n.name"],
  ...BILL_KIND,
];
const PLACE: readonly (readonly [string, string])[] = ["source", "partition", "position"].map(
  (name) => [`"${name}"`, `b."${name}"`] as const,
);

/** Measures that a composed one is the sum of, where it is composed. */
export type Components = (measure: string) => readonly ComponentMeasure[];

/**
 * Settlements behind a figure: those that its numerator and denominator are summed over, and for a share
 * also those of its base.
 */
export function settlementQueries(
  request: Request,
  indicator: Indicator,
  components: Components,
): RecordQuery[] {
  const term = (side: TermSql["side"], name: string | null): TermSql[] =>
    name === null || name === "persons" || name === "enrolled" || baseOf(name) !== null
      ? []
      : [{ side, sign: "+", term: name, sql: `b.${name}` }];
  const parts = new Set(
    [indicator.numerator, indicator.denominator].flatMap((name) => (name === null ? [] : components(name))),
  );
  const behind: RecordQuery = {
    kind: "settlement",
    columns: [...BILL_COLUMNS, ...[...parts].map((name) => [name, `b.${name}`] as const), ...PLACE],
    from: "bill b",
    names: FACILITY_NAMES,
    where: scope(request, request.dimensions),
    terms: [...term("numerator", indicator.numerator), ...term("denominator", indicator.denominator)],
    key: "setl_id",
  };
  const base = indicator.denominator === null ? null : baseOf(indicator.denominator);
  if (base === null) return [behind];
  return [
    behind,
    {
      kind: "base",
      columns: [...BILL_COLUMNS, ...PLACE],
      from: "bill b",
      names: FACILITY_NAMES,
      where: scope({ ...request, dimensions: {} }, baseDimensions(request, base.level)),
      terms: [{ side: "denominator", sign: "+", term: indicator.denominator!, sql: `b.${base.measure}` }],
      key: "setl_id",
    },
  ];
}

/** Dimensions of the row that a share's base is: none, the care, the care and its category. */
export function baseDimensions(
  request: Pick<Request, "dimensions">,
  level: BaseLevel,
): Request["dimensions"] {
  const { care, category } = request.dimensions;
  const depth = BASE_LEVELS.indexOf(level);
  return { ...(depth > 0 ? { care } : {}), ...(depth > 1 ? { category } : {}) };
}

/** Persons and the sum of their weights: those above 0 are counted. */
export const personsSql = (query: RecordQuery): string =>
  `SELECT b.person, sum(b.weight)::BIGINT AS weight, count(*) AS settlements\n${body(query)}\nGROUP BY b.person`;

const FACILITY_VERSION =
  "facility, name, admdvs, hosp_lv, tier, ownership, kind, valid_from, valid_to, is_known";

/**
 * Versions of the facilities under which the settlements were counted, and how many of them. Only where a
 * facility changes within a month are settlements asked for their day; elsewhere the cells tell.
 */
export const facilityVersionsSql = (query: RecordQuery, cells: string): string => `WITH
  used AS (SELECT facility, (month || '-01')::DATE AS first_day, sum(settlements) AS n FROM ${cells} GROUP BY ALL),
  near AS (
    SELECT u.facility, u.first_day, u.n, v.* EXCLUDE (facility), v.facility IS NOT NULL AS is_known,
      bool_and(coalesce(v.valid_from <= u.first_day, true) AND coalesce(v.valid_to >= last_day(u.first_day), true))
        OVER (PARTITION BY u.facility, u.first_day) AS is_whole,
      row_number() OVER (PARTITION BY u.facility, u.first_day ORDER BY v.valid_from DESC NULLS LAST) AS r
    FROM used u LEFT JOIN published.main.dim_facility v ON v.facility = u.facility
      AND (v.valid_from IS NULL OR v.valid_from <= last_day(u.first_day))
      AND (v.valid_to IS NULL OR v.valid_to >= u.first_day)),
  changing AS (SELECT DISTINCT facility, strftime(first_day, '%Y-%m') AS month FROM near WHERE NOT is_whole),
  by_day AS (
    SELECT b.facility, b.count_day, count(*) AS n
    ${body(query)} AND (b.facility, b.month) IN (SELECT (facility, month) FROM changing)
    GROUP BY b.facility, b.count_day),
  dated AS (
    SELECT u.n, u.facility, v.* EXCLUDE (facility), v.facility IS NOT NULL AS is_known
    FROM by_day u LEFT JOIN published.main.dim_facility v ON v.facility = u.facility
      AND (v.valid_from IS NULL OR v.valid_from <= u.count_day)
      AND (v.valid_to IS NULL OR v.valid_to >= u.count_day)
    QUALIFY row_number() OVER (PARTITION BY u.facility, u.count_day ORDER BY v.valid_from DESC NULLS LAST) = 1)
  SELECT ${FACILITY_VERSION}, sum(n)::BIGINT AS settlements
  FROM (SELECT ${FACILITY_VERSION}, n FROM near WHERE is_whole AND r = 1
    UNION ALL SELECT ${FACILITY_VERSION}, n FROM dated)
  GROUP BY ALL ORDER BY settlements DESC, facility, valid_from`;

/** Rows of the category table that lead to the categories of the cells. */
export const categoriesSql = (
  cells: string,
): string => `SELECT r.med_type, r.dise_no, r.insurance, r.category,
    r.care, r.parent, r.origin
  FROM category r
  WHERE EXISTS (FROM ${cells} c WHERE c.category = r.category AND c.care = r.care
    AND (r.insurance IS NULL OR r.insurance = c.insurance))
  QUALIFY row_number() OVER (PARTITION BY r.med_type, r.dise_no, r.insurance ORDER BY r.ordinal DESC) = 1
  ORDER BY r.origin, r.med_type, r.dise_no, r.insurance`;

/** Rules that put the settlements into their care groups. */
export const careGroupsSql = (cells: string): string => `SELECT r.name, r.region, r.tier, r.ownership, r.kind
  FROM care_group_rule r WHERE r.name IN (SELECT care_group FROM ${cells}) ORDER BY r.ordinal`;
