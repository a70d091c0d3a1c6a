import { monthOfDay, type ZoneCalendar } from "../../aggregations/calendar.js";
import type { DimensionIndex } from "../../aggregations/dimensions/tuples.js";
import { normalise, validateContent, validateTime } from "../../aggregations/settlement/validate.js";
import type { CountedAs } from "../../connectors/state/kept-settlements.js";
import type { PersonTable } from "../../connectors/state/person-table.js";
import type { Ref, RowFacts } from "../../connectors/state/settlement-block.js";
import type { SqliteStore } from "../../connectors/state/store.js";
import { Settlement } from "../../schemas/input/settlement.js";
import type { Rejection } from "../../schemas/quarantine.js";
import type { DayNumber, EpochMs, MonthNumber } from "../../schemas/units.js";
import { type ChangeLog, firstVersionCause } from "./change-log.js";
import type { FacilityMonths } from "./facility-months.js";
import { CONFLICT, IncomingSettlement } from "./incoming-settlement.js";
import { emptyFacts, type MonthCache } from "./months.js";
import { OriginalPeriod } from "./original-period.js";
import { warn } from "./own-warnings.js";
import type { ReclassificationLog } from "./reclassification-log.js";
import type { RefundIndex } from "./refund-index.js";
import { type BatchVersions, VersionResolver } from "./version-resolver.js";
import { VersionWriter } from "./version-writer.js";
import { WaitingSettlements } from "./waiting-settlements.js";
import { Withdrawal } from "./withdrawal.js";

/** The rules of a state that decide where a settlement counts. */
export interface LedgerRules {
  readonly firstDay: DayNumber;
  readonly originalPeriod: boolean;
}

/** In place of the clock for a kept version: it may have been set back since. */
const ALREADY_HELD = Number.POSITIVE_INFINITY;

/**
 * The settlements of a state: which version of each is current (docs/specification.md#current-version), kept, counted
 * and moved. Everything happens inside one commit of the store; the months in memory follow.
 */
export class SettlementLedger {
  readonly #other = new Settlement();
  readonly #otherFacts = emptyFacts();
  readonly #waiting: WaitingSettlements;
  readonly #writer: VersionWriter;
  readonly #resolver: VersionResolver;
  readonly #originals: OriginalPeriod | null;
  readonly #withdrawal: Withdrawal;

  constructor(
    private readonly store: SqliteStore,
    private readonly dimensionIndex: DimensionIndex,
    private readonly months: MonthCache,
    persons: PersonTable,
    private readonly refunds: RefundIndex,
    facilityMonths: FacilityMonths,
    private readonly changes: ChangeLog,
    private readonly calendar: ZoneCalendar,
    private readonly rules: LedgerRules,
  ) {
    this.#waiting = new WaitingSettlements(store, calendar);
    this.#writer = new VersionWriter(store, facilityMonths);
    this.#resolver = new VersionResolver(store, persons, this.#waiting);
    this.#originals = rules.originalPeriod
      ? new OriginalPeriod(store, dimensionIndex, refunds, calendar)
      : null;
    this.#withdrawal = new Withdrawal(store, calendar, persons, refunds, this.#writer, this.#waiting, this);
  }

  /**
   * Validates a decoded settlement by everything but other settlements, and sets the day that it counts on.
   * Returns why it cannot be counted, or null.
   */
  validate(incoming: IncomingSettlement, now: EpochMs): Rejection | null {
    const { s, facts } = incoming;
    normalise(s);
    const day = this.calendar.dayOf(s.setl_time);
    facts.day = day;
    // Before the tables are asked: what is wrong in itself must not number dimension values.
    const content = validateContent(s);
    if (content) return content;
    const tuple = this.dimensionIndex.find(s, day);
    const found = "reason" in tuple ? tuple : null;
    incoming.tuple = "reason" in tuple ? null : tuple;
    if (found && (found.reason === "bad_value" || found.reason === "missing_field")) return found;
    if (found?.reason === "unknown_category") return found;
    return validateTime(s, day, now, this.rules.firstDay) ?? found;
  }

  /** As `validate`, for a version that was kept: it was held against the clock when it came in. */
  validateKept(incoming: IncomingSettlement): Rejection | null {
    return this.validate(incoming, ALREADY_HELD);
  }

  /**
   * Decides and keeps the versions of one batch, in their order. Returns the months touched. Only inside a commit of
   * the store.
   */
  post(incomingBatch: readonly IncomingSettlement[], now: EpochMs): Set<MonthNumber> {
    const versions = this.#resolver.resolve(incomingBatch, now);
    this.#noteLatest(incomingBatch);
    const moved = this.#originals?.follow(versions.current) ?? [];
    return this.#keep(incomingBatch, versions, moved, now);
  }

