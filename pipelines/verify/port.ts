import type { DetailNeed } from "../../connectors/duckdb/detail/excerpt.js";
import type { FigureDifference } from "../../connectors/duckdb/recount/difference.js";

export interface VerifyResult {
  readonly version: number;
  readonly sequence: number;
  readonly figures: number;
  /** The first 1000. */
  readonly differences: readonly FigureDifference[];
  readonly differenceCount: number;
  readonly hash: string;
  readonly seconds: number;
}

export interface DetailResult {
  readonly path: string;
  readonly sequence: number;
  readonly settlements: number;
  /** The file holds what was asked for alone; whoever asked takes it away. */
  readonly excerpt?: true;
}

/** The independent recount, and the detail file, which is made the same way. */
export interface Verification {
  verify(): Promise<VerifyResult>;
  /** Brings the detail file up to date; where only some of it is needed, an excerpt may come instead. */
  writeDetail(need?: DetailNeed): Promise<DetailResult>;
}
