import { monthOfDay, type ZoneCalendar } from "../../aggregations/calendar.js";
import type { Combo, ComboTable } from "../../aggregations/dimensions/tuples.js";
import {
  judgeContent,
  judgeTime,
  normalise,
  WARN_IN_SCOPE_ABOVE_FEE,
  WARN_PARTS_DIFFER,
  warningsOf,
} from "../../aggregations/settlement/validate.js";
import { canonicalForm, isGreater, sameContent } from "../../aggregations/settlement/version.js";
import type { PersonTable } from "../../connectors/state/person-table.js";
import {
  type BlockWriter,
  type Ref,
  ROWS_PER_BLOCK,
  type RowFacts,
} from "../../connectors/state/settlement-block.js";
import type { CountedAs, Outcome, QuarantineEntry, SqliteStore } from "../../connectors/state/store.js";
import { Settlement } from "../../schemas/input/settlement.js";
import type { Rejection } from "../../schemas/quarantine.js";
import type { DayNumber, EpochMs, MonthNumber } from "../../schemas/units.js";
import { arrivalCause, type ChangeLog } from "./change-log.js";
import type { FacilityMonths } from "./facility-months.js";
import { emptyFacts, type MonthCache } from "./months.js";
import type { ReviewLog } from "./reclassification-log.js";
import type { RefundBook } from "./refund-index.js";

/** A decoded, judged version on its way into the ledger. Reused from batch to batch. */
export class Arrival {
  readonly s = new Settlement();
  readonly facts: RowFacts = emptyFacts();
  /** What became of it. */
  outcome: Outcome = "applied";
  rejection: Rejection | null = null;
  /** Standing at the end of the batch, kept but not standing, or not kept. */
  fate: "standing" | "buried" | "none" = "none";
  /** How the record was counted whose version this is: equal content with a later time goes on for the first. */
  countedAs: CountedAs = "applied";
  /** Reference once written. */
  ref: Ref = 0;
  /** Combo on the day of `facts`, where it is known. */
  combo: Combo | null = null;
}

/** What stands for a key while a batch is decided. */
interface Standing {
  /** Standing version before the batch. */
  kept: Ref | undefined;
  /** Standing arrival of this batch. */
  arrival: Arrival | undefined;
  /** True while `arrival` differs from `kept` only by a later time. */
  sameAsKept: boolean;
  /** How `kept` is buried where it is replaced; null: a copy with a later time goes on for it. */
  keptCountedAs: CountedAs | null;
}

/** A kept version that may have to stand again. */
interface Candidate {
  readonly ref: Ref;
  readonly countedAs: CountedAs;
  readonly version: Arrival;
}

/** Two versions of one time contradict each other: one of them waits. */
export const CONFLICT: Rejection = {
  reason: "conflicting_version",
  detail: "another version has the same updt_time",
};

/** What the record of a standing version counts as. */
const countOf = (s: Settlement): Outcome => (s.vali_flag === "2" ? "held" : "applied");

/** Warnings that follow from a settlement's own amounts. */
const OWN_WARNINGS = ["in_scope_above_fee", "parts_differ"] as const;

export interface LedgerRules {
  readonly firstDay: DayNumber;
  readonly originalPeriod: boolean;
}

/**
 * Decides which version of each settlement stands (contract §3) and keeps it. Everything happens inside
 * one commit of the store; the months in memory follow.
 */
export class SettlementLedger {
  readonly #other = new Settlement();
  readonly #otherFacts = emptyFacts();
  readonly #moved: Arrival[] = [];
  /** Arrivals of the batch that go on for a record which was applied, and lost to another of the same time. */
  readonly #displaced: Arrival[] = [];
  #now: EpochMs = 0;

  constructor(
    private readonly store: SqliteStore,
    private readonly combos: ComboTable,
    private readonly months: MonthCache,
    private readonly persons: PersonTable,
    private readonly refunds: RefundBook,
    private readonly facilityMonths: FacilityMonths,
    private readonly changes: ChangeLog,
    private readonly calendar: ZoneCalendar,
    private readonly rules: LedgerRules,
  ) {}

