import { liesIn, regionOf } from "../../../aggregations/dimensions/region.js";
import type { FacilityFacts } from "../../../connectors/duckdb/monitor/labels.js";
import type { Context } from "./route.js";

/** Whether a facility lies in the jurisdiction. */
export const isLocal = (
  { config }: Pick<Context, "config">,
  facility: Pick<FacilityFacts, "admdvs"> | undefined,
): boolean => facility?.admdvs != null && liesIn(facility.admdvs, config.jurisdiction);

/** Where a facility's division lies, seen from the jurisdiction: as `region` for someone insured in it. */
export function regionOfDivision({ config }: Pick<Context, "config">, division: string): string {
  if (division === "unknown") return "unknown";
  if (liesIn(division, config.jurisdiction)) return "county";
  return regionOf(config.jurisdiction.admdvs, division);
}
