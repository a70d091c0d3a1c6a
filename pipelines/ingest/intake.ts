import { FUTURE_TOLERANCE_MS } from "../../aggregations/settlement/validate.js";
import { normaliseRecord, type SmallStream } from "../../aggregations/streams/record.js";
import { validateRecord } from "../../aggregations/streams/validate.js";
import {
  canonicalContent,
  recordKey,
  resolveVersion,
  versionTime,
} from "../../aggregations/streams/version.js";
import { jsonText } from "../../connectors/encode/json.js";
import type { Decoder } from "../../connectors/ports/decoder.js";
import type { BatchOutcome } from "../../connectors/ports/observer.js";
import type { SourceBatch } from "../../connectors/ports/source.js";
import { PSEUDONYM_BYTES } from "../../connectors/state/person-key.js";
import type { Outcome, QuarantineEntry } from "../../connectors/state/store.js";
import { Settlement, type StreamRecord } from "../../schemas/input/settlement.js";
import type { StreamName } from "../../schemas/input/streams.js";
import type { Rejection } from "../../schemas/quarantine.js";
import type { EpochMs } from "../../schemas/units.js";
import { CONFLICT, IncomingSettlement } from "../ledger/settlements.js";
import type { State } from "../ledger/state.js";
import { type RecordDays, recordDays } from "./record-days.js";

/** A record that goes to quarantine, with its own bytes sealed. */
interface Refused {
  readonly index: number;
  readonly rejection: Rejection;
  readonly raw: Buffer;
  /** Days of the figures that it would touch, where they could be read. */
  readonly days: RecordDays | null;
  readonly due: EpochMs | null;
}

/** A decoded record of a small stream. */
interface Entry {
  readonly index: number;
  readonly record: StreamRecord;
  readonly raw: Buffer;
}

/** Quarantined records validated again in one commit. */
const REVALIDATE_CHUNK = 500;

const NO_POSITION = {
  source: "",
  partition: "",
  next: 0,
  lastApplied: null,
  fingerprint: null,
  finished: false,
};

const positionOf = (batch: SourceBatch, index: number): number =>
  index < batch.positions.length ? batch.positions[index] : batch.positions[0] + index;

/**
 * Takes batches into the state: decode, judge, decide, keep, in one commit that also moves the position.
 * Every record ends as applied, duplicate, held or quarantined; a position that steps back is redelivery
 * and counts as nothing.
 */
export class Intake {
  readonly #pool: IncomingSettlement[] = [];
  /** Bumped by every commit that may change what is published. */
  changes = 0;
  /** Small streams whose current records changed since the figures were last computed. */
  readonly changedStreams = new Set<StreamName>();

  constructor(
    private readonly state: State,
    private readonly decoder: Decoder,
  ) {}

  /** Makes a batch durable. Throws only what must stop the program (a state that cannot be written …). */
  async accept(batch: SourceBatch): Promise<BatchOutcome> {
    await this.decoder.prepare(batch);
    const started = performance.now();
    const counts =
      batch.stream === "settlement" ? this.#settlements(batch) : this.#records(batch, batch.stream);
    this.changes++;
    if (batch.stream === "facility" && counts.applied > 0) await this.#facilitiesCame();
    const { source, partition } = batch.position;
    return { source, partition, ...counts, seconds: (performance.now() - started) / 1000 };
  }

