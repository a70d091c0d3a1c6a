import { monthOfDay, type ZoneCalendar } from "../../aggregations/calendar.js";
import type { DimensionIndex, DimensionTuple } from "../../aggregations/dimensions/tuples.js";
import {
  normalise,
  validateContent,
  validateTime,
  WARN_IN_SCOPE_ABOVE_FEE,
  WARN_PARTS_DIFFER,
  warningsOf,
} from "../../aggregations/settlement/validate.js";
import { canonicalForm, isGreater, sameContent } from "../../aggregations/settlement/version.js";
import type { CountedAs } from "../../connectors/state/kept-settlements.js";
import type { Outcome } from "../../connectors/state/partitions.js";
import type { PersonTable } from "../../connectors/state/person-table.js";
import type { QuarantineEntry } from "../../connectors/state/quarantine.js";
import {
  type BlockWriter,
  type Ref,
  ROWS_PER_BLOCK,
  type RowFacts,
} from "../../connectors/state/settlement-block.js";
import type { SqliteStore } from "../../connectors/state/store.js";
import { Settlement } from "../../schemas/input/settlement.js";
import type { Rejection } from "../../schemas/quarantine.js";
import type { DayNumber, EpochMs, MonthNumber } from "../../schemas/units.js";
import { type ChangeLog, firstVersionCause } from "./change-log.js";
import type { FacilityMonths } from "./facility-months.js";
import { emptyFacts, type MonthCache } from "./months.js";
import type { ReclassificationLog } from "./reclassification-log.js";
import type { RefundIndex } from "./refund-index.js";

/** A decoded, judged version on its way into the ledger. Reused from batch to batch. */
export class IncomingSettlement {
  readonly s = new Settlement();
  readonly facts: RowFacts = emptyFacts();
  /** What became of it. */
  outcome: Outcome = "applied";
  rejection: Rejection | null = null;
  /** Standing at the end of the batch, kept but not standing, or not kept. */
  fate: "current" | "superseded" | "none" = "none";
  /** How the record was counted whose version this is: equal content with a later time goes on for the first. */
  countedAs: CountedAs = "applied";
  /** Reference once written. */
  ref: Ref = 0;
  /** Tuple on the day of `facts`, where it is known. */
  tuple: DimensionTuple | null = null;
}

/** What stands for a key while a batch is decided. */
interface CurrentEntry {
  /** Current version before the batch. */
  kept: Ref | undefined;
  /** Standing arrival of this batch. */
  incoming: IncomingSettlement | undefined;
  /** True while `arrival` differs from `kept` only by a later time. */
  sameAsKept: boolean;
  /** How `kept` is superseded where it is replaced; null: a copy with a later time goes on for it. */
  keptCountedAs: CountedAs | null;
}

/** A kept version that may have to stand again. */
interface Candidate {
  readonly ref: Ref;
  readonly countedAs: CountedAs;
  readonly version: IncomingSettlement;
}

/** Two versions of one time contradict each other: one of them waits. */
export const CONFLICT: Rejection = {
  reason: "conflicting_version",
  detail: "another version has the same updt_time",
};

/** What the record of a current version counts as. */
const countOf = (s: Settlement): Outcome => (s.vali_flag === "2" ? "held" : "applied");

/** Warnings that follow from a settlement's own amounts. */
const OWN_WARNINGS = ["in_scope_above_fee", "parts_differ"] as const;

export interface LedgerRules {
  readonly firstDay: DayNumber;
  readonly originalPeriod: boolean;
}

/**
 * Decides which version of each settlement stands (docs/specification.md#current-version) and keeps it.
 * Everything happens inside one commit of the store; the months in memory follow.
 */
export class SettlementLedger {
  readonly #other = new Settlement();
  readonly #otherFacts = emptyFacts();
  readonly #moved: IncomingSettlement[] = [];
  /** Arrivals of the batch that go on for a record which was applied, and lost to another of the same time. */
  readonly #displaced: IncomingSettlement[] = [];
  #now: EpochMs = 0;

  constructor(
    private readonly store: SqliteStore,
    private readonly dimensionIndex: DimensionIndex,
    private readonly months: MonthCache,
    private readonly persons: PersonTable,
    private readonly refunds: RefundIndex,
    private readonly facilityMonths: FacilityMonths,
    private readonly changes: ChangeLog,
    private readonly calendar: ZoneCalendar,
    private readonly rules: LedgerRules,
  ) {}

