import type { Config } from "../../../schemas/config/schema.js";
import { AMOUNT_FIELDS } from "../../../schemas/input/streams.js";
import { quoteText } from "../../../schemas/published/definition.js";
import { KEPT_INTS, KEPT_LONGS, KEPT_TEXTS, NO_FEN, NO_INT, ROW_CODES } from "./kept-columns.js";

/** A day before and one after every other. */
const EVER = "DATE '0001-01-01'";
const NEVER = "DATE '9999-12-31'";

/** Where a month's kept rows are laid before SQL makes anything of them. */
export const stagingTable = (withTexts: boolean): string =>
  `CREATE OR REPLACE TEMP TABLE kept (${[
    ...KEPT_INTS.map((n) => `${n} INTEGER`),
    ...KEPT_LONGS.map((n) => `${n} BIGINT`),
    ...(withTexts ? KEPT_TEXTS.map((n) => `${n} VARCHAR`) : []),
  ].join(", ")})`;

/**
 * How far local time is from UTC in each quarter of an hour that occurs (in micros): the zone's rules are
 * asked once for each instead of for every row.
 */
export const zoneShift = (timezone: string): string => `CREATE OR REPLACE TEMP TABLE zone_shift AS
  SELECT quarter, epoch_us(timezone(${quoteText(timezone)}, make_timestamptz(quarter * 900000000)))
    - quarter * 900000000 AS shift
  FROM (SELECT setl_ms // 900000 AS quarter FROM kept UNION SELECT updt_ms // 900000 FROM kept)`;

const localTime = (ms: string, shift: string): string => `make_timestamp(${ms} * 1000 + ${shift})`;
const day = (name: string): string =>
  `CASE WHEN k.${name} <> ${NO_INT} THEN DATE '1970-01-01' + k.${name} END AS ${name}`;
const COUNTED_CODES = [
  "vali_flag",
  "mid_setl_flag",
  "clr_way",
] as const satisfies readonly (typeof ROW_CODES)[number][];
const MUNICIPALITIES = ["11", "12", "31", "50"];

/**
 * `refunds: original-period`: the day of the current original, for refunds whose dimensions stand on it.
 * `original_time` holds what is known of the originals (ref, original_ms).
 */
export const movedRefunds = (timezone: string): string => `CREATE OR REPLACE TEMP TABLE moved AS
  SELECT k.ref, o.day AS count_day
  FROM kept k JOIN (SELECT ref, timezone(${quoteText(timezone)}, make_timestamptz(original_ms * 1000))::DATE AS day
      FROM original_time) o ON o.ref = k.ref
    JOIN dimension d ON d.code_set = k.code_set AND o.day >= d.valid_from AND o.day <= d.valid_to`;

/**
 * The kept rows as settlements of `schemas/detail`: days, times and flags decoded; `amount` writes a fen
 * column. With `moving` the refunds of `moved` count on another day than their own.
 */
export function keptRows(options: {
  readonly amount: (fen: string) => string;
  readonly moving: boolean;
  readonly withTexts: boolean;
}): string {
  const own = `${localTime("k.setl_ms", "z.shift")}::DATE`;
  const optional = AMOUNT_FIELDS.slice(-5) as readonly string[];
  const amounts = AMOUNT_FIELDS.map((name) =>
    optional.includes(name)
      ? `CASE WHEN k.${name} <> ${NO_FEN} THEN ${options.amount(`k.${name}`)} END AS ${name}`
      : `${options.amount(`k.${name}`)} AS ${name}`,
  );
  // A recount asks for nothing that no figure needs.
  const used = options.withTexts ? ROW_CODES : COUNTED_CODES;
  const codes = used.map((name, i) => `nullif(c${i}.text, '') AS ${name}`);
  return `SELECT k.ref, k.month, k.person, k.code_set, k.place, k.position,
      ${
        options.withTexts
          ? `k.setl_id, k.init_setl_id, k.mdtrt_id, ${localTime("k.updt_ms", "y.shift")} AS updt_time`
          : "CASE WHEN k.refund = 1 THEN '' END AS init_setl_id"
      },
      ${codes.join(", ")}, CASE WHEN k.no_admission = 1 THEN '0' END AS cal_ipt_cnt, ${day("begndate")}, ${day("enddate")},
      CASE WHEN k.ipt_days <> ${NO_INT} THEN k.ipt_days END AS ipt_days, ${amounts.join(", ")},
      ${localTime("k.setl_ms", "z.shift")} AS setl_time,
      ${options.moving ? `coalesce(m.count_day, ${own})` : own} AS count_day
    FROM kept k JOIN zone_shift z ON z.quarter = k.setl_ms // 900000
      ${options.withTexts ? "JOIN zone_shift y ON y.quarter = k.updt_ms // 900000" : ""}
      ${used.map((name, i) => `JOIN code c${i} ON c${i}.id = k.${name}`).join("\n      ")}
      ${options.moving ? "LEFT JOIN moved m ON m.ref = k.ref" : ""}`;
}

