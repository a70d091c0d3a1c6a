import type { ZoneCalendar } from "../../aggregations/calendar.js";
import type { DimensionIndex, DimensionTuple } from "../../aggregations/dimensions/tuples.js";
import type { Ref } from "../../connectors/state/settlement-block.js";
import type { SqliteStore } from "../../connectors/state/store.js";
import { Settlement } from "../../schemas/input/settlement.js";
import type { DayNumber, EpochMs } from "../../schemas/units.js";
import { IncomingSettlement } from "./incoming-settlement.js";
import { emptyFacts } from "./months.js";
import type { RefundIndex } from "./refund-index.js";
import type { CurrentEntry } from "./version-resolver.js";

/**
 * `refunds: original-period` (docs/specification.md#refunds): a refund counts on the day of its current original, and
 * moves with it.
 */
export class OriginalPeriod {
  readonly #other = new Settlement();
  readonly #otherFacts = emptyFacts();

  constructor(
    private readonly store: SqliteStore,
    private readonly dimensionIndex: DimensionIndex,
    private readonly refunds: RefundIndex,
    private readonly calendar: ZoneCalendar,
  ) {}

  /**
   * Sets the days of a batch's refunds, and returns copies of kept refunds that move because their original did.
   * Only inside a commit.
   */
  follow(current: Map<string, CurrentEntry>): IncomingSettlement[] {
    const moved: IncomingSettlement[] = [];
    const originalTime = (id: string): EpochMs | undefined => {
      const inBatch = current.get(id)?.incoming;
      if (inBatch) return inBatch.s.setl_time;
      const ref = current.get(id)?.kept ?? this.store.settlements.ids.findOne(id);
      if (ref === undefined) return undefined;
      this.store.settlements.readCurrent(id, ref, this.#other, this.#otherFacts);
      return this.#other.setl_time;
    };
    for (const entry of current.values()) {
      const { incoming } = entry;
      if (incoming === undefined || incoming.s.init_setl_id === "") continue;
      const { day, tuple } = this.#dayOfRefund(incoming.s, originalTime(incoming.s.init_setl_id));
      incoming.tuple = tuple;
      // Equal content that counts on another day now is no mere change of time.
      if (day !== incoming.facts.day && entry.copied) {
        entry.copied = null;
        entry.keptCountedAs = null;
      }
      incoming.facts.day = day;
    }
    for (const [id, { incoming, copied }] of current) {
      if (incoming === undefined || copied) continue;
      for (const refundId of this.refunds.refundsOf(id)) {
        if (current.get(refundId)?.incoming) continue;
        const ref = this.store.settlements.ids.findOne(refundId);
        if (ref === undefined) continue;
        this.store.settlements.readCurrent(refundId, ref, this.#other, this.#otherFacts);
        if (this.#other.init_setl_id !== id) continue;
        const { day } = this.#dayOfRefund(this.#other, incoming.s.setl_time);
        if (this.#otherFacts.day !== day) moved.push(this.#copy(ref, day));
      }
    }
    return moved;
  }

  /** A refund's day: that of its original, or its own where the facility's version of that day would not allow it. */
  #dayOfRefund(
    refund: Settlement,
    originalTime: EpochMs | undefined,
  ): { day: DayNumber; tuple: DimensionTuple | null } {
    const own = this.calendar.dayOf(refund.setl_time);
    const days = originalTime === undefined ? [own] : [this.calendar.dayOf(originalTime), own];
    for (const day of days) {
      const tuple = this.dimensionIndex.find(refund, day);
      if ("id" in tuple) return { day, tuple };
    }
    return { day: own, tuple: null };
  }

  /** A copy of a current version under another day. */
  #copy(ref: Ref, day: DayNumber): IncomingSettlement {
    const copy = new IncomingSettlement();
    this.store.settlements.read(ref, copy.s, copy.facts);
    copy.facts.day = day;
    copy.ref = ref;
    return copy;
  }
}
