import { z } from "zod";
import type { SheetTable } from "../../../connectors/files/xlsx.js";
import { CATALOGUE_INDICATORS } from "../../../schemas/catalogue.js";
import { DIMENSIONS, groupingParts } from "../../../schemas/dimensions.js";
import { quoteName, quoteText } from "../../../schemas/published/definition.js";
import { refuse } from "../http/problem.js";
import { TABLE_FORMATS } from "../http/tables.js";
import { labels } from "./ask.js";
import { figuresFor, figuresQuery } from "./figures.js";
import { period } from "./parameters.js";
import type { Context } from "./route.js";

const format = z.enum(TABLE_FORMATS).default("csv");

/** Figures as `figures` takes them, a row each. */
export const exportFigures = figuresQuery.extend({ format });
/** A whole table or view of the published file, or of 报表, for one period where it has any. */
export const exportTable = z.strictObject({
  format,
  table: z
    .string()
    .min(1)
    .max(100)
    .describe("A table of the catalogue, such as inpatient or 报表.居民医保住院各区域报销比例明细表"),
  period: period.optional(),
});

const INDICATOR_ZH = new Map(CATALOGUE_INDICATORS.map((i) => [i.name, i.zh]));
/** Rows of a table that are given; what is longer is refused, never cut. */
const MOST_ROWS = 100_000;

export async function figuresTable(
  context: Context,
  query: z.output<typeof exportFigures>,
): Promise<SheetTable> {
  const { format: _, ...wanted } = query;
  const figures = await figuresFor(context, wanted);
  const names = await labels(context);
  const dimensions = groupingParts(query.grouping).filter((d) => d !== "other");
  const compared = query.compare === undefined ? [] : ["compared", "compared_change"];
  const numbers = ["value", "previous", "change", "change_pct", "reported", ...compared];
  const columns = [
    "period",
    "insurance",
    ...dimensions.flatMap((d) => [d, `${d}_name`]),
    "indicator",
    "indicator_name",
    "unit",
    ...numbers,
    "status",
  ];
  return {
    name: `figures ${query.grouping}`,
    columns,
    numeric: columns.map((c) => numbers.includes(c)),
    rows: figures.map((f) => [
      f.period,
      f.insurance,
      ...dimensions.flatMap((d) => [
        f.dimensions[d] ?? null,
        f.dimensions[d] === undefined ? null : names.nameOf(d, f.dimensions[d]).zh,
      ]),
      f.indicator,
      INDICATOR_ZH.get(f.indicator) ?? f.indicator,
      f.unit,
      ...numbers.map((n) => (f as unknown as Record<string, unknown>)[n] ?? null),
      f.status,
    ]),
  };
}

/**
 * @throws Refusal FP6006 for a table that is none, FP6005 for one that is too long, FP6003 for one that a viewer may not have whole because small
 * counts are kept from viewers.
 */
export async function tableOf(context: Context, query: z.output<typeof exportTable>): Promise<SheetTable> {
  const { file, caller, config } = context;
  if (config.monitor.smallCell > 0 && caller.role === "viewer") {
    throw refuse("FP6003", "whole tables hold small counts, which monitor.smallCell keeps from viewers");
  }
  const [schema, name] = query.table.startsWith("报表.")
    ? ["报表", query.table.slice(3)]
    : ["main", query.table];
  const known = await file.rows(`SELECT column_name FROM data_dictionary
    WHERE schema_name = ${quoteText(schema)} AND table_name = ${quoteText(name)} AND column_name IS NOT NULL
    ORDER BY column_index`);
  if (known.length === 0) throw refuse("FP6006", `there is no table ${query.table}`);
  const columns = known.map((row) => String(row.column_name));
  const by = columns.find((c) => c === "period" || c === "期间");
  if (query.period !== undefined && by === undefined)
    throw refuse("FP6005", `period: ${query.table} has no periods`);
  const where = query.period === undefined ? "" : `WHERE ${quoteName(by!)} = ${quoteText(query.period)}`;
  const order = ["period_start", "period_end", "insurance", "grouping", ...DIMENSIONS, "indicator"].filter(
    (c) => columns.includes(c),
  );
  const ordered = order.length === 0 ? "" : `ORDER BY ${order.map(quoteName).join(", ")}`;
  const from = `FROM ${quoteName(schema)}.${quoteName(name)} ${where}`;
  // Counted first, and only as far as it matters: putting millions of rows in order takes more than there is.
  const [counted] = await file.rows(
    `SELECT count(*)::INTEGER AS n FROM (SELECT 1 ${from} LIMIT ${MOST_ROWS + 1})`,
  );
  if (Number(counted!.n) > MOST_ROWS)
    throw refuse(
      "FP6005",
      `${query.table} has more than ${MOST_ROWS} rows${query.period === undefined ? ", ask for one `period`" : " in that period"}; ` +
        "`fundpulse sql --format csv` gives tables of any length",
    );
  const result = await file.query(`SELECT * ${from} ${ordered}`);
  return { name: query.table, columns: result.columns, numeric: result.numeric, rows: result.rows };
}
