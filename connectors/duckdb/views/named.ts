import { CATALOGUE_LABELS } from "../../../schemas/catalogue.js";
import { DIMENSIONS, type Dimension } from "../../../schemas/dimensions.js";
import { type ColumnDef, column, quoteText } from "../../../schemas/published/definition.js";
import { DIMENSION_ZH } from "../../../schemas/published/store.js";

/** Dimensions whose codes are divisions. */
const DIVISIONS: ReadonlySet<string> = new Set(["district", "facility_district"]);

/** The Chinese name of a code as SQL; the code itself where the list is open and does not have it. */
export function nameOf(dimension: string, code: string): string {
  const labels = CATALOGUE_LABELS.filter((l) => l.dimension === dimension);
  const cases = labels.map((l) => `WHEN ${quoteText(l.code)} THEN ${quoteText(l.zh)}`);
  return `CASE ${code} ${cases.join(" ")} ELSE ${code} END`;
}

const hasLabels = (dimension: string): boolean => CATALOGUE_LABELS.some((l) => l.dimension === dimension);

/** The name beside a code: none for what is written out (`category`, `care_group`) or has its own (`facility`). */
export function besideCode(dimension: "insurance" | Dimension): ColumnDef[] {
  const zh = dimension === "insurance" ? "险种" : DIMENSION_ZH[dimension];
  // A query that does not ask for the name does not look for it.
  if (DIVISIONS.has(dimension)) {
    const name = `(SELECT any_value(v.name) FROM dim_division v WHERE v.admdvs = c.${dimension})`;
    const unknown = `CASE WHEN c.${dimension} = 'unknown' THEN '未知' ELSE coalesce(${name}, c.${dimension}) END`;
    return [column(`${dimension}_name`, unknown, `${zh}的名称`)];
  }
  return hasLabels(dimension)
    ? [column(`${dimension}_zh`, nameOf(dimension, `c.${dimension}`), `${zh}的中文名`)]
    : [];
}

/** Columns of tables for people, each code followed by its name. */
export const withNames = (columns: readonly ColumnDef[]): ColumnDef[] =>
  columns.flatMap((c) =>
    c.name === "insurance" || (DIMENSIONS as readonly string[]).includes(c.name)
      ? [c, ...besideCode(c.name as "insurance" | Dimension)]
      : [c],
  );
