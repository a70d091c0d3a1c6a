import { z } from "zod";
import { catalogueOf } from "../../../connectors/duckdb/monitor/catalogue.js";
import { laggingOf, missingOf, SETUP_PARTS } from "../../../connectors/duckdb/monitor/setup.js";
import { DIMENSIONS, groupingParts } from "../../../schemas/dimensions.js";
import { WORRIES } from "../../../schemas/indicator-words.js";
import { DIMENSION_EN } from "../../../schemas/labels-en.js";
import { DIMENSION_ZH } from "../../../schemas/published/store.js";
import { currentPeriods } from "../http/periods.js";
import { route } from "./route.js";

const names = { name_zh: z.string(), name_en: z.string() };
const answer = z.object({
  indicators: z.array(
    z.object({
      indicator: z.string(),
      ...names,
      formula: z.string(),
      unit: z.string(),
      worry: z.enum(WORRIES).describe("Which way of it worries"),
      family: z.string(),
    }),
  ),
  groupings: z.array(
    z.object({
      grouping: z.string(),
      name_zh: z.string(),
      dimensions: z.array(z.string()),
      period_kinds: z.array(z.string()),
      indicators: z.array(z.string()),
    }),
  ),
  dimensions: z.array(
    z.object({
      dimension: z.string(),
      ...names,
      values: z.array(z.object({ value: z.string(), zh: z.string(), en: z.string() })),
    }),
  ),
  periods: z.array(
    z.object({
      period: z.string(),
      kind: z.string(),
      start: z.string(),
      end: z.string(),
      previous: z
        .string()
        .nullable()
        .describe("The same period one year earlier, where it lies within the data"),
      status: z.enum(["open", "closed"]),
      complete: z
        .boolean()
        .nullable()
        .describe("Over, and every facility has reached its end; null for days"),
      completeness: z.string().nullable().describe("Share of the facilities that reached its end"),
    }),
  ),
  current: z
    .record(z.string(), z.string())
    .describe("By kind, the period that the latest settlement lies in"),
  insurances: z.array(z.string()),
  missing: z
    .array(z.enum(SETUP_PARTS))
    .describe("What nothing has come of so far: views that need it say how it is set up"),
  lagging: z
    .record(z.string(), z.string())
    .describe("Facilities whose data have stopped, each with the day of its latest settlement"),
  tables: z.array(
    z.object({
      schema: z.string(),
      table: z.string(),
      comment: z.string(),
      columns: z.array(z.object({ name: z.string(), type: z.string(), comment: z.string() })),
    }),
  ),
});

export const catalogueRoute = route({
  path: "/api/v1/catalogue",
  summary: "Indicators, groupings, dimensions with their values, periods, tables with their columns",
  role: "viewer",
  query: z.strictObject({}),
  answer,
  answerOf: async ({ file, config }) => {
    const [catalogue, missing, lagging] = await Promise.all([
      catalogueOf(file),
      missingOf(file),
      laggingOf(file),
    ]);
    const valuesOf = (dimension: string) =>
      catalogue.labels
        .filter((l) => l.dimension === dimension)
        .map((l) => ({ value: String(l.code), zh: String(l.name_zh), en: String(l.name_en) }));
    const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String).sort() : []);
    const tables = new Map<string, z.input<typeof answer>["tables"][number]>();
    for (const row of catalogue.tables) {
      const key = `${row.schema_name}.${row.table_name}`;
      if (row.column_name === null) {
        tables.set(key, {
          schema: String(row.schema_name),
          table: String(row.table_name),
          comment: String(row.comment ?? ""),
          columns: [],
        });
      } else {
        tables.get(key)?.columns.push({
          name: String(row.column_name),
          type: String(row.data_type),
          comment: String(row.comment ?? ""),
        });
      }
    }
    return {
      indicators: catalogue.indicators as never,
      groupings: catalogue.groupings.map((g) => ({
        grouping: String(g.grouping),
        name_zh: String(g.name_zh),
        dimensions: groupingParts(String(g.grouping)),
        period_kinds: list(g.period_kinds),
        indicators: list(g.indicators),
      })),
      dimensions: ["insurance", ...DIMENSIONS, "kind"].map((d) => ({
        dimension: d,
        name_zh: { ...DIMENSION_ZH, insurance: "险种", kind: "机构类别" }[d] ?? d,
        name_en: DIMENSION_EN[d] ?? d,
        values: valuesOf(d),
      })),
      periods: catalogue.periods.map((p) => ({
        period: String(p.period),
        kind: String(p.period_kind),
        start: String(p.period_start),
        end: String(p.period_end),
        previous: p.previous_known === true && p.previous_period !== null ? String(p.previous_period) : null,
        status: p.closed === true ? ("closed" as const) : ("open" as const),
        complete: typeof p.over === "boolean" ? p.over && Number(p.completeness ?? 1) >= 1 : null,
        completeness: p.completeness === null ? null : String(p.completeness),
      })),
      current: currentPeriods(file.snapshot.lastDay),
      insurances: [...Object.keys(config.insurances), "all"],
      missing,
      lagging,
      tables: [...tables.values()],
    };
  },
});