const tierOf = (level: string): string => `CASE WHEN ${level} IN ('01', '02', '03', '04') THEN '3'
  WHEN ${level} IN ('05', '06', '07') THEN '2' WHEN ${level} IN ('08', '09', '10') THEN '1' ELSE '0' END`;

const fits = (dimension: string): string =>
  `(r.${dimension} IS NULL OR list_contains(r.${dimension}, x.${dimension}))`;

/**
 * Works out the dimensions of the code sets from number `first` on, from tables `code_set`, `facility`,
 * `category`, `care_group_rule` and `insurance_type`. Written from
 * docs/specification.md#dimensions, and from nothing of the engine.
 */
export function deriveDimensions(
  config: Pick<Config, "jurisdiction" | "personKinds" | "channels">,
  first: number,
): string {
  const { admdvs, level } = config.jurisdiction;
  const channels = Object.entries(config.channels)
    .flatMap(([channel, codes]) => codes.map((code) => `WHEN ${quoteText(code)} THEN ${quoteText(channel)}`))
    .join(" ");
  // A bureau's own kinds stand before the national ones, the longest leading digits first.
  const kinds = Object.entries(config.personKinds)
    .flatMap(([kind, prefixes]) => prefixes.map((prefix) => ({ kind, prefix })))
    .sort((a, b) => b.prefix.length - a.prefix.length)
    .map(({ kind, prefix }) => `WHEN starts_with(x.psn_type, ${quoteText(prefix)}) THEN ${quoteText(kind)}`)
    .concat("WHEN false THEN NULL")
    .join(" ");
  const municipal = MUNICIPALITIES.includes(admdvs.slice(0, 2));
  const digits = level === "county" ? 6 : level === "city" && !municipal ? 4 : 2;
  const here = (division: string): string =>
    `left(${division}, ${digits}) = ${quoteText(admdvs.slice(0, digits))}`;
  return `INSERT INTO dimension
  WITH RECURSIVE boundary AS (
    -- A facility may change on any day on which a version begins or has just ended.
    SELECT DISTINCT fixmedins_code, b FROM (
      SELECT fixmedins_code, ${EVER} AS b FROM facility
      UNION ALL SELECT fixmedins_code, valid_from FROM facility WHERE valid_from IS NOT NULL
      UNION ALL SELECT fixmedins_code, valid_to + 1 FROM facility WHERE valid_to IS NOT NULL)),
  span AS (
    SELECT fixmedins_code, b AS from_day,
      coalesce(lead(b) OVER (PARTITION BY fixmedins_code ORDER BY b) - 1, ${NEVER}) AS to_day FROM boundary),
  -- Of the versions valid in a span the one with the later valid_from.
  as_of AS (
    SELECT s.fixmedins_code, s.from_day, s.to_day,
      arg_max({admdvs: f.admdvs, tier: coalesce(f.tier, ${tierOf("f.hosp_lv")}), ownership: f.ownership, kind: f.kind},
        coalesce(f.valid_from, ${EVER})) FILTER (WHERE f.fixmedins_code IS NOT NULL) AS v
    FROM span s LEFT JOIN facility f ON f.fixmedins_code = s.fixmedins_code
      AND coalesce(f.valid_from, ${EVER}) <= s.from_day AND coalesce(f.valid_to, ${NEVER}) >= s.from_day
    WHERE s.from_day <= s.to_day GROUP BY s.fixmedins_code, s.from_day, s.to_day),
  placed AS (
    SELECT c.*, t.insurance, coalesce(a.from_day, ${EVER}) AS valid_from, coalesce(a.to_day, ${NEVER}) AS valid_to,
      a.v IS NOT NULL AS facility_known,
      -- A facility that no table knows is what the settlement says of it.
      CASE WHEN a.v IS NULL THEN c.fix_blng_admdvs ELSE a.v.admdvs END AS place,
      CASE WHEN a.v IS NULL THEN ${tierOf("c.hosp_lv")} ELSE a.v.tier END AS tier,
      coalesce(a.v.ownership, 'unknown') AS ownership, coalesce(a.v.kind, 'unknown') AS kind
    FROM code_set c JOIN insurance_type t ON t.insutype = c.insutype
      LEFT JOIN as_of a ON a.fixmedins_code = c.fixmedins_code WHERE c.code_set >= ${first}),
  rule AS (
    SELECT * FROM category
    QUALIFY row_number() OVER (PARTITION BY med_type, dise_no, insurance ORDER BY ordinal DESC) = 1),
  -- The row that matches dise_no and insurance, else dise_no, else insurance, else med_type alone.
  line AS (
    SELECT p.code_set, any_value(p.insurance) AS insurance,
      arg_max({category: r.category, care: r.care},
        CASE WHEN r.dise_no IS NULL THEN 0 ELSE 2 END + CASE WHEN r.insurance IS NULL THEN 0 ELSE 1 END) AS chosen
    FROM (SELECT DISTINCT code_set, med_type, dise_no, insurance FROM placed) p JOIN rule r
      ON r.med_type = p.med_type AND (r.dise_no IS NULL OR r.dise_no = p.dise_no)
        AND (r.insurance IS NULL OR r.insurance = p.insurance)
    GROUP BY p.code_set),
  -- Rows of the insurance itself name the parent where the category has any; else those without insurance.
  parent AS (
    SELECT i.insurance, r.category,
      CASE WHEN bool_or(coalesce(r.insurance = i.insurance, false))
        THEN arg_max(r.parent, r.ordinal) FILTER (WHERE r.insurance = i.insurance AND r.parent IS NOT NULL)
        ELSE arg_max(r.parent, r.ordinal) FILTER (WHERE r.insurance IS NULL AND r.parent IS NOT NULL) END AS parent
    FROM rule r, (SELECT DISTINCT insurance FROM insurance_type) i GROUP BY i.insurance, r.category),
  chain AS (
    SELECT DISTINCT insurance, chosen.category AS category, chosen.category AS line, []::VARCHAR[] AS parents FROM line
    UNION ALL
    SELECT c.insurance, c.category, p.parent, list_append(c.parents, p.parent)
    FROM chain c JOIN parent p ON p.insurance = c.insurance AND p.category = c.line
    WHERE p.parent IS NOT NULL AND p.parent <> c.category AND NOT list_contains(c.parents, p.parent)),
  ancestry AS (
    SELECT insurance, category, arg_max(parents, len(parents)) AS parents FROM chain GROUP BY insurance, category),
  located AS (
    SELECT p.*, (row_number() OVER ())::INTEGER AS n, l.chosen.category AS category, l.chosen.care AS care,
      CASE WHEN place IS NULL THEN 'unknown'
        WHEN insu_admdvs = place AND right(insu_admdvs, 2) NOT IN ('00', '99') THEN 'county'
        WHEN left(insu_admdvs, 2) <> left(place, 2) THEN 'national'
        WHEN left(insu_admdvs, 2) IN (${MUNICIPALITIES.map(quoteText).join(", ")}) THEN 'city'
        WHEN left(insu_admdvs, 4) = left(place, 4)
          AND (insu_admdvs = place OR substr(insu_admdvs, 3, 2) <> '90') THEN 'city'
        ELSE 'province' END AS region,
      CASE WHEN place IS NULL THEN 'unknown' WHEN ${here("insu_admdvs")} AND ${here("place")} THEN 'local'
        WHEN ${here("insu_admdvs")} THEN 'outbound' WHEN ${here("place")} THEN 'inbound' END AS flow
    FROM placed p JOIN line l ON l.code_set = p.code_set),
  care_group AS (
    SELECT x.n, arg_min(r.name, r.ordinal) AS name FROM located x JOIN care_group_rule r
      ON ${["region", "tier", "ownership", "kind"].map(fits).join(" AND ")} GROUP BY x.n)
  SELECT x.code_set, x.valid_from, x.valid_to, x.insurance, x.care, x.category, x.region, x.flow, x.tier,
    x.ownership, coalesce(g.name, 'unknown'), x.insu_admdvs, coalesce(x.place, 'unknown'),
    CASE coalesce(x.setl_type, '2') ${channels} WHEN '1' THEN 'manual' WHEN '2' THEN 'direct' ELSE 'unknown' END,
    CASE ${kinds} ELSE CASE left(coalesce(x.psn_type, ''), 2)
      WHEN '11' THEN 'active' WHEN '12' THEN 'retired' WHEN '13' THEN 'veteran'
      WHEN '14' THEN 'resident' WHEN '15' THEN 'resident' WHEN '16' THEN 'resident' ELSE 'unknown' END END,
    x.fixmedins_code, a.parents, ${here("x.insu_admdvs")}, x.facility_known
  FROM located x JOIN ancestry a ON a.insurance = x.insurance AND a.category = x.category
    LEFT JOIN care_group g ON g.n = x.n
  -- Neither insured nor treated here.
  WHERE x.flow IS NOT NULL
  ORDER BY x.code_set, x.valid_from`;
}
