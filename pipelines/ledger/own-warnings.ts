import type { ZoneCalendar } from "../../aggregations/calendar.js";
import {
  WARN_IMPLAUSIBLE_STAY,
  WARN_IN_SCOPE_ABOVE_FEE,
  WARN_PARTS_DIFFER,
  warningsOf,
} from "../../aggregations/settlement/validate.js";
import type { SqliteStore } from "../../connectors/state/store.js";
import type { IncomingSettlement } from "./incoming-settlement.js";

/** Warnings that follow from a settlement's own amounts. */
const OWN_WARNINGS = ["in_scope_above_fee", "parts_differ", "implausible_stay"] as const;

/** Renews the warnings of a version that became current; `replaces` says that another one was before. */
export function warn(
  store: SqliteStore,
  calendar: ZoneCalendar,
  incoming: IncomingSettlement,
  replaces: boolean,
): void {
  const { s, facts } = incoming;
  if (replaces) store.warnings.drop(s.setl_id, OWN_WARNINGS);
  const warnings = s.vali_flag === "1" ? warningsOf(s, calendar.dayOf(s.setl_time)) : 0;
  if (warnings & WARN_IN_SCOPE_ABOVE_FEE) {
    store.warnings.set(s.setl_id, "in_scope_above_fee", facts, "C: inscp_scp_amt above medfee_sumamt");
  }
  if (warnings & WARN_PARTS_DIFFER) {
    store.warnings.set(
      s.setl_id,
      "parts_differ",
      facts,
      "D: medfee_sumamt differs from fulamt_ownpay_amt + overlmt_selfpay + preselfpay_amt + inscp_scp_amt",
    );
  }
  if (warnings & WARN_IMPLAUSIBLE_STAY) {
    store.warnings.set(
      s.setl_id,
      "implausible_stay",
      facts,
      "begndate, enddate or ipt_days: a stay beyond its settlement, longer than 366 days, or in disorder",
    );
  }
}

/** No version of a settlement is current any more. */
export const forgetWarnings = (store: SqliteStore, setlId: string): void =>
  store.warnings.drop(setlId, OWN_WARNINGS);
