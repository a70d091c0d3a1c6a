import { DIMENSIONS, type Dimension, SETTLEMENT_DIMENSIONS } from "../../../schemas/dimensions.js";
import type { Label } from "../../../schemas/labels.js";
import { MEASURES } from "../../../schemas/measures.js";
import { isOneOf, quoteText } from "../../../schemas/published/definition.js";
import type { QueryResult } from "../query.js";

/** Something that answers SQL on the published file. */
export interface Reader {
  query(sql: string): Promise<QueryResult>;
}

/** A settlement cell: the values of its dimensions, and its whole numbers (fen, visits, people). */
export interface Cell {
  readonly insurance: string;
  readonly dimensions: Readonly<Partial<Record<Dimension, string>>>;
  /** Of this period, and of last year's (null where that lies before the data). */
  readonly now: Readonly<Record<string, bigint | null>>;
  readonly before: Readonly<Record<string, bigint | null>>;
}

/** A figure that no settlement gives, as published; decimal text. */
export interface GivenRow {
  readonly insurance: string;
  readonly grouping: string;
  readonly dimensions: Readonly<Partial<Record<Dimension, string>>>;
  readonly other: Readonly<Record<string, string>>;
  readonly indicator: string;
  readonly unit: string;
  readonly value: string | null;
  readonly previous: string | null;
}

const big = (v: unknown): bigint | null => (v === null || v === undefined ? null : BigInt(String(v)));
const text = (v: unknown): string | null => (v === null || v === undefined ? null : String(v));

/** Cells of the one period that a reader works on. */
export const HELD = "temp.period_cell";

/** Joins a period's cells once, beside the published file: whatever reads them again is quick. */
export async function holdPeriod(reader: Reader, period: string): Promise<void> {
  await reader.query(
    `CREATE OR REPLACE TEMP TABLE period_cell AS FROM store.cell WHERE period = ${quoteText(period)}`,
  );
}

/** The cells of some groupings of the period that is held, by grouping. */
export async function readCells(reader: Reader, groupings: readonly string[]): Promise<Map<string, Cell[]>> {
  const cells = new Map<string, Cell[]>(groupings.map((g) => [g, []]));
  if (groupings.length === 0) return cells;
  const names = [...MEASURES.map((m) => m.name as string), "persons", "enrolled"];
  const columns = names.flatMap((m) => [`c.${m}`, `c.p_${m}`]);
  const { rows } = await reader.query(
    `SELECT c."grouping", c.insurance, ${[...SETTLEMENT_DIMENSIONS.map((d) => `c.${d}`), ...columns].join(", ")}
     FROM ${HELD} c WHERE ${isOneOf(`c."grouping"`, groupings)}`,
  );
  const from = 2 + SETTLEMENT_DIMENSIONS.length;
  for (const row of rows) {
    const pick = (offset: number) =>
      Object.fromEntries(names.map((m, i) => [m, big(row[from + 2 * i + offset])]));
    cells.get(String(row[0]))!.push({
      insurance: String(row[1]),
      dimensions: Object.fromEntries(
        SETTLEMENT_DIMENSIONS.flatMap((d, i) => (row[2 + i] === null ? [] : [[d, String(row[2 + i])]])),
      ),
      now: pick(0),
      before: pick(1),
    });
  }
  return cells;
}

/** Every figure of a period that no settlement gives. */
export async function readGiven(reader: Reader, period: string): Promise<GivenRow[]> {
  const { rows } = await reader.query(
    `SELECT f.insurance, f."grouping", f.indicator, f.unit, f.value, f.previous, f.other,
       ${DIMENSIONS.map((d) => `f.${d}`).join(", ")}
     FROM store.figure f WHERE f.period = ${quoteText(period)}`,
  );
  return rows.map((row) => ({
    insurance: String(row[0]),
    grouping: String(row[1]),
    indicator: String(row[2]),
    unit: String(row[3]),
    value: text(row[4]),
    previous: text(row[5]),
    other: Object.fromEntries(
      ((row[6] ?? []) as { key: string; value: string }[]).map(({ key, value }) => [key, value]),
    ),
    dimensions: Object.fromEntries(
      DIMENSIONS.flatMap((d, i) => (row[7 + i] === null ? [] : [[d, String(row[7 + i])]])),
    ),
  }));
}

