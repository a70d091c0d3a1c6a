import { normaliseRecord, type SmallStream } from "../../aggregations/streams/record.js";
import { validateRecord } from "../../aggregations/streams/validate.js";
import { versionTime } from "../../aggregations/streams/version.js";
import { DELETED_KEY, type Decoder } from "../../connectors/ports/decoder.js";
import type { SourceBatch } from "../../connectors/ports/source.js";
import type { Outcome } from "../../connectors/state/partitions.js";
import type { QuarantineEntry } from "../../connectors/state/quarantine.js";
import type { Rejection } from "../../schemas/quarantine.js";
import type { EpochMs } from "../../schemas/units.js";
import { IncomingSettlement } from "../ledger/incoming.js";
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

/** Takes quarantined records that can be counted by now into the state, each in a commit of its own. */
export class Revalidation {
  constructor(
    private readonly state: IngestState,
    private readonly decoder: Decoder,
    private readonly records: SmallRecords,
  ) {}

  /**
   * Validates waiting records again: those that fit an SQL condition on the quarantine. Returns how many were tried,
   * how many left the quarantine, and whether a facility's data came in.
   */
  async run(
    where: string,
    parameters: readonly unknown[],
  ): Promise<{ retried: number; resolved: number; facilities: boolean }> {
    const entries = this.state.store.quarantine.find(`status = 'waiting' AND ${where}`, ...parameters);
    let resolved = 0;
    let facilities = false;
    for (const entry of entries) {
      const batch = this.#again(entry);
      if (batch) await this.decoder.prepare(batch);
      const outcome =
        entry.stream === "settlement"
          ? this.#retrySettlement(entry, batch)
          : this.#retryRecord(entry, batch!);
      if (outcome === null) continue;
      resolved++;
      if (entry.stream === "facility") facilities = true;
    }
    return { retried: entries.length, resolved, facilities };
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

  #retrySettlement(entry: QuarantineEntry, batch: SourceBatch | null): Outcome | null {
    const { store, ledger, privacy, persons, months } = this.state;
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
    else rejection ??= ledger.validate(incoming, now);
    if (rejection) {
      const read = !Number.isNaN(incoming.s.setl_time);
      const days: RecordDays | null = read ? [incoming.facts.day, incoming.facts.day] : null;
      this.#stillWaiting(entry, rejection, Math.max(incoming.s.setl_time, incoming.s.updt_time), days);
      const unmapped = unmappedCategory(rejection, incoming.s);
      if (unmapped) store.commit(() => store.quarantine.noteUnmapped(entry.id, unmapped.code, unmapped.fee));
      return null;
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
    const touched = store.commit(() => {
      const inUse = ledger.post([incoming], now);
      for (const month of inUse) store.months.touch(month, months.summary(month));
      if (incoming.outcome !== "quarantined") this.#resolve(entry, incoming.outcome);
      else {
        const ref = incoming.keyOnly ? null : incoming.ref;
        store.quarantine.update(entry.id, { ...incoming.rejection!, due: null, ref });
      }
      return inUse;
    });
    months.evict(touched);
    return incoming.outcome === "quarantined" ? null : incoming.outcome;
  }

  #retryRecord(entry: QuarantineEntry, batch: SourceBatch): Outcome | null {
    const stream = entry.stream as SmallStream;
    const now = this.state.clock();
    let found: Outcome | null = null;
    const context = validationContext(this.state, now);
    this.decoder.records(batch, (_index, _raw, decoded, undecoded) => {
      const record = decoded && normaliseRecord(stream, decoded);
      const rejection = undecoded ?? validateRecord(stream, record!, context);
      if (rejection) {
        const days = record ? recordDays(stream, record) : null;
        this.#stillWaiting(entry, rejection, record ? versionTime(record) : 0, days);
        return;
      }
      this.state.store.commit(() => {
        const outcome = this.records.keep(stream, record!, entry.partitionId, entry.position, now);
        if (outcome === "quarantined") return;
        this.#resolve(entry, outcome);
        found = outcome;
      });
    });
    return found;
  }

  #resolve(entry: QuarantineEntry, outcome: Outcome): void {
    const { store } = this.state;
    store.noteContent();
    store.quarantine.update(entry.id, { status: "resolved" });
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
    if (!same) this.state.store.commit(() => this.state.store.quarantine.update(entry.id, now));
  }
}