  /** Judges a decoded settlement by everything but other settlements; sets the day it counts in. */
  judge(arrival: Arrival, now: EpochMs): Rejection | null {
    const { s, facts } = arrival;
    normalise(s);
    const day = this.calendar.dayOf(s.setl_time);
    facts.day = day;
    // Before the tables are asked: what is wrong in itself must not number dimension values.
    const content = judgeContent(s);
    if (content) return content;
    const combo = this.combos.find(s, day);
    const found = "reason" in combo ? combo : null;
    arrival.combo = "reason" in combo ? null : combo;
    if (found && (found.reason === "bad_value" || found.reason === "missing_field")) return found;
    if (found?.reason === "unknown_category") return found;
    return judgeTime(s, day, now, this.rules.firstDay) ?? found;
  }

  /** Decides and keeps the arrivals of one batch, in their order. Only inside `store.commit`. */
  post(arrivals: readonly Arrival[], now: EpochMs): Set<MonthNumber> {
    this.#now = now;
    this.#displaced.length = 0;
    const standing = this.#decide(arrivals);
    const latest = this.latestTime() ?? Number.NEGATIVE_INFINITY;
    let newest = latest;
    for (const a of arrivals) if (a.fate === "standing" && a.s.setl_time > newest) newest = a.s.setl_time;
    if (newest > latest) this.store.setMeta("latest_time", String(newest));
    this.#moved.length = 0;
    if (this.rules.originalPeriod) this.#followOriginals(standing);
    return this.#keep(arrivals, standing);
  }