  /** Judges a decoded settlement by everything but other settlements; sets the day it counts in. */
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

  /** Decides and keeps the arrivals of one batch, in their order. Only inside `store.commit`. */
  post(incomingBatch: readonly IncomingSettlement[], now: EpochMs): Set<MonthNumber> {
    this.#now = now;
    this.#displaced.length = 0;
    const current = this.#decide(incomingBatch);
    const latest = this.latestTime() ?? Number.NEGATIVE_INFINITY;
    let newest = latest;
    for (const a of incomingBatch) if (a.fate === "current" && a.s.setl_time > newest) newest = a.s.setl_time;
    if (newest > latest) this.store.setMeta("latest_time", String(newest));
    this.#moved.length = 0;
    if (this.rules.originalPeriod) this.#followOriginals(current);
    return this.#keep(incomingBatch, current);
  }

  #decide(incomingBatch: readonly IncomingSettlement[]): Map<string, CurrentEntry> {
    const kept = this.store.settlements.ids.find(incomingBatch.map((a) => a.s.setl_id));
    const current = new Map<string, CurrentEntry>();
    incomingBatch.forEach((incoming, i) => {
      const id = incoming.s.setl_id;
      incoming.outcome = incoming.s.vali_flag === "2" ? "held" : "applied";
      incoming.rejection = null;
      incoming.fate = "current";
      incoming.countedAs = "applied";
      let before = current.get(id);
      if (before === undefined) {
        before = { kept: kept.get(i), incoming: undefined, sameAsKept: false, keptCountedAs: "applied" };
        current.set(id, before);
        if (before.kept === undefined) {
          before.incoming = incoming;
          return;
        }
      }
      this.#compare(incoming, before);
    });
    return current;
  }

  /** Holds an arrival against what stands for its key. */
  #compare(incoming: IncomingSettlement, entry: CurrentEntry): void {
    let other = this.#other;
    let facts = this.#otherFacts;
    if (entry.incoming) {
      other = entry.incoming.s;
      facts = entry.incoming.facts;
    } else this.store.settlements.read(entry.kept!, other, facts);
    const { s } = incoming;
    const equal = sameContent(s, incoming.facts.person, other, facts.person);
    if (equal) {
      incoming.outcome = "duplicate";
      if (s.updt_time <= other.updt_time) {
        incoming.fate = "none";
        return;
      }
      // The held time moves on; the record that was applied stays the one that stands.
      incoming.facts.partitionId = facts.partitionId;
      incoming.facts.position = facts.position;
      incoming.facts.day = facts.day;
      const onlyTimeMoved = entry.incoming === undefined || entry.sameAsKept;
      if (entry.incoming) entry.incoming.fate = "none";
      entry.incoming = incoming;
      entry.sameAsKept = onlyTimeMoved && entry.kept !== undefined;
      return;
    }
    if (s.updt_time < other.updt_time) {
      incoming.outcome = "duplicate";
      incoming.countedAs = "duplicate";
      incoming.fate = this.#knownVersion(incoming) === undefined ? "superseded" : "none";
      return;
    }
    if (s.updt_time === other.updt_time) {
      const mine = canonicalForm(s, this.persons.pseudonymOf(incoming.facts.person).toString("hex"));
      const theirs = canonicalForm(other, this.persons.pseudonymOf(facts.person).toString("hex"));
      if (!isGreater(mine, theirs)) {
        incoming.outcome = "quarantined";
        incoming.countedAs = "quarantined";
        incoming.rejection = CONFLICT;
        const known = this.#knownVersion(incoming);
        incoming.fate = known === undefined ? "superseded" : "none";
        incoming.ref = known ?? 0;
        return;
      }
      this.#displace(entry, other, facts);
    } else if (entry.incoming) {
      entry.incoming.fate = "superseded";
      if (entry.sameAsKept) entry.keptCountedAs = null;
    }
    entry.incoming = incoming;
    entry.sameAsKept = false;
  }

  /** The version that stood loses to one of the same time: its own record is in conflict now. */
  #displace(entry: CurrentEntry, other: Settlement, facts: RowFacts): void {
    const loser = entry.incoming;
    if (loser === undefined) {
      this.#toQuarantine(entry.kept!, "applied", other, facts, CONFLICT);
      entry.keptCountedAs = "quarantined";
      return;
    }
    loser.fate = "superseded";
    loser.countedAs = "quarantined";
    if (loser.outcome === "duplicate") {
      // Its own record was one too many; in conflict is the one that it goes on for.
      this.#displaced.push(loser);
      if (entry.sameAsKept) entry.keptCountedAs = null;
    } else {
      loser.rejection = CONFLICT;
      loser.outcome = "quarantined";
    }
  }

  /** The same version among the superseded ones, when it was delivered before. */
  #knownVersion(incoming: IncomingSettlement): Ref | undefined {
    const s = new Settlement();
    const facts = emptyFacts();
    return this.store.settlements.supersededVersions(incoming.s.setl_id).find(({ ref }) => {
      this.store.settlements.read(ref, s, facts);
      return (
        s.updt_time === incoming.s.updt_time &&
        sameContent(s, facts.person, incoming.s, incoming.facts.person)
      );
    })?.ref;
  }

  /** `refunds: original-period`: a refund counts on the day of its current original, and moves with it. */
  #followOriginals(current: Map<string, CurrentEntry>): void {
    const originalTime = (id: string): EpochMs | undefined => {
      const inBatch = current.get(id)?.incoming;
      if (inBatch) return inBatch.s.setl_time;
      const ref = current.get(id)?.kept ?? this.store.settlements.ids.findOne(id);
      if (ref === undefined) return undefined;
      this.store.settlements.read(ref, this.#other, this.#otherFacts);
      return this.#other.setl_time;
    };
    for (const entry of current.values()) {
      const { incoming } = entry;
      if (incoming === undefined || incoming.s.init_setl_id === "") continue;
      const { day, tuple } = this.#dayOfRefund(incoming.s, originalTime(incoming.s.init_setl_id));
      incoming.tuple = tuple;
      // Equal content that counts on another day now is no mere change of time.
      if (day !== incoming.facts.day && entry.sameAsKept) {
        entry.sameAsKept = false;
        entry.keptCountedAs = null;
      }
      incoming.facts.day = day;
    }
    for (const [id, { incoming, sameAsKept }] of current) {
      if (incoming === undefined || sameAsKept) continue;
      for (const refundId of this.refunds.refundsOf(id)) {
        if (current.get(refundId)?.incoming) continue;
        const ref = this.store.settlements.ids.findOne(refundId);
        if (ref === undefined) continue;
        this.store.settlements.read(ref, this.#other, this.#otherFacts);
        if (this.#other.init_setl_id !== id) continue;
        const { day } = this.#dayOfRefund(this.#other, incoming.s.setl_time);
        if (this.#otherFacts.day !== day) this.#move(ref, day);
      }
    }
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

  /** Keeps a copy of a current version under another day. */
  #move(ref: Ref, day: DayNumber): void {
    const copy = new IncomingSettlement();
    this.store.settlements.read(ref, copy.s, copy.facts);
    copy.facts.day = day;
    copy.ref = ref;
    this.#moved.push(copy);
  }

  #keep(incomingBatch: readonly IncomingSettlement[], current: Map<string, CurrentEntry>): Set<MonthNumber> {
    const { store, months } = this;
    const fresh: IncomingSettlement[] = [];
    const replacing: {
      incoming: IncomingSettlement;
      old: Ref;
      silent: boolean;
      countedAs: CountedAs | null;
    }[] = [];
    for (const { kept, incoming, sameAsKept, keptCountedAs } of current.values()) {
      if (incoming === undefined) continue;
      if (kept === undefined) fresh.push(incoming);
      else {
        const countedAs = sameAsKept ? null : keptCountedAs;
        replacing.push({ incoming, old: kept, silent: sameAsKept, countedAs });
      }
    }
    for (const moved of this.#moved)
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
    this.#write(fresh, (batch, first) =>
      store.settlements.ids.insert(
        batch.map((a) => a.s.setl_id),
        first,
      ),
    );
    this.#write(
      replacing.map((r) => r.incoming),
      (batch) => {
        for (const a of batch) store.settlements.ids.set(a.s.setl_id, a.ref);
      },
    );
    this.#write(superseded, (batch) => {
      for (const a of batch)
        store.settlements.supersede(a.ref, monthOfDay(a.facts.day), a.s.setl_id, a.countedAs);
    });
    for (const a of this.#displaced) this.#toQuarantine(a.ref, "applied", a.s, a.facts, CONFLICT);
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
    for (const a of fresh) this.#warn(a, false);
    for (const { incoming, silent } of replacing) if (!silent) this.#warn(incoming, true);
    return touched;
  }

  /** Writes versions in blocks of their months; `done` gets each month's versions and their first reference. */
  #write(
    versions: readonly IncomingSettlement[],
    done: (batch: IncomingSettlement[], first: Ref) => void,
  ): void {
    if (versions.length === 0) return;
    const byMonth = new Map<MonthNumber, IncomingSettlement[]>();
    for (const version of versions) {
      const month = monthOfDay(version.facts.day);
      const list = byMonth.get(month);
      if (list) list.push(version);
      else byMonth.set(month, [version]);
    }
    const writer: BlockWriter = this.store.settlements.writer();
    for (const [month, batch] of byMonth) {
      let first = 0;
      for (let start = 0; start < batch.length; start += ROWS_PER_BLOCK) {
        const end = Math.min(start + ROWS_PER_BLOCK, batch.length);
        for (let i = start; i < end; i++) {
          writer.add(batch[i].s, batch[i].facts);
          this.facilityMonths.note(batch[i].s.fixmedins_code, month);
        }
        const block = this.store.settlements.write(month, end - start, writer.finish());
        for (let i = start; i < end; i++) batch[i].ref = block + i - start;
        if (start === 0) first = block;
      }
      done(batch, first);
    }
  }

  #warn(incoming: IncomingSettlement, replaces: boolean): void {
    const { s, facts } = incoming;
    if (replaces) this.store.warnings.drop(s.setl_id, OWN_WARNINGS);
    const warnings = s.vali_flag === "1" ? warningsOf(s) : 0;
    if (warnings & WARN_IN_SCOPE_ABOVE_FEE) {
      this.store.warnings.set(s.setl_id, "in_scope_above_fee", facts, "C: inscp_scp_amt above medfee_sumamt");
    }
    if (warnings & WARN_PARTS_DIFFER) {
      this.store.warnings.set(
        s.setl_id,
        "parts_differ",
        facts,
        "D: medfee_sumamt differs from fulamt_ownpay_amt + overlmt_selfpay + preselfpay_amt + inscp_scp_amt",
      );
    }
  }

  /** A copy of a kept version as an arrival, to be validated again. */
  recall(ref: Ref): IncomingSettlement {
    const incoming = new IncomingSettlement();
    this.store.settlements.read(ref, incoming.s, incoming.facts);
    return incoming;
  }

  /** Holds a kept version against the present tables: why it may not stand, or the day it counts on. */
  reclassify(s: Settlement, facts: RowFacts): { rejection: Rejection | null; day: DayNumber } {
    const own = this.calendar.dayOf(s.setl_time);
    // Allowed or not is asked of its own time, as on arrival; the original decides only where it counts.
    const allowed = this.dimensionIndex.find(s, own);
    if ("reason" in allowed) return { rejection: allowed, day: facts.day };
    let day = own;
    if (this.rules.originalPeriod && s.init_setl_id !== "") {
      const ref = this.store.settlements.ids.findOne(s.init_setl_id);
      if (ref !== undefined) {
        this.store.settlements.read(ref, this.#other, this.#otherFacts);
        const originalDay = this.calendar.dayOf(this.#other.setl_time);
        if ("id" in this.dimensionIndex.find(s, originalDay)) day = originalDay;
      }
    }
    return { rejection: validateTime(s, own, Number.POSITIVE_INFINITY, this.rules.firstDay), day };
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

  /**
   * Keeps a version that still stands under the day it counts on now. Returns the months touched, which must
   * be derived again.
   */
  replace(ref: Ref, log: ReclassificationLog | null): Set<MonthNumber> {
    const moved = this.recall(ref);
    const { rejection, day } = this.reclassify(moved.s, moved.facts);
    if (this.store.settlements.ids.findOne(moved.s.setl_id) !== ref || rejection || day === moved.facts.day)
      return new Set();
    const from = monthOfDay(moved.facts.day);
    this.store.settlements.supersede(ref, from, moved.s.setl_id, null);
    log?.gone(moved.s, moved.facts);
    moved.facts.day = day;
    log?.came(moved.s, moved.facts);
    this.#write([moved], ([copy]) => this.store.settlements.ids.set(copy.s.setl_id, copy.ref));
    return new Set([from, monthOfDay(day)]);
  }

  /**
   * Takes a current version out because the tables no longer allow it: it waits in the quarantine, and the
   * greatest superseded version that they do allow stands again; greater ones, which they do not allow either,
   * wait too. Returns the months touched, which must be derived again. Only inside `store.commit`.
   */
  withdraw(ref: Ref, rejection: Rejection, now: EpochMs, log: ReclassificationLog | null): Set<MonthNumber> {
    this.#now = now;
    const gone = this.recall(ref);
    log?.gone(gone.s, gone.facts);
    const id = gone.s.setl_id;
    this.store.settlements.supersede(ref, monthOfDay(gone.facts.day), id, null);
    this.store.settlements.ids.drop(id);
    this.#toQuarantine(ref, "applied", gone.s, gone.facts, rejection);
    const touched = new Set([monthOfDay(gone.facts.day)]);
    const best = this.#next(id);
    if (best) {
      best.facts.day = this.reclassify(best.s, best.facts).day;
      touched.add(monthOfDay(best.facts.day));
      log?.came(best.s, best.facts);
      this.#write([best], ([copy]) => this.store.settlements.ids.set(copy.s.setl_id, copy.ref));
    }
    this.refunds.corrected(best?.s ?? gone.s, best === undefined);
    if (best) this.#warn(best, true);
    else this.store.warnings.drop(id, OWN_WARNINGS);
    return touched;
  }

  /** The greatest superseded version of a key that is allowed; it is superseded no more, and counted as standing. */
  #next(setlId: string): IncomingSettlement | undefined {
    const candidates = this.store.settlements
      .supersededVersions(setlId)
      .map((superseded): Candidate => ({ ...superseded, version: this.recall(superseded.ref) }))
      .sort((a, b) => (this.#precedes(a.version, b.version) ? -1 : 1));
    for (const candidate of candidates) {
      const rejection = this.validate(candidate.version, this.#now);
      this.store.settlements.forgetSuperseded(candidate.ref);
      if (rejection === null) {
        this.#countAsCurrent(candidate);
        return candidate.version;
      }
      this.#wait(candidate, rejection);
    }
    return undefined;
  }

  /** What its record was counted as until now no longer holds: its version stands. */
  #countAsCurrent({ ref, countedAs, version: { s, facts } }: Candidate): void {
    const { store } = this;
    const current = countOf(s);
    if (countedAs === "duplicate") {
      store.partitions.tally(facts.partitionId, "duplicate", -1);
      store.partitions.tally(facts.partitionId, current, 1);
    }
    if (countedAs !== "quarantined") return;
    for (const [i, entry] of this.#waiting(ref).entries()) {
      store.quarantine.update(entry.id, { status: "resolved" });
      store.partitions.tally(entry.partitionId, "quarantined", -1);
      // The same version in a second record adds nothing to the first.
      store.partitions.tally(entry.partitionId, i === 0 ? current : "duplicate", 1);
    }
  }

  /** A superseded version that would come before what stands now, and is not allowed. */
  #wait({ ref, countedAs, version: { s, facts } }: Candidate, rejection: Rejection): void {
    if (countedAs !== "quarantined") this.#toQuarantine(ref, countedAs, s, facts, rejection);
    else for (const { id } of this.#waiting(ref)) this.store.quarantine.update(id, { ...rejection });
  }

  #waiting(ref: Ref): QuarantineEntry[] {
    return this.store.quarantine.find("status = 'waiting' AND stream = 'settlement' AND ref = ?", ref);
  }

  /** A kept version waits in the quarantine; the tally of its record moves with it. */
  #toQuarantine(
    ref: Ref,
    countedAs: "applied" | "duplicate",
    s: Settlement,
    facts: RowFacts,
    rejection: Rejection,
  ): void {
    this.store.partitions.tally(facts.partitionId, countedAs === "applied" ? countOf(s) : countedAs, -1);
    this.store.partitions.tally(facts.partitionId, "quarantined", 1);
    this.store.quarantine.add({
      partitionId: facts.partitionId,
      position: facts.position,
      stream: "settlement",
      ...rejection,
      first_seen: this.#now,
      first_day: this.calendar.dayOf(s.setl_time),
      last_day: this.calendar.dayOf(s.setl_time),
      due: null,
      raw: null,
      ref,
    });
  }

  #precedes(a: IncomingSettlement, b: IncomingSettlement): boolean {
    if (a.s.updt_time !== b.s.updt_time) return a.s.updt_time > b.s.updt_time;
    const form = (v: IncomingSettlement): string =>
      canonicalForm(v.s, this.persons.pseudonymOf(v.facts.person).toString("hex"));
    return isGreater(form(a), form(b));
  }
}
