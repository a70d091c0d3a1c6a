import { parseRequest } from "../../../aggregations/explain/request.js";
import { loadConfig } from "../../../connectors/config/load.js";
import { refreshDetail } from "../../../pipelines/cli/commands/explain.js";
import { explain } from "../../../pipelines/explain/collect.js";
import { openFiles } from "../../../pipelines/explain/files.js";
import { findFigure } from "../../../pipelines/explain/lookup.js";
import { DIMENSIONS } from "../../../schemas/dimensions.js";

interface Place {
  readonly configFile: string;
}

/**
 * Explains figures of every published indicator, `each` of them in as many groupings as there are, and names
 * those that their records do not give. Which ones are taken is always the same.
 */
export async function disagreements(
  { configFile }: Place,
  { each, where }: { readonly each: number; readonly where: string },
): Promise<{ explained: number; indicators: Set<string>; groupings: Set<string>; differing: string[] }> {
  const loaded = loadConfig(configFile);
  const { reader } = await openFiles(loaded, () => refreshDetail(configFile));
  const found = {
    explained: 0,
    indicators: new Set<string>(),
    groupings: new Set<string>(),
    differing: [] as string[],
  };
  try {
    const { rows } = await reader.query(
      `SELECT period, insurance, indicator, other, "grouping", ${DIMENSIONS.join(", ")}
       FROM (SELECT *, row_number() OVER (PARTITION BY indicator, "grouping"
           ORDER BY hash(period, insurance, value)) AS n
         FROM published.main.indicators WHERE value IS NOT NULL AND ${where})
       QUALIFY row_number() OVER (PARTITION BY indicator ORDER BY n, hash("grouping", indicator)) <= ${each}`,
    );
    for (const [period, insurance, indicator, other, grouping, ...values] of rows) {
      const pairs = [
        `insurance=${insurance}`,
        ...DIMENSIONS.flatMap((d, i) => (values[i] === null ? [] : [`${d}=${values[i]}`])),
        ...((other ?? []) as { key: string; value: string }[]).map((e) => `${e.key}=${e.value}`),
      ];
      const { request, formula: known } = parseRequest(String(period), String(indicator), pairs);
      const { formula, published } = await findFigure(reader, request, known);
      const { check } = await explain(reader, loaded.config, request, formula, published, {
        records: 1,
        cells: 1,
      });
      found.explained++;
      found.indicators.add(String(indicator));
      found.groupings.add(String(grouping));
      if (check.outcome !== "equal") {
        found.differing.push(`${period} ${indicator} ${pairs.join(" ")}: ${check.differences.join("; ")}`);
      }
    }
  } finally {
    reader.close();
  }
  return found;
}
