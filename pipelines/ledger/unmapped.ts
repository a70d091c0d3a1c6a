import type { SqliteStore } from "../../connectors/state/store.js";
import type { Settlement } from "../../schemas/input/settlement.js";
import { AMOUNT_FIELDS } from "../../schemas/input/streams.js";
import type { Rejection } from "../../schemas/quarantine.js";
import type { Fen } from "../../schemas/units.js";

/** What stands behind a bill that waits for its category. */
export interface UnmappedCategory {
  readonly code: string;
  readonly fee: Fen;
}

const FEE = AMOUNT_FIELDS.indexOf("medfee_sumamt");

/** The category that a rejected bill waits for; null where it waits for something else. */
export const unmappedCategory = ({ reason }: Rejection, s: Settlement): UnmappedCategory | null =>
  reason === "unknown_category" ? { code: s.med_type, fee: s.amounts[FEE] } : null;

/** What no table knows, in counted bills and in those that wait for their category: a row a kind and code. */
export interface Unmapped {
  readonly kind: string;
  readonly code: string;
  readonly records: number;
  readonly fee: Fen;
}

export function unmappedOf({ months, quarantine }: Pick<SqliteStore, "months" | "quarantine">): Unmapped[] {
  const total = new Map<string, { kind: string; code: string; records: number; fee: Fen }>();
  for (const { unmapped } of months.unmapped()) {
    for (const [kind, code, records, fee] of unmapped) {
      const key = `${kind}\u0001${code}`;
      const entry = total.get(key) ?? { kind, code, records: 0, fee: 0 };
      entry.records += records;
      entry.fee += fee;
      total.set(key, entry);
    }
  }
  const waiting = quarantine.unmappedCategories().map((row) => ({ kind: "category", ...row }));
  return [...total.values(), ...waiting];
}

/** Whether what no table knows speaks against a close: without its facility or category a bill has no place. */
export const blocksClose = (kind: string): boolean => kind === "facility" || kind === "category";
