import type { FigureDifference } from "../../connectors/duckdb/recount/compare.js";

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
}

/** The independent recount, and the detail file, which is made the same way. */
export interface Verification {
  verify(): Promise<VerifyResult>;
  /** Brings the detail file up to date. */
  writeDetail(): Promise<DetailResult>;
}
