import type { Config } from "../../../schemas/config/schema.js";
import {
  column,
  type MacroDef,
  quoteName,
  quoteText,
  REPORT,
  type ViewDef,
} from "../../../schemas/published/definition.js";
import { ATTACHED, PERIOD_CHECK } from "./macros.js";
import { type ReportTable, reportTables } from "./tables.js";

/** Views of schema 报表 and, under the same names, macros that take the period; view 目录 lists them. */
export function reportDefinitions(config: Config): (ViewDef | MacroDef)[] {
  const tables = reportTables(config);
  return [...tables.flatMap((t) => [viewOf(t, config), macroOf(t)]), listOf(tables)];
}

function viewOf(table: ReportTable, config: Config): ViewDef {
  const labels = { ...config.report.labels, ...config.report.tables[table.id]?.labels };
  const cases = Object.entries(labels).map(([from, to]) => `WHEN ${quoteText(from)} THEN ${quoteText(to)}`);
  const renamed = cases.length === 0 ? "r.label" : `CASE r.label ${cases.join(" ")} ELSE r.label END`;
  const totals = table.totals.map(
    (m) => `, max(l.${m}) FILTER (WHERE l.kind = '合计') OVER (PARTITION BY l.period) AS total_${m}`,
  );
  return {
    kind: "view",
    schema: REPORT,
    name: table.name,
    comment: table.comment,
    columns: [
      column("期间", "r.period", "期间"),
      column("序号", "r.seq", "行的顺序"),
      column("行类", "r.kind", "明细、小计或合计"),
      ...table.columns.map((c) => column(c.heading, c.sql === "r.label" ? renamed : c.sql, c.comment)),
    ],
    from: `FROM (SELECT l.*${totals.join("")} FROM (${table.lines}) l) r`,
  };
}

/** What the view of a table selects, as a statement. */
export function selectOf(table: ReportTable, config: Config): string {
  const { columns, from } = viewOf(table, config);
  return `SELECT ${columns.map((c) => `${c.sql} AS ${quoteName(c.name)}`).join(", ")} ${from}`;
}

const macroOf = (table: ReportTable): MacroDef => ({
  kind: "macro",
  schema: REPORT,
  name: table.name,
  comment: `${table.comment}，按期间取：SELECT * FROM ${REPORT}.${table.name}(${quoteText("2024H1")})；${ATTACHED}`,
  parameter: "p",
  sql: `SELECT * EXCLUDE ("期间", "序号", "行类") FROM (FROM ${REPORT}.${quoteName(table.name)} WHERE "期间" = p ${PERIOD_CHECK}) ORDER BY "序号"`,
});

function listOf(tables: readonly ReportTable[]): ViewDef {
  const rows = tables.map(
    (t, i) => `(${i + 1}, ${[t.name, t.insurance, t.id, t.comment].map(quoteText).join(", ")})`,
  );
  return {
    kind: "view",
    schema: REPORT,
    name: "目录",
    comment: `印制报表目录：每表一行，按期间取数：SELECT * FROM ${REPORT}.表名('2024H1')；${ATTACHED}`,
    columns: [
      column("序号", "t.seq", "顺序"),
      column("表名", "t.name", "视图名，也是按期间取数的表宏名"),
      column("险种", "t.insurance", "险种"),
      column("标识", "t.id", "配置 report.tables 中的标识"),
      column("说明", "t.comment", "说明"),
    ],
    from: `FROM (VALUES ${rows.join(", ")}) t(seq, name, insurance, id, comment)`,
  };
}
