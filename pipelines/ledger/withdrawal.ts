import { monthOfDay, type ZoneCalendar } from "../../aggregations/calendar.js";
import { canonicalForm, flagPrecedence, isGreater } from "../../aggregations/settlement/version.js";
import type { CountedAs } from "../../connectors/state/kept-settlements.js";
import type { PersonTable } from "../../connectors/state/person-table.js";
import type { Ref, RowFacts } from "../../connectors/state/settlement-block.js";
import type { SqliteStore } from "../../connectors/state/store.js";
import type { Settlement } from "../../schemas/input/settlement.js";
import type { Rejection } from "../../schemas/quarantine.js";
import type { DayNumber, EpochMs, MonthNumber } from "../../schemas/units.js";
import { countOf, type IncomingSettlement } from "./incoming-settlement.js";
import { forgetWarnings, warn } from "./own-warnings.js";
import type { ReclassificationLog } from "./reclassification-log.js";
import type { RefundIndex } from "./refund-index.js";
import type { VersionWriter } from "./version-writer.js";
import type { WaitingSettlements } from "./waiting-settlements.js";

/** A kept version that may become current again. */
interface Candidate {
  readonly ref: Ref;
  readonly countedAs: CountedAs;
  readonly version: IncomingSettlement;
}

/** How kept versions are read and checked again. */
export interface VersionChecks {
  recall(ref: Ref): IncomingSettlement;
  /** Why a kept version may not be current under the present tables, or the day it counts on. */
  reclassify(s: Settlement, facts: RowFacts): { rejection: Rejection | null; day: DayNumber };
  validateKept(incoming: IncomingSettlement): Rejection | null;
}

/** What reclassifying does to single versions: moves them to another day, or takes them out. */
export class Withdrawal {
  #now: EpochMs = 0;

  constructor(
    private readonly store: SqliteStore,
    private readonly calendar: ZoneCalendar,
    private readonly persons: PersonTable,
    private readonly refunds: RefundIndex,
    private readonly writer: VersionWriter,
    private readonly waiting: WaitingSettlements,
    private readonly versions: VersionChecks,
  ) {}

  /**
   * Keeps a current version under the day that it counts on now. Returns the months touched, which must
   * be derived again.
   */
  replace(ref: Ref, log: ReclassificationLog | null): Set<MonthNumber> {
    const moved = this.versions.recall(ref);
    const { rejection, day } = this.versions.reclassify(moved.s, moved.facts);
    if (this.store.settlements.ids.findOne(moved.s.setl_id) !== ref || rejection || day === moved.facts.day)
      return new Set();
    const from = monthOfDay(moved.facts.day);
    this.store.settlements.supersede(ref, from, moved.s.setl_id, null);
    log?.gone(moved.s, moved.facts);
    moved.facts.day = day;
    log?.came(moved.s, moved.facts);
    this.writer.write([moved], ([copy]) => this.store.settlements.ids.set(copy.s.setl_id, copy.ref));
    return new Set([from, monthOfDay(day)]);
  }

  /**
   * Takes a current version out because the tables no longer allow it: it waits in the quarantine, and the
   * greatest superseded version that they do allow is current again; greater ones, which they do not allow either,
   * wait too. Returns the months touched, which must be derived again. Only inside `store.commit`.
   */
  withdraw(ref: Ref, rejection: Rejection, now: EpochMs, log: ReclassificationLog | null): Set<MonthNumber> {
    this.#now = now;
    const gone = this.versions.recall(ref);
    log?.gone(gone.s, gone.facts);
    const id = gone.s.setl_id;
    this.store.settlements.supersede(ref, monthOfDay(gone.facts.day), id, null);
    this.store.settlements.ids.drop(id);
    this.waiting.add(ref, "applied", gone.s, gone.facts, rejection, this.#now);
    const touched = new Set([monthOfDay(gone.facts.day)]);
    const best = this.#next(id);
    if (best) {
      best.facts.day = this.versions.reclassify(best.s, best.facts).day;
      touched.add(monthOfDay(best.facts.day));
      log?.came(best.s, best.facts);
      this.writer.write([best], ([copy]) => this.store.settlements.ids.set(copy.s.setl_id, copy.ref));
    }
    this.refunds.corrected(best?.s ?? gone.s, best === undefined);
    if (best) warn(this.store, this.calendar, best, true);
    else forgetWarnings(this.store, id);
    return touched;
  }

  /** The greatest superseded version of a key that is allowed; it is superseded no more, and counted as the current one. */
  #next(setlId: string): IncomingSettlement | undefined {
    const candidates = this.store.settlements
      .supersededVersions(setlId)
      .map((superseded): Candidate => ({ ...superseded, version: this.versions.recall(superseded.ref) }))
      .sort((a, b) => (this.#precedes(a.version, b.version) ? -1 : 1));
    for (const candidate of candidates) {
      const rejection = this.versions.validateKept(candidate.version);
      this.store.settlements.forgetSuperseded(candidate.ref);
      if (rejection === null) {
        this.#countAsCurrent(candidate);
        return candidate.version;
      }
      this.#wait(candidate, rejection);
    }
    return undefined;
  }

  /** What its record was counted as until now no longer holds: its version is current. */
  #countAsCurrent({ ref, countedAs, version: { s, facts } }: Candidate): void {
    const { store } = this;
    const current = countOf(s);
    if (countedAs === "duplicate") {
      store.partitions.tally(facts.partitionId, "duplicate", -1);
      store.partitions.tally(facts.partitionId, current, 1);
    }
    if (countedAs !== "quarantined") return;
    for (const [i, entry] of this.waiting.of(ref).entries()) {
      store.quarantine.update(entry.id, { status: "resolved" });
      store.partitions.tally(entry.partitionId, "quarantined", -1);
      // The same version in a second record adds nothing to the first.
      store.partitions.tally(entry.partitionId, i === 0 ? current : "duplicate", 1);
    }
  }

  /** A superseded version that would come before what is current now, and is not allowed. */
  #wait({ ref, countedAs, version: { s, facts } }: Candidate, rejection: Rejection): void {
    if (countedAs !== "quarantined") this.waiting.add(ref, countedAs, s, facts, rejection, this.#now);
    else for (const { id } of this.waiting.of(ref)) this.store.quarantine.update(id, { ...rejection });
  }

  #precedes(a: IncomingSettlement, b: IncomingSettlement): boolean {
    if (a.s.updt_time !== b.s.updt_time) return a.s.updt_time > b.s.updt_time;
    const precedence = flagPrecedence(a.s, b.s);
    if (precedence !== 0) return precedence > 0;
    const form = (v: IncomingSettlement): string =>
      canonicalForm(v.s, this.persons.pseudonymOf(v.facts.person).toString("hex"));
    return isGreater(form(a), form(b));
  }
}
