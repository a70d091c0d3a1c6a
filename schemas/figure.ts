import type { Dimension } from "./dimensions.js";

/**
 * A figure that does not come from settlement cells: enrolment, funds, DIP, reported facts. `value` and
 * `previous` are exact decimal text in the unit given (yuan, not fen), a ratio rounded half up to the
 * sixth place; null where undefined.
 */
export interface Figure {
  readonly period: string;
  readonly insurance: string;
  readonly grouping: string;
  readonly dimensions: Readonly<Partial<Record<Dimension, string>>>;
  /** Dimensions of a reported fact that have no column. */
  readonly other: Readonly<Record<string, string>> | null;
  readonly indicator: string;
  readonly unit: string;
  readonly value: string | null;
  readonly previous: string | null;
  /**
   * (value − previous) / previous from the unrounded figures, to six places; null where undefined. Absent
   * where `value` and `previous` are exact, so that whoever publishes them can work it out.
   */
  readonly change_pct?: string | null;
  /** What was reported at close, null where that was undefined; absent in a period that is not closed. */
  readonly reported?: string | null;
}
