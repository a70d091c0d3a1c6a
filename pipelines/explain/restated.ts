import { difference } from "../../aggregations/explain/arithmetic.js";
import type { Formula } from "../../aggregations/explain/formula.js";
import type { Request } from "../../aggregations/explain/request.js";
import type { PublishedFigure } from "../../connectors/duckdb/explain/figure.js";
import type { ExplainReader } from "../../connectors/duckdb/explain/reader.js";
import { causesSql, closedPeriod } from "../../connectors/duckdb/explain/restated.js";
import type { SinceClose } from "./explanation.js";
import { limitedList } from "./records.js";

/** What happened to the figure since its period was closed; null while it is open. */
export async function sinceClose(
  reader: ExplainReader,
  request: Request,
  formula: Formula,
  figure: PublishedFigure,
  limit: number | null,
): Promise<SinceClose | null> {
  if (figure.status === "open") return null;
  const closed = await closedPeriod(reader, request.period.id);
  if (closed === null) return null;
  const sql = await causesSql(reader, request, formula);
  const { rows } = await reader.query(`SELECT count(*) FROM (${sql})`);
  const causes = await limitedList(reader, sql, limit, Number(rows[0]?.[0]));
  return { ...closed, delta: difference(figure.value, figure.reported), causes };
}
