import type { Formula } from "../../aggregations/explain/formula.js";
import type { Request } from "../../aggregations/explain/request.js";
import type { PublishedFigure } from "../../connectors/duckdb/explain/figure.js";
import type { RecordKind } from "../../connectors/duckdb/explain/settlement-queries.js";
import type { QueryResult } from "../../connectors/duckdb/query.js";

/** One term of the formula; values are exact decimal text, null where no record says anything. */
export interface Part {
  readonly side: "numerator" | "denominator";
  readonly sign: string;
  readonly term: string;
  readonly zh: string;
  readonly unit: string;
  /** Summed from the records. */
  readonly value: string | null;
  /** The same sum as it is published for this group; undefined where it is no indicator of its own. */
  readonly published?: string | null;
}

/** A list cut off after some rows. */
export interface LimitedList {
  readonly shown: QueryResult;
  /** Rows in all. */
  readonly count: number;
}

/** Records of one kind behind a figure. */
export interface Records {
  readonly kind: RecordKind;
  readonly list: LimitedList;
  /** Terms that they are summed for, with their sums. */
  readonly parts: readonly Part[];
  /** The finest cells that they fall into, with a column for each of `parts`; null where there are none. */
  readonly cells: LimitedList | null;
  /** Dimensions that are the same in every cell. */
  readonly common: Readonly<Record<string, string>>;
  /** Statement that lists every one of them, over the detail file. */
  readonly sql: string;
}

export interface Persons extends LimitedList {
  readonly counted: number;
  /** Persons whose weights sum to 0 or less: not counted. */
  readonly notCounted: number;
  readonly sql: string;
}

/** What is known of a closed period's figure beyond what was reported. */
export interface SinceClose {
  readonly closedAt: string;
  readonly version: string | null;
  readonly delta: string | null;
  /** Rows of `restatement_cause`. */
  readonly causes: LimitedList;
}

/** From a figure to the records behind it. */
export interface Explanation {
  readonly request: Request;
  readonly formula: Formula;
  readonly figure: PublishedFigure;
  readonly parts: readonly Part[];
  readonly numerator: string | null;
  readonly denominator: string | null;
  /** Months that the denominator is spread over; 1 where it is not. */
  readonly months: number;
  /** The figure as it follows from the records, in the published precision. */
  readonly computed: string | null;
  readonly records: readonly Records[];
  readonly persons: Persons | null;
  /** Versions of facilities, rows of the category table and care-group rules that applied. */
  readonly reference: readonly { readonly name: string; readonly list: LimitedList }[];
  readonly sinceClose: SinceClose | null;
  readonly published: { readonly version: string; readonly publishedAt: string; readonly sequence: number };
  readonly detail: { readonly sequence: number };
  readonly check: {
    /** `equal`; `newer`: records arrived since that publish; `differs`: the published figure is wrong. */
    readonly outcome: "equal" | "newer" | "differs";
    /** What differs, in words. */
    readonly differences: readonly string[];
  };
}
