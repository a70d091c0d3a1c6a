/**
 * A printed report as data: its tables cell by cell as they were printed, and what is known to be wrong in
 * the print. Keys that start with _ describe a row and are no printed figures.
 */
export interface PrintedReport {
  readonly title: string;
  readonly period: { readonly from: string; readonly to: string };
  readonly facilities: readonly PrintedFacility[];
  readonly tables: readonly PrintedTable[];
  readonly inconsistencies: readonly PrintedInconsistency[];
}

export interface PrintedFacility {
  readonly id: string;
  readonly group: string;
  /** Every name that the report prints for it. */
  readonly names: readonly string[];
}

export interface PrintedTable {
  /** `resident.inpatient.by_region.avg_fee`: insurance, what it covers, rows, subject. */
  readonly id: string;
  readonly title: string;
  readonly insurance: string;
  readonly columns: readonly { readonly key: string; readonly label: string; readonly unit: string | null }[];
  readonly rows: readonly PrintedRow[];
}

export type PrintedRow = Readonly<Record<string, string | number | null>>;

/** Something that the print contradicts itself in. */
export interface PrintedInconsistency {
  readonly id: string;
  readonly kind: string;
  readonly note: string;
  readonly ref?: { readonly table?: string; readonly line?: number; readonly key?: string };
}
