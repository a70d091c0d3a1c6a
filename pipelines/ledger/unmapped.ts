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

/** Whether what no table knows speaks against a close: without its facility or category a bill has no place. */
export const blocksClose = (kind: string): boolean => kind === "facility" || kind === "category";
