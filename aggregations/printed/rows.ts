import type { Figures, Place } from "./figures.js";
import type { PrintedReport, PrintedRow, PrintedTable } from "./report.js";

/** Where the figures of a table's rows come from. */
export interface TableScope {
  /** The places that a row adds up; null when it names nothing that settlements know. */
  of(row: PrintedRow): readonly Place[] | null;
  readonly total: readonly Place[];
  readonly enrolled: readonly Place[];
}

const REGIONS: Readonly<Record<string, string>> = {
  县内: "county",
  市内: "city",
  省内: "province",
  跨省: "national",
};
const TIERS: Readonly<Record<string, string>> = { 三级: "3", 二级: "2", 一级: "1", 未定级: "0" };

/** What the second and third word of a table's id cover. */
const CATEGORIES: Readonly<Record<string, { care: string; category: string }>> = {
  inpatient: { care: "inpatient", category: "普通住院" },
  outpatient_chronic: { care: "outpatient", category: "门诊慢特病" },
};

const byStart = (names: Readonly<Record<string, string>>, label: string): string | null =>
  Object.entries(names).find(([start]) => label.startsWith(start))?.[1] ?? null;

/** Columns that name a row and are no figures. */
export const ROW_COLUMNS: readonly string[] = [
  "facility",
  "region",
  "tier",
  "category",
  "row_label",
  "group",
  "channel",
];

/** The label of a row: the value of the table's first column that names it. */
export function rowLabel(table: PrintedTable, row: PrintedRow): string {
  const key = ROW_COLUMNS.find((name) => table.columns.some((c) => c.key === name));
  return String((key && row[key]) ?? "");
}

/** How the rows of a table map to places; null when its id says nothing that settlements know. */
export function placesOf(report: PrintedReport, table: PrintedTable, figures: Figures): TableScope | null {
  const [insurance, subject, rows] = table.id.split(".");
  const enrolled = [{ insurance, grouping: "total", dimensions: {} }];
  if (subject === "fund_spend" && rows === "structure") {
    const total = [{ insurance, grouping: "total", dimensions: {} }];
    const of = (row: PrintedRow): Place[] =>
      row._kind === "total"
        ? total
        : [{ insurance, grouping: "care+category", dimensions: { category: String(row.category) } }];
    return { of, total, enrolled };
  }
  const covered = CATEGORIES[subject];
  if (covered === undefined) return null;
  const place = (also: Record<string, string>): Place => ({
    insurance,
    grouping: ["care", "category", ...Object.keys(also)].join("+"),
    dimensions: { ...covered, ...also },
  });
  const whole = [place({})];
  const scope = (of: TableScope["of"]): TableScope => ({
    of: (row) => (row._kind === "total" ? whole : of(row)),
    total: whole,
    enrolled,
  });
  if (rows === "by_region") {
    return scope((row) => {
      const region = byStart(REGIONS, String(row.region));
      return region === null ? null : [place({ region })];
    });
  }
  if (rows === "by_tier") {
    return scope((row) => {
      const tier = byStart(TIERS, String(row.tier));
      return tier === null ? null : [place({ tier })];
    });
  }
  if (rows === "by_facility") {
    const codes = facilityCodes(report, figures);
    const listed = (belongs: (id: string) => boolean): Place[] =>
      report.facilities.flatMap(({ id }) => {
        const facility = codes.get(id);
        return belongs(id) && facility !== undefined ? [place({ facility })] : [];
      });
    const group = (name: unknown) => (id: string) =>
      report.facilities.find((f) => f.id === id)?.group === name;
    const all = listed(() => true);
    return {
      of: (row) =>
        row._kind === "total"
          ? all
          : row._kind === "subtotal"
            ? listed(group(row._group))
            : listed((id) => id === row._facility_id),
      total: all,
      enrolled,
    };
  }
  return null;
}

/** Facility codes by the report's ids, found by any name that the report prints for them. */
function facilityCodes(report: PrintedReport, figures: Figures): Map<string, string> {
  const byName = new Map<string, string>();
  for (const [code, name] of figures.values("care+category+facility", "facility", "facility_name")) {
    if (name !== null) byName.set(name, code);
  }
  const codes = new Map<string, string>();
  for (const { id, names } of report.facilities) {
    const name = names.find((n) => byName.has(n));
    if (name !== undefined) codes.set(id, byName.get(name) as string);
  }
  return codes;
}
