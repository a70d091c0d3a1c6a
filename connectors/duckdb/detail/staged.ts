import type { DuckDBConnection } from "@duckdb/node-api";
import type { CategoryRule } from "../../../aggregations/dimensions/categories.js";
import type { Config } from "../../../schemas/config/schema.js";
import type { StreamRecord } from "../../../schemas/input/settlement.js";
import type { MonthNumber } from "../../../schemas/units.js";
import type { StateSnapshot } from "../../state/read-snapshot.js";

/** What the settlements are read with: tables as the state merged them, and the configuration. */
export interface DetailReference {
  readonly config: Config;
  /** Current facility records, file and stream merged. */
  readonly facilities: readonly StreamRecord[];
  /** National codes first; a later row with the same conditions stands before an earlier one. */
  readonly categories: readonly (CategoryRule & { readonly origin: string })[];
}

/**
 * The current version of every settlement, laid into temporary tables of a connection a month at a time: `kept`
 * (kept-columns.ts), `code`, `zone_shift` and, where refunds move, `moved`; `code_set` and `dimension` of the catalog in use
 * are kept up to them. Where they come from is the maker's.
 */
export interface StagedSettlements {
  /** Refunds may count on another day than their own. */
  readonly moving: boolean;
  /** Call it once, before all others. */
  begin(): Promise<void>;
  /** Months that hold any, ascending. */
  months(): readonly MonthNumber[];
  /** Stages months, one or more until `enough` rows are there; returns how many months and rows. */
  stage(months: readonly MonthNumber[], enough?: number): Promise<{ months: number; rows: number }>;
  /** Source and partition of each place, by its number in `kept`. */
  places(): readonly (readonly [id: number, source: string, partition: string])[];
  /** Names the persons of what is staged in temporary table or view `person`. */
  namePersons(): Promise<void>;
  /** Settlements staged so far. */
  readonly count: number;
  /** Whether the versions staged are those, and all those, that the state says are current. */
  agrees(): Promise<boolean>;
}

/** @param withTexts false leaves out the ids, which a recount does not ask for */
export type StageMaker = (
  connection: DuckDBConnection,
  snapshot: StateSnapshot,
  reference: DetailReference,
  withTexts: boolean,
) => StagedSettlements;