  /** Takes changed facilities into use, and judges again what waited for them. */
  async #facilitiesCame(): Promise<void> {
    if (!this.state.facilitiesChanged()) return;
    await this.revalidate("reason = 'out_of_jurisdiction'");
    // All that followed from them is done: the next start need not validate again.
    this.state.derived();
  }

  #settlements(batch: SourceBatch): Record<Outcome, number> {
    const { state } = this;
    const { store, ledger } = state;
    const now = state.clock();
    const first = store.findPartition(batch.position.source, batch.position.partition)?.next ?? 0;
    const refused: Refused[] = [];
    let taken = 0;
    const next = (): IncomingSettlement => {
      if (taken === this.#pool.length) this.#pool.push(new IncomingSettlement());
      return this.#pool[taken];
    };
    const into = (): Settlement => next().s;
    this.decoder.settlements(batch, into, (index, raw, undecoded) => {
      const position = positionOf(batch, index);
      if (position < first) return;
      if (undecoded) {
        refused.push({ index, rejection: undecoded, raw: state.privacy.seal(raw()), days: null, due: null });
        return;
      }
      const incoming = next();
      incoming.facts.position = position;
      const rejection = ledger.validate(incoming, now);
      if (rejection) {
        refused.push({
          index,
          rejection,
          raw: state.privacy.seal(raw()),
          days: [incoming.facts.day, incoming.facts.day],
          due: dueOf(rejection, Math.max(incoming.s.setl_time, incoming.s.updt_time)),
        });
      } else {
        state.reporting.note(incoming.s.fixmedins_code, incoming.facts.day, incoming.s.setl_time);
        taken++;
      }
    });
    const incomingBatch = this.#pool.slice(0, taken);
    const pseudonyms = state.privacy.pseudonyms(incomingBatch.map((a) => a.s.psn_no));
    incomingBatch.forEach((incoming, i) => {
      incoming.facts.person = state.persons.numberOf(pseudonyms, i * PSEUDONYM_BYTES);
      incoming.s.psn_no = "";
    });
    const counts: Record<Outcome, number> = { applied: 0, duplicate: 0, held: 0, quarantined: 0 };
    const touched = store.commit(() => {
      store.noteContent();
      const partition = store.partition(batch.position.source, batch.position.partition);
      for (const incoming of incomingBatch) incoming.facts.partitionId = partition.id;
      const months = this.#post(batch, incomingBatch, now);
      for (const incoming of incomingBatch) counts[incoming.outcome]++;
      counts.quarantined += refused.length;
      this.#refuse(batch, partition.id, refused, now);
      for (const outcome of OUTCOMES) store.tally(partition.id, outcome, counts[outcome], counts[outcome]);
      store.movePosition(partition, batch.position);
      return months;
    });
    state.months.evict(touched);
    return counts;
  }

  /** Posts arrivals and files those that lost to another version of the same time. */
  #post(batch: SourceBatch, incomingBatch: readonly IncomingSettlement[], now: EpochMs): ReadonlySet<number> {
    const { store, ledger, months } = this.state;
    const touched = ledger.post(incomingBatch, now);
    const losers = incomingBatch.filter((a) => a.outcome === "quarantined");
    const bytes = this.#sealed(batch, new Set(losers.map((a) => a.facts.position)));
    for (const incoming of losers) {
      const day = this.state.calendar.dayOf(incoming.s.setl_time);
      store.quarantine({
        partitionId: incoming.facts.partitionId,
        position: incoming.facts.position,
        stream: "settlement",
        ...incoming.rejection!,
        first_seen: now,
        first_day: day,
        last_day: day,
        due: null,
        raw: bytes.get(incoming.facts.position) ?? null,
        ref: incoming.ref,
      });
    }
    for (const month of touched) store.touchMonth(month, months.summary(month));
    return touched;
  }

  /** Bytes of the records at some positions, sealed. Few batches have any: they are read a second time. */
  #sealed(batch: SourceBatch, positions: ReadonlySet<number>): ReadonlyMap<number, Buffer> {
    const found = new Map<number, Buffer>();
    if (positions.size === 0) return found;
    const unused = new Settlement();
    this.decoder.settlements(
      batch,
      () => unused,
      (index, raw) => {
        const position = positionOf(batch, index);
        if (positions.has(position)) found.set(position, this.state.privacy.seal(raw()));
      },
    );
    return found;
  }

  #refuse(batch: SourceBatch, partitionId: number, refused: readonly Refused[], now: EpochMs): void {
    for (const { index, rejection, raw, days, due } of refused) {
      this.state.store.quarantine({
        partitionId,
        position: positionOf(batch, index),
        stream: batch.stream,
        ...rejection,
        first_seen: now,
        first_day: days?.[0] ?? null,
        last_day: days?.[1] ?? null,
        due,
        raw,
        ref: null,
      });
    }
  }

  #records(batch: SourceBatch, stream: SmallStream): Record<Outcome, number> {
    const { store, privacy } = this.state;
    const now = this.state.clock();
    const first = store.findPartition(batch.position.source, batch.position.partition)?.next ?? 0;
    const refused: Refused[] = [];
    const entries: Entry[] = [];
    this.decoder.records(batch, (index, raw, decoded, undecoded) => {
      if (positionOf(batch, index) < first) return;
      const record = decoded && normaliseRecord(stream, decoded);
      const rejection = undecoded ?? validateRecord(stream, record!, { now });
      const sealed = privacy.seal(raw());
      if (rejection) {
        const due = record ? dueOf(rejection, versionTime(record)) : null;
        refused.push({
          index,
          rejection,
          raw: sealed,
          days: record ? recordDays(stream, record) : null,
          due,
        });
      } else entries.push({ index, record: record!, raw: sealed });
    });
    const counts: Record<Outcome, number> = { applied: 0, duplicate: 0, held: 0, quarantined: 0 };
    store.commit(() => {
      store.noteContent();
      const partition = store.partition(batch.position.source, batch.position.partition);
      for (const { index, record, raw } of entries) {
        const position = positionOf(batch, index);
        const outcome = this.#keepRecord(stream, record, partition.id, position, now);
        counts[outcome]++;
        if (outcome === "quarantined") {
          refused.push({ index, rejection: CONFLICT, raw, days: recordDays(stream, record), due: null });
          counts.quarantined--;
        }
      }
      counts.quarantined += refused.length;
      this.#refuse(batch, partition.id, refused, now);
      for (const outcome of OUTCOMES) store.tally(partition.id, outcome, counts[outcome], counts[outcome]);
      store.movePosition(partition, batch.position);
    });
    return counts;
  }

  /** Decides which version of a small stream's key stands, and keeps it. */
  #keepRecord(
    stream: SmallStream,
    record: StreamRecord,
    partitionId: number,
    position: number,
    now: EpochMs,
  ): Outcome {
    const { store, privacy } = this.state;
    const key = recordKey(stream, record);
    const time = versionTime(record);
    const kept = store.record(stream, key);
    const keptRecord = kept && (JSON.parse(kept.content) as StreamRecord);
    const resolution = resolveVersion(
      keptRecord ? { time: versionTime(keptRecord), content: canonicalContent(stream, keptRecord) } : null,
      { time, content: canonicalContent(stream, record) },
    );
    if (resolution === "duplicate") return "duplicate";
    if (resolution === "conflict-incoming") return "quarantined";
    const at = resolution === "duplicate-newer" ? kept! : { partitionId, position };
    store.setRecord(stream, {
      key,
      updt_time: time,
      content: JSON.stringify(record),
      partitionId: at.partitionId,
      position: at.position,
    });
    if (resolution === "duplicate-newer") return "duplicate";
    this.changedStreams.add(stream);
    this.state.changes.record(stream, keptRecord ?? null, record);
    if (resolution === "conflict-current") {
      store.tally(kept!.partitionId, "applied", -1);
      store.tally(kept!.partitionId, "quarantined", 1);
      const days = recordDays(stream, keptRecord!);
      store.quarantine({
        partitionId: kept!.partitionId,
        position: kept!.position,
        stream,
        ...CONFLICT,
        first_seen: now,
        first_day: days?.[0] ?? null,
        last_day: days?.[1] ?? null,
        due: null,
        raw: privacy.seal(Buffer.from(jsonText({ stream, record: keptRecord! }))),
        ref: null,
      });
    }
    return "applied";
  }

  /** Judges waiting records again; returns how many were tried and how many left the quarantine. */
  async revalidate(where: string, ...parameters: unknown[]): Promise<{ retried: number; resolved: number }> {
    const { store } = this.state;
    const entries = store.quarantined(`status = 'waiting' AND ${where}`, ...parameters);
    let resolved = 0;
    let facilities = false;
    for (let start = 0; start < entries.length; start += REVALIDATE_CHUNK) {
      for (const entry of entries.slice(start, start + REVALIDATE_CHUNK)) {
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
    }
    if (resolved > 0) this.changes++;
    if (facilities) await this.#facilitiesCame();
    return { retried: entries.length, resolved };
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
    rejection ??= ledger.validate(incoming, now);
    if (rejection) {
      const read = !Number.isNaN(incoming.s.setl_time);
      const days: RecordDays | null = read ? [incoming.facts.day, incoming.facts.day] : null;
      this.#stillWaiting(entry, rejection, Math.max(incoming.s.setl_time, incoming.s.updt_time), days);
      return null;
    }
    if (batch) {
      incoming.facts.person = persons.numberOf(privacy.pseudonyms([incoming.s.psn_no]), 0);
      incoming.s.psn_no = "";
    }
    incoming.facts.partitionId = entry.partitionId;
    incoming.facts.position = entry.position;
    this.state.reporting.note(incoming.s.fixmedins_code, incoming.facts.day, incoming.s.setl_time);
    const touched = store.commit(() => {
      const inUse = ledger.post([incoming], now);
      for (const month of inUse) store.touchMonth(month, months.summary(month));
      if (incoming.outcome !== "quarantined") this.#resolve(entry, incoming.outcome);
      else store.updateQuarantine(entry.id, { ...incoming.rejection!, due: null, ref: incoming.ref });
      return inUse;
    });
    months.evict(touched);
    return incoming.outcome === "quarantined" ? null : incoming.outcome;
  }

  #retryRecord(entry: QuarantineEntry, batch: SourceBatch): Outcome | null {
    const stream = entry.stream as SmallStream;
    const now = this.state.clock();
    let found: Outcome | null = null;
    this.decoder.records(batch, (_index, _raw, decoded, undecoded) => {
      const record = decoded && normaliseRecord(stream, decoded);
      const rejection = undecoded ?? validateRecord(stream, record!, { now });
      if (rejection) {
        const days = record ? recordDays(stream, record) : null;
        this.#stillWaiting(entry, rejection, record ? versionTime(record) : 0, days);
        return;
      }
      this.state.store.commit(() => {
        const outcome = this.#keepRecord(stream, record!, entry.partitionId, entry.position, now);
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
    store.updateQuarantine(entry.id, { status: "resolved" });
    store.tally(entry.partitionId, "quarantined", -1);
    store.tally(entry.partitionId, outcome, 1);
  }

  #stillWaiting(
    entry: QuarantineEntry,
    rejection: Rejection,
    latest: EpochMs,
    days: RecordDays | null,
  ): void {
    const [first_day, last_day] = days ?? [null, null];
    const now = { ...rejection, first_day, last_day, due: dueOf(rejection, latest) };
    const same = (Object.keys(now) as (keyof typeof now)[]).every((key) => now[key] === entry[key]);
    if (!same) this.state.store.commit(() => this.state.store.updateQuarantine(entry.id, now));
  }
}

const OUTCOMES = ["applied", "duplicate", "held", "quarantined"] as const satisfies readonly Outcome[];
/** When a record from the future can be validated again. */
function dueOf(rejection: Rejection, latest: EpochMs): EpochMs | null {
  return rejection.reason === "future_time" && Number.isFinite(latest) ? latest - FUTURE_TOLERANCE_MS : null;
}
