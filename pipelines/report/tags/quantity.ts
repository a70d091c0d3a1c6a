import type { Formula } from "../../../aggregations/explain/formula.js";
import type { Dimension } from "../../../schemas/dimensions.js";

/** Values that each dimension may have; one that is absent is summed over where the grouping has it. */
export type Where = Readonly<Partial<Record<Dimension, readonly string[]>>>;

/** A sum over the settlement cells of one grouping. */
export interface CellSum {
  readonly kind: "cells";
  /** A measure, `persons`, or `enrolled`. */
  readonly measure: string;
  readonly insurance: string;
  readonly grouping: string;
  readonly where: Where;
}

/** A figure that no settlement gives: enrolment, the books, DIP, a reported fact. */
export interface GivenFigure {
  readonly kind: "given";
  readonly indicator: string;
  readonly insurance: string;
  readonly grouping: string;
  readonly where: Where;
  /** Dimensions of a reported fact that have no column. */
  readonly other: Readonly<Record<string, string>>;
}

/** Settlements and what only the books know of the same: the whole of a structure. */
export interface Together {
  readonly kind: "together";
  readonly cells: CellSum;
  readonly booked: readonly GivenFigure[];
}

export type Ref = CellSum | GivenFigure | Together;

/** What a figure in a tag is: one sum, or one over another; `unit` as published. */
export interface Quantity {
  readonly formula: Formula;
  readonly numerator: Ref;
  readonly denominator: Ref | null;
  readonly unit: string;
}
