import type { OpenFile } from "./open-file.js";

type Row = Record<string, unknown>;

/** What the published file can be asked for. */
export interface Catalogue {
  readonly indicators: readonly Row[];
  readonly groupings: readonly Row[];
  readonly labels: readonly Row[];
  readonly periods: readonly Row[];
  readonly tables: readonly Row[];
}

export async function catalogueOf(file: OpenFile): Promise<Catalogue> {
  const [indicators, groupings, labels, periods, tables] = await Promise.all([
    file.rows(`SELECT indicator, name_zh, name_en, formula, unit, worry, family FROM dim_indicator
      ORDER BY display_order`),
    file.rows(`SELECT "grouping", name_zh, period_kinds, indicators FROM (
        SELECT c."grouping", any_value(g.name_zh) AS name_zh, any_value(g.display_order) AS display_order,
          list(DISTINCT c.period_kind) AS period_kinds, list(DISTINCT c.indicator) AS indicators
        FROM dim_combination c JOIN dim_grouping g ON g."grouping" = c."grouping" GROUP BY c."grouping")
      ORDER BY display_order, "grouping"`),
    file.rows(
      `SELECT dimension, code, name_zh, name_en FROM dim_label ORDER BY dimension, display_order, code`,
    ),
    file.rows(`SELECT p.period, p.period_kind, p.period_start::VARCHAR AS period_start,
        p.period_end::VARCHAR AS period_end, p.previous_period, p.previous_known,
        k.period IS NOT NULL AS closed, q.completeness, q.over
      FROM dim_period p LEFT JOIN store.closed k ON k.period = p.period
        LEFT JOIN quality_period q ON q.period = p.period
      ORDER BY p.period_start, p.period_end, p.period_kind`),
    file.rows(`SELECT schema_name, table_name, column_name, data_type, comment FROM data_dictionary
      WHERE schema_name <> 'store' AND table_kind <> 'indicator' ORDER BY schema_name, table_name, column_index NULLS FIRST`),
  ]);
  return { indicators, groupings, labels, periods, tables };
}
