import {
  canonicalForm,
  flagPrecedence,
  isGreater,
  sameContent,
} from "../../aggregations/settlement/version.js";
import { DELETED_KEY } from "../../connectors/ports/decoder.js";
import type { CountedAs, KeptAside } from "../../connectors/state/kept-settlements.js";
import type { PersonTable } from "../../connectors/state/person-table.js";
import type { Ref, RowFacts } from "../../connectors/state/settlement-block.js";
import type { SqliteStore } from "../../connectors/state/store.js";
import { Settlement } from "../../schemas/input/settlement.js";
import type { EpochMs } from "../../schemas/units.js";
import { CONFLICT, type IncomingSettlement } from "./incoming-settlement.js";
import { emptyFacts } from "./months.js";
import type { WaitingSettlements } from "./waiting-settlements.js";

/** What is current for a key while a batch is decided. */
export interface CurrentEntry {
  /** Current version before the batch. */
  kept: Ref | undefined;
  /** Current version that came with this batch. */
  incoming: IncomingSettlement | undefined;
  /** What `kept` shows beside its content, while `incoming` is a copy of it with a later time; else null. */
  copied: KeptAside | null;
  /** How the record of `kept` counts once it is superseded; null: a copy with a later time counts in its place. */
  keptCountedAs: CountedAs | null;
}

/** What a batch comes to. */
export interface BatchVersions {
  readonly current: Map<string, CurrentEntry>;
  /** Copies that replaced an applied record and then lost to another version of the same time. */
  readonly displaced: readonly IncomingSettlement[];
}

/** Decides which version of each settlement is current (docs/specification.md#current-version). */
export class VersionResolver {
  readonly #other = new Settlement();
  readonly #otherFacts = emptyFacts();
  #displaced: IncomingSettlement[] = [];
  #now: EpochMs = 0;

  constructor(
    private readonly store: SqliteStore,
    private readonly persons: PersonTable,
    private readonly waiting: WaitingSettlements,
  ) {}

  /**
   * Decides a batch in its order: sets outcome and fate of each version, and returns what is current of each key
   * that the batch has. Only inside a commit.
   */
  resolve(incomingBatch: readonly IncomingSettlement[], now: EpochMs): BatchVersions {
    this.#now = now;
    this.#displaced = [];
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
        before = { kept: kept.get(i), incoming: undefined, copied: null, keptCountedAs: "applied" };
        if (incoming.keyOnly && before.kept === undefined) {
          incoming.outcome = "quarantined";
          incoming.rejection = DELETED_KEY;
          incoming.fate = "none";
          return;
        }
        current.set(id, before);
        if (before.kept === undefined) {
          before.incoming = incoming;
          return;
        }
      }
      if (incoming.keyOnly && incoming.waited && this.#isYounger(before, incoming.s.updt_time)) {
        // Deleted first and written again later: the deletion was of an older version.
        incoming.outcome = "duplicate";
        incoming.fate = "none";
        return;
      }
      if (incoming.keyOnly) this.#takeOut(incoming, before);
      this.#compare(incoming, before);
    });
    return { current, displaced: this.#displaced };
  }

  /** Whether what is current is of a later time; false where the time (NaN) is not known. */
  #isYounger({ incoming, kept }: CurrentEntry, time: EpochMs): boolean {
    if (incoming) return incoming.s.updt_time > time;
    this.store.settlements.read(kept!, this.#other, this.#otherFacts);
    return this.#other.updt_time > time;
  }

  /** Makes a deletion of which only the key is known the version of its settlement that is valid no more. */
  #takeOut(incoming: IncomingSettlement, { incoming: before, kept }: CurrentEntry): void {
    const { s, facts } = incoming;
    const deletedAt = s.updt_time;
    if (before) {
      s.copyFrom(before.s);
      Object.assign(facts, before.facts, { partitionId: facts.partitionId, position: facts.position });
    } else {
      const { partitionId, position } = facts;
      this.store.settlements.readCurrent(incoming.s.setl_id, kept!, s, facts);
      Object.assign(facts, { partitionId, position });
    }
    s.vali_flag = "0";
    if (deletedAt > s.updt_time) s.updt_time = deletedAt;
    incoming.outcome = "applied";
    incoming.tuple = null;
  }

  /** Holds a version against what is current for its key. */
  #compare(incoming: IncomingSettlement, entry: CurrentEntry): void {
    let other = this.#other;
    let facts = this.#otherFacts;
    if (entry.incoming) {
      other = entry.incoming.s;
      facts = entry.incoming.facts;
    } else this.store.settlements.readCurrent(incoming.s.setl_id, entry.kept!, other, facts);
    const { s } = incoming;
    const equal = sameContent(s, incoming.facts.person, other, facts.person);
    if (equal) {
      incoming.outcome = "duplicate";
      if (s.updt_time <= other.updt_time) {
        incoming.fate = "none";
        return;
      }
      // The held time moves on; the record that was applied stays the one that counts.
      incoming.facts.partitionId = facts.partitionId;
      incoming.facts.position = facts.position;
      incoming.facts.day = facts.day;
      if (entry.incoming) entry.incoming.fate = "none";
      else entry.copied = { updt_time: other.updt_time, refd_setl_flag: other.refd_setl_flag };
      entry.incoming = incoming;
      return;
    }
    if (s.updt_time < other.updt_time) {
      this.#tooOld(incoming);
      return;
    }
    // A cancellation in the same second comes before the bill that it cancels, which is a duplicate then.
    const precedence = s.updt_time === other.updt_time ? flagPrecedence(s, other) : 1;
    if (precedence < 0) {
      this.#tooOld(incoming);
      return;
    }
    if (precedence === 0) {
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
      if (entry.copied) entry.keptCountedAs = null;
    }
    entry.incoming = incoming;
    entry.copied = null;
  }

  /** A version older than the current one: kept, since it may become current again, unless it is known. */
  #tooOld(incoming: IncomingSettlement): void {
    incoming.outcome = "duplicate";
    incoming.countedAs = "duplicate";
    incoming.fate = this.#knownVersion(incoming) === undefined ? "superseded" : "none";
  }

  /** The current version loses to one of the same time: its own record is in conflict now. */
  #displace(entry: CurrentEntry, other: Settlement, facts: RowFacts): void {
    const loser = entry.incoming;
    if (loser === undefined) {
      this.waiting.add(entry.kept!, "applied", other, facts, CONFLICT, this.#now);
      entry.keptCountedAs = "quarantined";
      return;
    }
    loser.fate = "superseded";
    loser.countedAs = "quarantined";
    if (loser.outcome === "duplicate") {
      // Its own record was one too many; in conflict is the one that it took over from.
      this.#displaced.push(loser);
      if (entry.copied) entry.keptCountedAs = null;
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
      this.store.settlements.readCurrent(incoming.s.setl_id, ref, s, facts);
      return (
        s.updt_time === incoming.s.updt_time &&
        sameContent(s, facts.person, incoming.s, incoming.facts.person)
      );
    })?.ref;
  }
}
