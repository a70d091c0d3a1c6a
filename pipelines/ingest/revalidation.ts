import { normaliseRecord, type SmallStream } from "../../aggregations/streams/record.js";
import { validateRecord } from "../../aggregations/streams/validate.js";
import { versionTime } from "../../aggregations/streams/version.js";
import { DELETED_KEY, type Decoder } from "../../connectors/ports/decoder.js";
import type { Outcome } from "../../connectors/ports/observer.js";
import type { SourceBatch } from "../../connectors/ports/source.js";
import type { QuarantineEntry } from "../../connectors/state/quarantine.js";
import type { Rejection } from "../../schemas/quarantine.js";
import type { EpochMs, MonthNumber } from "../../schemas/units.js";
import { IncomingSettlement } from "../ledger/incoming-settlement.js";
import type { IngestState } from "../ledger/ports.js";
import { unmappedCategory } from "../ledger/unmapped.js";
import { dueOf } from "./due.js";
import { type RecordDays, recordDays } from "./record-days.js";
import { type SmallRecords, validationContext } from "./small-records.js";

const NO_POSITION = {
  source: "",
  partition: "",
  next: 0,
  lastApplied: null,
  fingerprint: null,
  finished: false,
};

/** Entries that are judged again in one commit. */
export const BATCH = 500;

/** What judging waiting records again came to. */
export interface JudgedAgain {
  readonly retried: number;
  /** How many left the quarantine. */
  readonly resolved: number;
  /** A facility's data came in. */
  readonly facilities: boolean;
}

/** What judging an entry again comes to, once it is kept: its outcome, or null while it waits on. */
interface Judged {
  readonly entry: QuarantineEntry;
  /** Of a settlement that may be posted. */
  readonly incoming: IncomingSettlement | null;
  /** Keeps what came of it; inside the commit, after the settlements were posted. */
  readonly keep: () => Outcome | null;
}

/** Takes quarantined records that can be counted by now into the state, in batches of one commit each. */
export class Revalidation {
  constructor(
    private readonly state: IngestState,
    private readonly decoder: Decoder,
    private readonly records: SmallRecords,
    /** SQL condition on the quarantine: what is judged here, and not by who computes the figures elsewhere. */
    private readonly judgedHere: string,
  ) {}

  /** Numbers of the waiting records that fit an SQL condition on the quarantine, in their order. */
  waiting(where: string, parameters: readonly unknown[]): number[] {
    return this.state.store.quarantine.ids(
      `status = 'waiting' AND ${this.judgedHere} AND (${where})`,
      ...parameters,
    );
  }

  /** Validates some of them again, in one commit; those that wait no more are passed over. */
  async judge(ids: readonly number[]): Promise<JudgedAgain> {
    const entries = this.state.store.quarantine.find(
      `status = 'waiting' AND ${this.judgedHere} AND id IN (SELECT value FROM json_each(?))`,
      JSON.stringify(ids),
    );
    const judged: Judged[] = [];
    for (const entry of entries) {
      const batch = this.#again(entry);
      if (batch) await this.decoder.prepare(batch);
      judged.push(
        entry.stream === "settlement" ? this.#settlement(entry, batch) : this.#record(entry, batch!),
      );
    }
    let resolved = 0;
    let facilities = false;
    for (const [i, outcome] of this.#keep(judged).entries()) {
      if (outcome === null) continue;
      resolved++;
      if (judged[i].entry.stream === "facility") facilities = true;
    }
    return { retried: entries.length, resolved, facilities };
  }

