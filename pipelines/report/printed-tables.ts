import { join } from "node:path";
import { definitions } from "../../connectors/duckdb/publish/catalogue.js";
import { publishedPath } from "../../connectors/files/paths.js";
import { ReportFolder } from "../../connectors/files/report-folder.js";
import type { Config } from "../../schemas/config/schema.js";
import { quoteName, quoteText, REPORT } from "../../schemas/published/definition.js";
import { periodTitle } from "./tags/period.js";

/** The printed tables of one period as files. */
export interface WrittenReports {
  readonly period: string;
  readonly folder: string;
  readonly tables: number;
}

/** Columns that place a printed line and are not printed. */
const PLACING = ["期间", "序号", "行类"];

/**
 * Writes the printed tables (schema 报表) of every closed period that has no folder under `data/reports/` yet, from
 * the published file: a CSV a table and one Markdown file with all of them. A folder that stands is left alone.
 */
export async function writeReports(config: Config): Promise<WrittenReports[]> {
  const { PublishedReader } = await import("../../connectors/duckdb/query.js");
  const folders = new ReportFolder(join(config.data, "reports"));
  const reader = await PublishedReader.open(publishedPath(config.data));
  try {
    const closed = await reader.query("SELECT period FROM store.closed ORDER BY period");
    const periods = closed.rows.map(([period]) => String(period)).filter((p) => !folders.has(p));
    if (periods.length === 0) return [];
    const list = periods.map(quoteText).join(", ");
    const about = await reader.query(
      `SELECT period, concat('结账：', strftime(closed_at, '%Y-%m-%d %H:%M:%S'), '；本表按发布版本 ', s.version, '（',
         strftime(s.published_at, '%Y-%m-%d %H:%M:%S'), '）', CASE WHEN restated > 0 THEN
         concat('。结账后已有 ', restated, ' 个数字更正，本表为更正后的数字，结账时的数字见 indicators.reported') END, '。')
       FROM closed_period, snapshot s WHERE period IN (${list})`,
    );
    const notes = new Map(about.rows.map(([period, note]) => [String(period), String(note)]));
    const names = await reader.query(
      `SELECT v.view_name, v.comment, bool_or(c.column_name = '序号') FROM duckdb_views() v
       JOIN duckdb_columns() c ON c.schema_name = v.schema_name AND c.table_name = v.view_name
       WHERE v.schema_name = ${quoteText(REPORT)} GROUP BY ALL
       HAVING bool_or(c.column_name = '期间')`,
    );
    const order = definitions(config).map((d) => d.name);
    const tables = [...names.rows].sort(([a], [b]) => order.indexOf(String(a)) - order.indexOf(String(b)));
    for (const period of periods) {
      folders.begin(period, {
        title: `${config.jurisdiction.name}${/\d$/.test(config.jurisdiction.name) ? " " : ""}${periodTitle(period)}医疗保险基金运行统计表`,
        note: notes.get(period) ?? "",
      });
    }
    for (const [name, comment, ordered] of tables) {
      // One query a table for all periods: a period's share of a view costs nearly as much as the whole.
      const table = await reader.query(
        `FROM ${quoteName(REPORT)}.${quoteName(String(name))}
         WHERE "期间" IN (${list}) ORDER BY "期间"${ordered === true ? ', "序号"' : ""}`,
      );
      const at = table.columns.indexOf("期间");
      const printed = table.columns.flatMap((column, i) => (PLACING.includes(column) ? [] : [i]));
      for (const period of periods) {
        const rows = table.rows.filter((row) => row[at] === period);
        if (rows.length === 0) continue;
        folders.add(period, {
          name: String(name),
          comment: String(comment ?? ""),
          columns: printed.map((i) => table.columns[i]),
          numeric: printed.map((i) => table.numeric[i]),
          rows: rows.map((row) => printed.map((i) => row[i])),
        });
      }
    }
    return periods.map((period) => ({ period, ...folders.finish(period) }));
  } finally {
    reader.close();
  }
}
