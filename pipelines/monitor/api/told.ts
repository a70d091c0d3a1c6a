import type { Told } from "../../../aggregations/findings/care.js";
import type { Figure } from "../../../connectors/duckdb/monitor/figures.js";

/** A figure as findings take it. */
export const told = (f: Figure | undefined): Told | null =>
  f === undefined ? null : { value: f.value, change: f.change, changePct: f.change_pct };