  /** Keeps what a batch came to, in one commit. */
  #keep(judged: readonly Judged[]): (Outcome | null)[] {
    if (judged.length === 0) return [];
    const { store, ledger, months } = this.state;
    const posted = judged.flatMap(({ incoming }) => incoming ?? []);
    let touched: Iterable<MonthNumber> = [];
    const outcomes = store.commit(() => {
      if (posted.length > 0) {
        const inUse = ledger.post(posted, this.state.clock());
        for (const month of inUse) store.months.touch(month, months.summary(month));
        touched = inUse;
      }
      return judged.map(({ keep }) => keep());
    });
    months.evict(new Set(touched));
    return outcomes;
  }

  /** Deletions that wait for their settlement: the settlement's id, and the entry's. */
  async waitingDeletions(): Promise<Map<string, number[]>> {
    const found = new Map<string, number[]>();
    const entries = this.state.store.quarantine.find(
      "status = 'waiting' AND stream = 'settlement' AND reason = ? AND detail = ?",
      DELETED_KEY.reason,
      DELETED_KEY.detail,
    );
    const { s } = new IncomingSettlement();
    for (const entry of entries) {
      const batch = this.#again(entry);
      if (batch === null) continue;
      await this.decoder.prepare(batch);
      this.decoder.settlements(
        batch,
        () => s,
        (_index, _raw, rejection) => {
          if (rejection === DELETED_KEY) found.set(s.setl_id, [...(found.get(s.setl_id) ?? []), entry.id]);
        },
      );
    }
    return found;
  }

  /** A quarantined record's bytes as a batch of one; null for one that is kept as a version. */
  #again(entry: QuarantineEntry): SourceBatch | null {
    if (entry.raw === null) return null;
    return {
      stream: entry.stream,
      payload: { kind: "values", values: [this.state.privacy.open(entry.raw)] },
      positions: [entry.position],
      appendedAtMs: null,
      position: NO_POSITION,
    };
  }

  #settlement(entry: QuarantineEntry, batch: SourceBatch | null): Judged {
    const { store, ledger, privacy, persons } = this.state;
    const now = this.state.clock();
    let incoming = new IncomingSettlement();
    let rejection: Rejection | null = null;
    if (batch) {
      const { s } = incoming;
      this.decoder.settlements(
        batch,
        () => s,
        (_index, _raw, undecoded) => {
          rejection = undecoded;
        },
      );
    } else incoming = ledger.recall(entry.ref!);
    incoming.keyOnly = rejection === DELETED_KEY;
    incoming.waited = incoming.keyOnly;
    if (incoming.keyOnly) rejection = null;
    else rejection ??= batch ? ledger.validate(incoming, now) : ledger.validateKept(incoming);
    if (rejection) {
      const why: Rejection = rejection;
      const read = !Number.isNaN(incoming.s.setl_time);
      const days: RecordDays | null = read ? [incoming.facts.day, incoming.facts.day] : null;
      const latest = Math.max(incoming.s.setl_time, incoming.s.updt_time);
      const unmapped = unmappedCategory(why, incoming.s);
      return {
        entry,
        incoming: null,
        keep: () => {
          this.#stillWaiting(entry, why, latest, days);
          if (unmapped) store.quarantine.noteUnmapped(entry.id, unmapped.code, unmapped.fee);
          return null;
        },
      };
    }
    if (batch && !incoming.keyOnly) {
      incoming.facts.person = persons.numberOf(privacy.pseudonyms([incoming.s.psn_no]), 0);
      incoming.s.psn_no = "";
    }
    incoming.facts.partitionId = entry.partitionId;
    incoming.facts.position = entry.position;
    if (!incoming.keyOnly) {
      this.state.reporting.note(incoming.s.fixmedins_code, incoming.facts.day, incoming.s.setl_time);
    }
    const keep = (): Outcome | null => {
      if (incoming.outcome !== "quarantined") {
        const { day } = incoming.facts;
        this.#resolve(entry, incoming.outcome, incoming.keyOnly ? null : [day, day]);
        return incoming.outcome;
      }
      const ref = incoming.keyOnly ? null : incoming.ref;
      store.quarantine.update(entry.id, { ...incoming.rejection!, due: null, ref });
      return null;
    };
    return { entry, incoming, keep };
  }

  #record(entry: QuarantineEntry, batch: SourceBatch): Judged {
    const stream = entry.stream as SmallStream;
    const now = this.state.clock();
    const context = validationContext(this.state, now);
    let keep = (): Outcome | null => null;
    this.decoder.records(batch, (_index, _raw, decoded, undecoded) => {
      const record = decoded && normaliseRecord(stream, decoded);
      const rejection = undecoded ?? validateRecord(stream, record!, context);
      keep = () => {
        if (rejection) {
          const days = record ? recordDays(stream, record) : null;
          this.#stillWaiting(entry, rejection, record ? versionTime(record) : 0, days);
          return null;
        }
        const outcome = this.records.keep(stream, record!, entry.partitionId, entry.position, now);
        if (outcome === "quarantined") return null;
        this.#resolve(entry, outcome, recordDays(stream, record!));
        return outcome;
      };
    });
    return { entry, incoming: null, keep };
  }

  #resolve(entry: QuarantineEntry, outcome: Outcome, days: RecordDays | null): void {
    const { store } = this.state;
    const { changedFiles } = store;
    // A file of which no day is known is doubtful as a whole when it changes.
    if (days && changedFiles.daysOf(entry.partitionId)) changedFiles.noteDays(entry.partitionId, ...days);
    store.noteContent();
    // Its bytes are in the state by now, as what they say.
    store.quarantine.update(entry.id, { status: "resolved", raw: null });
    store.partitions.tally(entry.partitionId, "quarantined", -1);
    store.partitions.tally(entry.partitionId, outcome, 1);
  }

  #stillWaiting(
    entry: QuarantineEntry,
    rejection: Rejection,
    latest: EpochMs,
    days: RecordDays | null,
  ): void {
    // Of what cannot be read, its arrival stays.
    const [first_day, last_day] = days ?? [null, entry.first_day === null ? entry.last_day : null];
    const now = { ...rejection, first_day, last_day, due: dueOf(rejection, latest) };
    const same = (Object.keys(now) as (keyof typeof now)[]).every((key) => now[key] === entry[key]);
    if (!same) this.state.store.quarantine.update(entry.id, now);
  }
}
