import { difference } from "../aggregations/explain/arithmetic.js";
import type { Request } from "../aggregations/explain/request.js";
import type { PublishedFigure } from "../connectors/explain-figure.js";
import { closedPeriod, restatementCauses } from "../connectors/explain-figure.js";
import type { ExplainReader } from "../connectors/explain-reader.js";
import type { SinceClose } from "./explanation.js";

/** What happened to the figure since its period was closed; null while it is open. */
export async function sinceClose(
  reader: ExplainReader,
  request: Request,
  figure: PublishedFigure,
  limit: number | null,
): Promise<SinceClose | null> {
  if (figure.status === "open") return null;
  const closed = await closedPeriod(reader, request.period.id);
  const causes = await restatementCauses(reader, request, limit);
  return { ...closed, delta: difference(figure.value, figure.reported), causes };
}