  #noteLatest(incomingBatch: readonly IncomingSettlement[]): void {
    const latest = this.latestTime() ?? Number.NEGATIVE_INFINITY;
    let newest = latest;
    for (const a of incomingBatch) if (a.fate === "current" && a.s.setl_time > newest) newest = a.s.setl_time;
    if (newest > latest) this.store.setMeta("latest_time", String(newest));
  }

  #keep(
    incomingBatch: readonly IncomingSettlement[],
    { current, displaced }: BatchVersions,
    movedRefunds: readonly IncomingSettlement[],
    now: EpochMs,
  ): Set<MonthNumber> {
    const { store, months, calendar } = this;
    const fresh: IncomingSettlement[] = [];
    const replacing: {
      incoming: IncomingSettlement;
      old: Ref;
      silent: boolean;
      countedAs: CountedAs | null;
    }[] = [];
    for (const { kept, incoming, copied, keptCountedAs } of current.values()) {
      if (incoming === undefined) continue;
      if (kept === undefined) fresh.push(incoming);
      else if (
        !(copied && store.settlements.moveTime(kept, monthOfDay(incoming.facts.day), copied, incoming.s))
      ) {
        const silent = copied !== null;
        replacing.push({ incoming, old: kept, silent, countedAs: silent ? null : keptCountedAs });
      }
    }
    for (const moved of movedRefunds)
      replacing.push({ incoming: moved, old: moved.ref, silent: false, countedAs: null });
    const superseded = incomingBatch.filter((a) => a.fate === "superseded");

    const touched = new Set<MonthNumber>();
    for (const a of fresh) touched.add(monthOfDay(a.facts.day));
    for (const { incoming, old, silent } of replacing) {
      if (silent) continue;
      touched.add(monthOfDay(incoming.facts.day));
      store.settlements.read(old, this.#other, this.#otherFacts);
      touched.add(monthOfDay(this.#otherFacts.day));
    }
    for (const month of touched) months.ensure(month);

    for (const { old, silent, countedAs } of replacing) {
      store.settlements.read(old, this.#other, this.#otherFacts);
      if (!silent) months.apply(this.#other, this.#otherFacts, -1);
      store.settlements.supersede(old, monthOfDay(this.#otherFacts.day), this.#other.setl_id, countedAs);
    }
    this.#writer.write(fresh, (batch, first) =>
      store.settlements.ids.insert(
        batch.map((a) => a.s.setl_id),
        first,
      ),
    );
    this.#writer.write(
      replacing.map((r) => r.incoming),
      (batch) => {
        for (const a of batch) store.settlements.ids.set(a.s.setl_id, a.ref);
      },
    );
    this.#writer.write(superseded, (batch) => {
      for (const a of batch)
        store.settlements.supersede(a.ref, monthOfDay(a.facts.day), a.s.setl_id, a.countedAs);
    });
    for (const a of displaced) this.#waiting.add(a.ref, "applied", a.s, a.facts, CONFLICT, now);
    for (const a of fresh) months.apply(a.s, a.facts, 1, a.tuple);
    for (const { incoming, silent } of replacing) if (!silent) months.apply(incoming.s, incoming.facts, 1);

    if (this.changes.watchesAny(touched)) {
      for (const a of fresh) this.changes.settlement(a.s, a.facts, 1, firstVersionCause(a.s));
      for (const { incoming, old, silent } of replacing) {
        if (silent) continue;
        store.settlements.read(old, this.#other, this.#otherFacts);
        this.changes.replaced({ s: this.#other, facts: this.#otherFacts }, incoming);
      }
    }

    for (const a of fresh) this.refunds.added(a.s);
    for (const { incoming, silent } of replacing) if (!silent) this.refunds.corrected(incoming.s);
    for (const a of fresh) warn(store, calendar, a, false);
    for (const { incoming, silent } of replacing) if (!silent) warn(store, calendar, incoming, true);
    return touched;
  }

  /** A copy of a kept version as an incoming one, to be validated again. */
  recall(ref: Ref): IncomingSettlement {
    const incoming = new IncomingSettlement();
    this.store.settlements.read(ref, incoming.s, incoming.facts);
    return incoming;
  }

  /** Holds a kept version against the present tables: why it may not be current, or the day it counts on. */
  reclassify(s: Settlement, facts: RowFacts): { rejection: Rejection | null; day: DayNumber } {
    const own = this.calendar.dayOf(s.setl_time);
    // Its own time decides whether it is allowed, as when it came in; its original only where it counts.
    const allowed = this.dimensionIndex.find(s, own);
    if ("reason" in allowed) return { rejection: allowed, day: facts.day };
    let day = own;
    if (this.rules.originalPeriod && s.init_setl_id !== "") {
      const ref = this.store.settlements.ids.findOne(s.init_setl_id);
      if (ref !== undefined) {
        this.store.settlements.readCurrent(s.init_setl_id, ref, this.#other, this.#otherFacts);
        const originalDay = this.calendar.dayOf(this.#other.setl_time);
        if ("id" in this.dimensionIndex.find(s, originalDay)) day = originalDay;
      }
    }
    return { rejection: validateTime(s, own, ALREADY_HELD, this.rules.firstDay), day };
  }

  /** Latest `setl_time` that was ever kept; null before the first. */
  latestTime(): EpochMs | null {
    const latest = this.store.meta("latest_time");
    return latest === undefined ? null : Number(latest);
  }

  /** Current refunds of a settlement. */
  refundsOf(setlId: string): Ref[] {
    return this.refunds.refundsOf(setlId).flatMap((id) => this.store.settlements.ids.findOne(id) ?? []);
  }

  /** See `Withdrawal.replace`. */
  replace(ref: Ref, log: ReclassificationLog | null): Set<MonthNumber> {
    return this.#withdrawal.replace(ref, log);
  }

  /** See `Withdrawal.withdraw`. */
  withdraw(ref: Ref, rejection: Rejection, now: EpochMs, log: ReclassificationLog | null): Set<MonthNumber> {
    return this.#withdrawal.withdraw(ref, rejection, now, log);
  }
}
