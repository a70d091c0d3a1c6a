import type { ZoneCalendar } from "../../aggregations/calendar.js";
import type { QuarantineEntry } from "../../connectors/state/quarantine.js";
import type { Ref, RowFacts } from "../../connectors/state/settlement-block.js";
import type { SqliteStore } from "../../connectors/state/store.js";
import type { Settlement } from "../../schemas/input/settlement.js";
import type { Rejection } from "../../schemas/quarantine.js";
import type { EpochMs } from "../../schemas/units.js";
import { countOf } from "./incoming-settlement.js";
import { unmappedCategory } from "./unmapped.js";

/** Kept versions that wait in the quarantine, known there by their reference. Changed only inside a commit. */
export class WaitingSettlements {
  constructor(
    private readonly store: SqliteStore,
    private readonly calendar: ZoneCalendar,
  ) {}

  /** Entries of a kept version. */
  of(ref: Ref): QuarantineEntry[] {
    return this.store.quarantine.find("status = 'waiting' AND stream = 'settlement' AND ref = ?", ref);
  }

  /** A kept version waits in the quarantine; the tally of its record moves with it. */
  add(
    ref: Ref,
    countedAs: "applied" | "duplicate",
    s: Settlement,
    facts: RowFacts,
    rejection: Rejection,
    now: EpochMs,
  ): void {
    this.store.partitions.tally(facts.partitionId, countedAs === "applied" ? countOf(s) : countedAs, -1);
    this.store.partitions.tally(facts.partitionId, "quarantined", 1);
    const id = this.store.quarantine.add({
      partitionId: facts.partitionId,
      position: facts.position,
      stream: "settlement",
      ...rejection,
      first_seen: now,
      first_day: this.calendar.dayOf(s.setl_time),
      last_day: this.calendar.dayOf(s.setl_time),
      due: null,
      raw: null,
      ref,
    });
    const unmapped = unmappedCategory(rejection, s);
    if (unmapped) this.store.quarantine.noteUnmapped(id, unmapped.code, unmapped.fee);
  }
}
