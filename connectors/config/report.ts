import type { Config } from "../../schemas/config/schema.js";
import { reportTables } from "../duckdb/reports/tables.js";
import { type Finding, nearest } from "./problems.js";

/** Tables, columns and headings that `report.tables` names must exist, and headings differ from one another. */
export function reportRules(config: Config): Finding[] {
  const plain = { ...config, report: { ...config.report, tables: {} } };
  const tables = new Map(reportTables(plain).map((t) => [t.id, t.columns.map((c) => c.key)]));
  return Object.entries(config.report.tables).flatMap(([id, { headings, columns = [] }]): Finding[] => {
    const finding = (message: string, ...keys: readonly PropertyKey[]): Finding => ({
      kind: "problem",
      keys: ["report", "tables", id, ...keys],
      message,
      touches: ["report"],
    });
    const known = tables.get(id);
    if (known === undefined) {
      const near = nearest(id, [...tables.keys()]);
      const hint = near === null ? "" : `did you mean ${near}? `;
      return [finding(`no such table; ${hint}report.tables takes ${[...tables.keys()].join(", ")}`)];
    }
    const unknown = (key: string): string => `no such column; the table has ${known.join(", ")} (not ${key})`;
    return [
      ...Object.keys(headings).flatMap((k) =>
        known.includes(k) ? [] : [finding(unknown(k), "headings", k)],
      ),
      ...columns.flatMap((k, i) => (known.includes(k) ? [] : [finding(unknown(k), "columns", i)])),
      ...repeated(config, id).map((heading) => finding(`two columns are headed ${heading}`, "headings")),
    ];
  });
}

function repeated(config: Config, id: string): string[] {
  const headings = ["期间", "序号", "行类"].concat(
    reportTables(config)
      .find((t) => t.id === id)!
      .columns.map((c) => c.heading),
  );
  return [...new Set(headings.filter((h, i) => headings.indexOf(h) !== i))];
}