  #decide(arrivals: readonly Arrival[]): Map<string, Standing> {
    const kept = this.store.ids.find(arrivals.map((a) => a.s.setl_id));
    const standing = new Map<string, Standing>();
    arrivals.forEach((arrival, i) => {
      const id = arrival.s.setl_id;
      arrival.outcome = arrival.s.vali_flag === "2" ? "held" : "applied";
      arrival.rejection = null;
      arrival.fate = "standing";
      arrival.countedAs = "applied";
      let before = standing.get(id);
      if (before === undefined) {
        before = { kept: kept.get(i), arrival: undefined, sameAsKept: false, keptCountedAs: "applied" };
        standing.set(id, before);
        if (before.kept === undefined) {
          before.arrival = arrival;
          return;
        }
      }
      this.#compare(arrival, before);
    });
    return standing;
  }

  /** Holds an arrival against what stands for its key. */
  #compare(arrival: Arrival, standing: Standing): void {
    let other = this.#other;
    let facts = this.#otherFacts;
    if (standing.arrival) {
      other = standing.arrival.s;
      facts = standing.arrival.facts;
    } else this.store.read(standing.kept!, other, facts);
    const { s } = arrival;
    const equal = sameContent(s, arrival.facts.person, other, facts.person);
    if (equal) {
      arrival.outcome = "duplicate";
      if (s.updt_time <= other.updt_time) {
        arrival.fate = "none";
        return;
      }
      // The held time moves on; the record that was applied stays the one that stands.
      arrival.facts.place = facts.place;
      arrival.facts.position = facts.position;
      arrival.facts.day = facts.day;
      const onlyTimeMoved = standing.arrival === undefined || standing.sameAsKept;
      if (standing.arrival) standing.arrival.fate = "none";
      standing.arrival = arrival;
      standing.sameAsKept = onlyTimeMoved && standing.kept !== undefined;
      return;
    }
    if (s.updt_time < other.updt_time) {
      arrival.outcome = "duplicate";
      arrival.countedAs = "duplicate";
      arrival.fate = this.#knownVersion(arrival) === undefined ? "buried" : "none";
      return;
    }
    if (s.updt_time === other.updt_time) {
      const mine = canonicalForm(s, this.persons.tagOf(arrival.facts.person).toString("hex"));
      const theirs = canonicalForm(other, this.persons.tagOf(facts.person).toString("hex"));
      if (!isGreater(mine, theirs)) {
        arrival.outcome = "quarantined";
        arrival.countedAs = "quarantined";
        arrival.rejection = CONFLICT;
        const known = this.#knownVersion(arrival);
        arrival.fate = known === undefined ? "buried" : "none";
        arrival.ref = known ?? 0;
        return;
      }
      this.#displace(standing, other, facts);
    } else if (standing.arrival) {
      standing.arrival.fate = "buried";
      if (standing.sameAsKept) standing.keptCountedAs = null;
    }
    standing.arrival = arrival;
    standing.sameAsKept = false;
  }

  /** The version that stood loses to one of the same time: its own record is in conflict now. */
  #displace(standing: Standing, other: Settlement, facts: RowFacts): void {
    const loser = standing.arrival;
    if (loser === undefined) {
      this.#toQuarantine(standing.kept!, "applied", other, facts, CONFLICT);
      standing.keptCountedAs = "quarantined";
      return;
    }
    loser.fate = "buried";
    loser.countedAs = "quarantined";
    if (loser.outcome === "duplicate") {
      // Its own record was one too many; in conflict is the one that it goes on for.
      this.#displaced.push(loser);
      if (standing.sameAsKept) standing.keptCountedAs = null;
    } else {
      loser.rejection = CONFLICT;
      loser.outcome = "quarantined";
    }
  }

  /** The same version among the buried ones, when it was delivered before. */
  #knownVersion(arrival: Arrival): Ref | undefined {
    const s = new Settlement();
    const facts = emptyFacts();
    return this.store.buriedVersions(arrival.s.setl_id).find(({ ref }) => {
      this.store.read(ref, s, facts);
      return (
        s.updt_time === arrival.s.updt_time && sameContent(s, facts.person, arrival.s, arrival.facts.person)
      );
    })?.ref;
  }

  /** `refunds: original-period`: a refund counts on the day of its standing original, and moves with it. */
  #followOriginals(standing: Map<string, Standing>): void {
    const originalTime = (id: string): EpochMs | undefined => {
      const inBatch = standing.get(id)?.arrival;
      if (inBatch) return inBatch.s.setl_time;
      const ref = standing.get(id)?.kept ?? this.store.ids.findOne(id);
      if (ref === undefined) return undefined;
      this.store.read(ref, this.#other, this.#otherFacts);
      return this.#other.setl_time;
    };
    for (const entry of standing.values()) {
      const { arrival } = entry;
      if (arrival === undefined || arrival.s.init_setl_id === "") continue;
      const { day, combo } = this.#dayOfRefund(arrival.s, originalTime(arrival.s.init_setl_id));
      arrival.combo = combo;
      // Equal content that counts on another day now is no mere change of time.
      if (day !== arrival.facts.day && entry.sameAsKept) {
        entry.sameAsKept = false;
        entry.keptCountedAs = null;
      }
      arrival.facts.day = day;
    }
    for (const [id, { arrival, sameAsKept }] of standing) {
      if (arrival === undefined || sameAsKept) continue;
      for (const refundId of this.refunds.refundsOf(id)) {
        if (standing.get(refundId)?.arrival) continue;
        const ref = this.store.ids.findOne(refundId);
        if (ref === undefined) continue;
        this.store.read(ref, this.#other, this.#otherFacts);
        if (this.#other.init_setl_id !== id) continue;
        const { day } = this.#dayOfRefund(this.#other, arrival.s.setl_time);
        if (this.#otherFacts.day !== day) this.#move(ref, day);
      }
    }
  }

  /** A refund's day: that of its original, or its own where the facility's version of that day would not allow it. */
  #dayOfRefund(
    refund: Settlement,
    originalTime: EpochMs | undefined,
  ): { day: DayNumber; combo: Combo | null } {
    const own = this.calendar.dayOf(refund.setl_time);
    const days = originalTime === undefined ? [own] : [this.calendar.dayOf(originalTime), own];
    for (const day of days) {
      const combo = this.combos.find(refund, day);
      if ("id" in combo) return { day, combo };
    }
    return { day: own, combo: null };
  }

  /** Keeps a copy of a standing version under another day. */
  #move(ref: Ref, day: DayNumber): void {
    const copy = new Arrival();
    this.store.read(ref, copy.s, copy.facts);
    copy.facts.day = day;
    copy.ref = ref;
    this.#moved.push(copy);
  }

  #keep(arrivals: readonly Arrival[], standing: Map<string, Standing>): Set<MonthNumber> {
    const { store, months } = this;
    const fresh: Arrival[] = [];
    const replacing: { arrival: Arrival; old: Ref; silent: boolean; countedAs: CountedAs | null }[] = [];
    for (const { kept, arrival, sameAsKept, keptCountedAs } of standing.values()) {
      if (arrival === undefined) continue;
      if (kept === undefined) fresh.push(arrival);
      else {
        const countedAs = sameAsKept ? null : keptCountedAs;
        replacing.push({ arrival, old: kept, silent: sameAsKept, countedAs });
      }
    }
    for (const moved of this.#moved)
      replacing.push({ arrival: moved, old: moved.ref, silent: false, countedAs: null });
    const buried = arrivals.filter((a) => a.fate === "buried");

    const touched = new Set<MonthNumber>();
    for (const a of fresh) touched.add(monthOfDay(a.facts.day));
    for (const { arrival, old, silent } of replacing) {
      if (silent) continue;
      touched.add(monthOfDay(arrival.facts.day));
      store.read(old, this.#other, this.#otherFacts);
      touched.add(monthOfDay(this.#otherFacts.day));
    }
    for (const month of touched) months.ensure(month);

    for (const { old, silent, countedAs } of replacing) {
      store.read(old, this.#other, this.#otherFacts);
      if (!silent) months.apply(this.#other, this.#otherFacts, -1);
      store.bury(old, monthOfDay(this.#otherFacts.day), this.#other.setl_id, countedAs);
    }
    this.#write(fresh, (batch, first) =>
      store.ids.insert(
        batch.map((a) => a.s.setl_id),
        first,
      ),
    );
    this.#write(
      replacing.map((r) => r.arrival),
      (batch) => {
        for (const a of batch) store.ids.set(a.s.setl_id, a.ref);
      },
    );
    this.#write(buried, (batch) => {
      for (const a of batch) store.bury(a.ref, monthOfDay(a.facts.day), a.s.setl_id, a.countedAs);
    });
    for (const a of this.#displaced) this.#toQuarantine(a.ref, "applied", a.s, a.facts, CONFLICT);
    for (const a of fresh) months.apply(a.s, a.facts, 1, a.combo);
    for (const { arrival, silent } of replacing) if (!silent) months.apply(arrival.s, arrival.facts, 1);

    if (this.changes.watchesAny(touched)) {
      for (const a of fresh) this.changes.settlement(a.s, a.facts, 1, arrivalCause(a.s));
      for (const { arrival, old, silent } of replacing) {
        if (silent) continue;
        store.read(old, this.#other, this.#otherFacts);
        this.changes.replaced({ s: this.#other, facts: this.#otherFacts }, arrival);
      }
    }

    for (const a of fresh) this.refunds.arrived(a.s);
    for (const { arrival, silent } of replacing) if (!silent) this.refunds.corrected(arrival.s);
    for (const a of fresh) this.#warn(a, false);
    for (const { arrival, silent } of replacing) if (!silent) this.#warn(arrival, true);
    return touched;
  }

  /** Writes versions in blocks of their months; `done` gets each month's versions and their first reference. */
  #write(versions: readonly Arrival[], done: (batch: Arrival[], first: Ref) => void): void {
    if (versions.length === 0) return;
    const byMonth = new Map<MonthNumber, Arrival[]>();
    for (const version of versions) {
      const month = monthOfDay(version.facts.day);
      const list = byMonth.get(month);
      if (list) list.push(version);
      else byMonth.set(month, [version]);
    }
    const writer: BlockWriter = this.store.blockWriter();
    for (const [month, batch] of byMonth) {
      let first = 0;
      for (let start = 0; start < batch.length; start += ROWS_PER_BLOCK) {
        const end = Math.min(start + ROWS_PER_BLOCK, batch.length);
        for (let i = start; i < end; i++) {
          writer.add(batch[i].s, batch[i].facts);
          this.facilityMonths.note(batch[i].s.fixmedins_code, month);
        }
        const block = this.store.writeBlock(month, end - start, writer.finish());
        for (let i = start; i < end; i++) batch[i].ref = block + i - start;
        if (start === 0) first = block;
      }
      done(batch, first);
    }
  }

  #warn(arrival: Arrival, replaces: boolean): void {
    const { s, facts } = arrival;
    if (replaces) this.store.dropWarnings(s.setl_id, OWN_WARNINGS);
    const warnings = s.vali_flag === "1" ? warningsOf(s) : 0;
    if (warnings & WARN_IN_SCOPE_ABOVE_FEE) {
      this.store.warn(s.setl_id, "in_scope_above_fee", facts, "C: inscp_scp_amt above medfee_sumamt");
    }
    if (warnings & WARN_PARTS_DIFFER) {
      this.store.warn(
        s.setl_id,
        "parts_differ",
        facts,
        "D: medfee_sumamt differs from fulamt_ownpay_amt + overlmt_selfpay + preselfpay_amt + inscp_scp_amt",
      );
    }
  }

  /** A copy of a kept version as an arrival, to be judged again. */
  recall(ref: Ref): Arrival {
    const arrival = new Arrival();
    this.store.read(ref, arrival.s, arrival.facts);
    return arrival;
  }

  /** Holds a kept version against the present tables: why it may not stand, or the day it counts on. */
  review(s: Settlement, facts: RowFacts): { rejection: Rejection | null; day: DayNumber } {
    const own = this.calendar.dayOf(s.setl_time);
    // Allowed or not is asked of its own time, as on arrival; the original decides only where it counts.
    const allowed = this.combos.find(s, own);
    if ("reason" in allowed) return { rejection: allowed, day: facts.day };
    let day = own;
    if (this.rules.originalPeriod && s.init_setl_id !== "") {
      const ref = this.store.ids.findOne(s.init_setl_id);
      if (ref !== undefined) {
        this.store.read(ref, this.#other, this.#otherFacts);
        const originalDay = this.calendar.dayOf(this.#other.setl_time);
        if ("id" in this.combos.find(s, originalDay)) day = originalDay;
      }
    }
    return { rejection: judgeTime(s, own, Number.POSITIVE_INFINITY, this.rules.firstDay), day };
  }

  /** Latest `setl_time` that was ever kept; null before the first. */
  latestTime(): EpochMs | null {
    const latest = this.store.meta("latest_time");
    return latest === undefined ? null : Number(latest);
  }

  /** Standing refunds of a settlement. */
  refundsOf(setlId: string): Ref[] {
    return this.refunds.refundsOf(setlId).flatMap((id) => this.store.ids.findOne(id) ?? []);
  }

  /**
   * Keeps a version that still stands under the day it counts on now. Returns the months touched, which must
   * be derived again.
   */
  replace(ref: Ref, log: ReviewLog | null): Set<MonthNumber> {
    const moved = this.recall(ref);
    const { rejection, day } = this.review(moved.s, moved.facts);
    if (this.store.ids.findOne(moved.s.setl_id) !== ref || rejection || day === moved.facts.day)
      return new Set();
    const from = monthOfDay(moved.facts.day);
    this.store.bury(ref, from, moved.s.setl_id, null);
    log?.gone(moved.s, moved.facts);
    moved.facts.day = day;
    log?.came(moved.s, moved.facts);
    this.#write([moved], ([copy]) => this.store.ids.set(copy.s.setl_id, copy.ref));
    return new Set([from, monthOfDay(day)]);
  }

  /**
   * Takes a standing version out because the tables no longer allow it: it waits in the quarantine, and the
   * greatest buried version that they do allow stands again; greater ones, which they do not allow either,
   * wait too. Returns the months touched, which must be derived again. Only inside `store.commit`.
   */
  withdraw(ref: Ref, rejection: Rejection, now: EpochMs, log: ReviewLog | null): Set<MonthNumber> {
    this.#now = now;
    const gone = this.recall(ref);
    log?.gone(gone.s, gone.facts);
    const id = gone.s.setl_id;
    this.store.bury(ref, monthOfDay(gone.facts.day), id, null);
    this.store.ids.drop(id);
    this.#toQuarantine(ref, "applied", gone.s, gone.facts, rejection);
    const touched = new Set([monthOfDay(gone.facts.day)]);
    const best = this.#next(id);
    if (best) {
      best.facts.day = this.review(best.s, best.facts).day;
      touched.add(monthOfDay(best.facts.day));
      log?.came(best.s, best.facts);
      this.#write([best], ([copy]) => this.store.ids.set(copy.s.setl_id, copy.ref));
    }
    this.refunds.corrected(best?.s ?? gone.s, best === undefined);
    if (best) this.#warn(best, true);
    else this.store.dropWarnings(id, OWN_WARNINGS);
    return touched;
  }

  /** The greatest buried version of a key that is allowed; it is buried no more, and counted as standing. */
  #next(setlId: string): Arrival | undefined {
    const candidates = this.store
      .buriedVersions(setlId)
      .map((buried): Candidate => ({ ...buried, version: this.recall(buried.ref) }))
      .sort((a, b) => (this.#standsBefore(a.version, b.version) ? -1 : 1));
    for (const candidate of candidates) {
      const rejection = this.judge(candidate.version, this.#now);
      this.store.forgetBuried(candidate.ref);
      if (rejection === null) {
        this.#countAsStanding(candidate);
        return candidate.version;
      }
      this.#wait(candidate, rejection);
    }
    return undefined;
  }

  /** What its record was counted as until now no longer holds: its version stands. */
  #countAsStanding({ ref, countedAs, version: { s, facts } }: Candidate): void {
    const { store } = this;
    const standing = countOf(s);
    if (countedAs === "duplicate") {
      store.tally(facts.place, "duplicate", -1);
      store.tally(facts.place, standing, 1);
    }
    if (countedAs !== "quarantined") return;
    for (const [i, entry] of this.#waiting(ref).entries()) {
      store.updateQuarantine(entry.id, { status: "resolved" });
      store.tally(entry.place, "quarantined", -1);
      // The same version in a second record adds nothing to the first.
      store.tally(entry.place, i === 0 ? standing : "duplicate", 1);
    }
  }

  /** A buried version that would come before what stands now, and is not allowed. */
  #wait({ ref, countedAs, version: { s, facts } }: Candidate, rejection: Rejection): void {
    if (countedAs !== "quarantined") this.#toQuarantine(ref, countedAs, s, facts, rejection);
    else for (const { id } of this.#waiting(ref)) this.store.updateQuarantine(id, { ...rejection });
  }

  #waiting(ref: Ref): QuarantineEntry[] {
    return this.store.quarantined("status = 'waiting' AND stream = 'settlement' AND ref = ?", ref);
  }

  /** A kept version waits in the quarantine; the tally of its record moves with it. */
  #toQuarantine(
    ref: Ref,
    countedAs: "applied" | "duplicate",
    s: Settlement,
    facts: RowFacts,
    rejection: Rejection,
  ): void {
    this.store.tally(facts.place, countedAs === "applied" ? countOf(s) : countedAs, -1);
    this.store.tally(facts.place, "quarantined", 1);
    this.store.quarantine({
      place: facts.place,
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

  #standsBefore(a: Arrival, b: Arrival): boolean {
    if (a.s.updt_time !== b.s.updt_time) return a.s.updt_time > b.s.updt_time;
    const form = (v: Arrival): string =>
      canonicalForm(v.s, this.persons.tagOf(v.facts.person).toString("hex"));
    return isGreater(form(a), form(b));
  }
}