/** What a period is, and how far its figures can be relied on. */
export interface PeriodFacts {
  readonly start: string;
  readonly end: string;
  readonly previousKnown: boolean;
  readonly version: string;
  readonly publishedAt: string;
  readonly watermark: string | null;
  readonly lastDay: string | null;
  readonly completeness: string | null;
  readonly closedAt: string | null;
  readonly restated: number;
  /** What speaks against closing it, by kind, with its numbers. */
  readonly open: readonly string[];
}

/** Null where nothing of the period is published. */
export async function readPeriod(reader: Reader, period: string): Promise<PeriodFacts | null> {
  const at = quoteText(period);
  const { rows } = await reader.query(
    `SELECT p.period_start, p.period_end, p.previous_known, s.version, s.published_at, s.watermark, s.last_day,
       s.completeness, strftime(c.closed_at, '%Y-%m-%d'), coalesce(c.restated, 0)
     FROM store.period p CROSS JOIN snapshot s LEFT JOIN closed_period c ON c.period = p.period
     WHERE p.period = ${at} AND (p.shown OR p.period IN (SELECT period FROM store.figure))`,
  );
  const [row] = rows;
  if (row === undefined) return null;
  return {
    start: String(row[0]),
    end: String(row[1]),
    previousKnown: row[2] === true,
    version: String(row[3]),
    publishedAt: String(row[4]).slice(0, 19),
    watermark: text(row[5])?.slice(0, 16) ?? null,
    lastDay: text(row[6]),
    completeness: text(row[7]),
    closedAt: text(row[8]),
    restated: Number(row[9]),
    open: [],
  };
}

/** Names that the published file has for values. */
export interface PublishedNames {
  readonly categories: readonly string[];
  readonly caresOf: ReadonlyMap<string, readonly string[]>;
  readonly facilities: readonly (Label & { readonly kind: string; readonly admdvs: string })[];
  readonly divisions: readonly Label[];
  readonly insurances: readonly string[];
  readonly occurring: Readonly<Partial<Record<Dimension, readonly string[]>>>;
  readonly reported: ReadonlyMap<string, string>;
}

/** Facilities stand in display order, categories in the order of the tables. */
export async function readNames(reader: Reader): Promise<PublishedNames> {
  const categories = await reader.query(
    `SELECT c.category, c.care FROM dim_category c LEFT JOIN store.category_order o ON o.category = c.category
     GROUP BY ALL ORDER BY min(coalesce(o.display_order, 1000000)), c.category, c.care`,
  );
  const caresOf = new Map<string, string[]>();
  for (const [category, care] of categories.rows) {
    caresOf.set(String(category), [...(caresOf.get(String(category)) ?? []), String(care)]);
  }
  const facilities = await reader.query(
    `SELECT facility, coalesce(name, facility), coalesce(kind, ''), coalesce(admdvs, '') FROM store.facility_name
     ORDER BY display_order NULLS LAST, facility`,
  );
  const divisions = await reader.query("SELECT DISTINCT admdvs, name FROM dim_division ORDER BY 1");
  const insurances = await reader.query(
    "SELECT insurance FROM store.grp UNION SELECT insurance FROM store.figure ORDER BY 1",
  );
  const open = ["fund", "subject", "person_group", "sex", "district", "facility_district"] as const;
  const occurring: Partial<Record<Dimension, readonly string[]>> = {};
  for (const d of open) {
    const settled = (SETTLEMENT_DIMENSIONS as readonly string[]).includes(d)
      ? `UNION SELECT ${d} FROM store.grp WHERE ${d} IS NOT NULL`
      : "";
    const found = await reader.query(
      `SELECT DISTINCT ${d} FROM (SELECT ${d} FROM store.figure WHERE ${d} IS NOT NULL ${settled}) ORDER BY 1`,
    );
    occurring[d] = found.rows.map(([v]) => String(v));
  }
  const reported = await reader.query("SELECT DISTINCT indicator, unit FROM store.figure ORDER BY ALL");
  return {
    categories: [...caresOf.keys()],
    caresOf,
    facilities: facilities.rows.map(([value, zh, kind, admdvs]) => ({
      value: String(value),
      zh: String(zh),
      kind: String(kind),
      admdvs: String(admdvs),
    })),
    divisions: divisions.rows.map(([value, zh]) => ({ value: String(value), zh: String(zh) })),
    insurances: insurances.rows.map(([v]) => String(v)),
    occurring,
    reported: new Map(reported.rows.map(([name, unit]) => [String(name), String(unit)])),
  };
}
