import { normaliseRecord, type SmallStream } from "../../aggregations/streams/record.js";
import { validateRecord } from "../../aggregations/streams/validate.js";
import { versionTime } from "../../aggregations/streams/version.js";
import { DELETED_KEY, type Decoder, PASSED_OVER } from "../../connectors/ports/decoder.js";
import { type BatchOutcome, OUTCOMES, type Outcome } from "../../connectors/ports/observer.js";
import type { SourceBatch } from "../../connectors/ports/source.js";
import type { SourcePartition } from "../../connectors/state/partitions.js";
import { PSEUDONYM_BYTES } from "../../connectors/state/person-key.js";
import { Settlement, type StreamRecord } from "../../schemas/input/settlement.js";
import type { StreamName } from "../../schemas/input/streams.js";
import type { Rejection } from "../../schemas/quarantine.js";
import type { DayNumber, EpochMs } from "../../schemas/units.js";
import { CONFLICT, IncomingSettlement } from "../ledger/incoming-settlement.js";
import type { IngestState } from "../ledger/ports.js";
import { type UnmappedCategory, unmappedCategory } from "../ledger/unmapped.js";
import { ChangedPartitions } from "./changed-files.js";
import { dueOf } from "./due.js";
import { EarlyDeletions } from "./early-deletions.js";
import { latestDayOf, type RecordDays, recordDays, spanOf } from "./record-days.js";
import { Retrials } from "./retrials.js";
import { BATCH, Revalidation } from "./revalidation.js";
import { SmallRecords, validationContext } from "./small-records.js";
import { keepUnknownFields } from "./unknown-fields.js";

/** A record that goes to quarantine, with its own bytes sealed. */
interface Refused {
  readonly index: number;
  readonly rejection: Rejection;
  readonly raw: Buffer;
  /** Days of the figures that it would touch, where they could be read. */
  readonly days: RecordDays | null;
  readonly due: EpochMs | null;
  /** Of a bill whose category nobody knows. */
  readonly unmapped?: UnmappedCategory | null;
}

/** A decoded record of a small stream. */
interface Entry {
  readonly index: number;
  readonly record: StreamRecord;
  /** How many records of its batch came before it. */
  readonly ordinal: number;
}

const positionOf = (batch: SourceBatch, index: number): number =>
  index < batch.positions.length ? batch.positions[index] : batch.positions[0] + index;

/**
 * Takes batches into the state: decode, validate, resolve, keep, in one commit that also moves the position.
 * Every record ends as applied, duplicate, held or quarantined; a position that steps back is redelivery
 * and counts as nothing.
 */
export class Intake {
  readonly #pool: IncomingSettlement[] = [];
  /** Bumped by every commit that may change what is published. */
  changes = 0;
  /** Small streams whose current records changed since the figures were last computed. */
  readonly changedStreams: Set<StreamName>;
  /** Files that changed after they were taken. */
  readonly changedFiles: ChangedPartitions;
  readonly #records: SmallRecords;
  readonly #revalidation: Revalidation;
  readonly #retrials: Retrials;
  #tablesMoved = false;
  readonly #early: EarlyDeletions;

  constructor(
    private readonly state: IngestState,
    private readonly decoder: Decoder,
    options: { readonly judgedHere?: string } = {},
  ) {
    this.changedFiles = new ChangedPartitions(state, decoder);
    this.#records = new SmallRecords(state);
    this.#revalidation = new Revalidation(state, decoder, this.#records, options.judgedHere ?? "TRUE");
    this.#retrials = new Retrials(this.#revalidation);
    this.#early = new EarlyDeletions(state, this.#revalidation);
    this.changedStreams = this.#records.changedStreams;
  }

  /** Makes a batch durable. Throws only what must stop the program (a state that cannot be written …). */
  async accept(batch: SourceBatch): Promise<BatchOutcome> {
    await this.decoder.prepare(batch);
    await this.#early.load();
    const started = performance.now();
    const counts =
      batch.stream === "settlement" ? this.#settlements(batch) : this.#small(batch, batch.stream);
    this.changes++;
    await this.#deleteLate();
    if (batch.stream === "facility" && counts.applied > 0) await this.#facilitiesCame();
    const { source, partition } = batch.position;
    return { source, partition, ...counts, seconds: (performance.now() - started) / 1000 };
  }

  /** Judges again the deletions whose settlement has come. */
  async #deleteLate(): Promise<void> {
    const due = this.#early.takeDue();
    if (due.length > 0) await this.revalidate("id IN (SELECT value FROM json_each(?))", JSON.stringify(due));
  }

  /** Takes changed facilities into use, and validates again what waited for them. */
  async #facilitiesCame(): Promise<void> {
    if (!this.state.facilitiesChanged()) return;
    this.#retrials.due("reason = 'out_of_jurisdiction'", []);
    this.#tablesMoved = true;
    await this.judgeSome();
  }

  #settlements(batch: SourceBatch): Record<Outcome, number> {
    const { state } = this;
    const { store, ledger } = state;
    const now = state.clock();
    const first = store.partitions.find(batch.position.source, batch.position.partition)?.next ?? 0;
    const refused: Refused[] = [];
    let taken = 0;
    const next = (): IncomingSettlement => {
      if (taken === this.#pool.length) this.#pool.push(new IncomingSettlement());
      return this.#pool[taken];
    };
    const into = (): Settlement => next().s;
    let passedOver = 0;
    let visited = 0;
    this.decoder.settlements(batch, into, (index, raw, undecoded) => {
      const position = positionOf(batch, index);
      const ordinal = visited++;
      if (position < first) return;
      if (undecoded === PASSED_OVER) {
        passedOver++;
        return;
      }
      if (undecoded && undecoded !== DELETED_KEY) {
        refused.push({ index, rejection: undecoded, raw: state.privacy.seal(raw()), days: null, due: null });
        return;
      }
      const incoming = next();
      incoming.keyOnly = undecoded === DELETED_KEY;
      incoming.waited = false;
      incoming.ordinal = ordinal;
      incoming.facts.position = position;
      if (incoming.keyOnly) {
        taken++;
        return;
      }
      const rejection = ledger.validate(incoming, now);
      if (rejection) {
        refused.push({
          index,
          rejection,
          raw: state.privacy.seal(raw()),
          days: [incoming.facts.day, incoming.facts.day],
          due: dueOf(rejection, Math.max(incoming.s.setl_time, incoming.s.updt_time)),
          unmapped: unmappedCategory(rejection, incoming.s),
        });
      } else {
        state.reporting.note(incoming.s.fixmedins_code, incoming.facts.day, incoming.s.setl_time);
        taken++;
      }
    });
    const incomingBatch = this.#pool.slice(0, taken);
    const whole = incomingBatch.filter((a) => !a.keyOnly);
    const pseudonyms = state.privacy.pseudonyms(whole.map((a) => a.s.psn_no));
    whole.forEach((incoming, i) => {
      incoming.facts.person = state.persons.numberOf(pseudonyms, i * PSEUDONYM_BYTES);
      incoming.s.psn_no = "";
    });
    const counts: Record<Outcome, number> = { applied: 0, duplicate: 0, held: 0, quarantined: 0 };
    const touched = store.commit(() => {
      store.noteContent();
      const partition = store.partitions.of(batch.position.source, batch.position.partition);
      for (const incoming of incomingBatch) incoming.facts.partitionId = partition.id;
      const months = this.#post(batch, incomingBatch, now);
      this.#noteDays(
        batch,
        partition.id,
        whole.map((a) => [a.facts.day, a.facts.day]),
      );
      for (const incoming of incomingBatch) counts[incoming.outcome]++;
      counts.duplicate += passedOver;
      this.#finish(batch, partition, refused, counts, now);
      return months;
    });
    this.#early.came(incomingBatch);
    state.months.evict(touched);
    return counts;
  }

  /** Ends the commit of a batch: what it refused, its counts, and its position, which a redelivery never moves back. */
  #finish(
    batch: SourceBatch,
    partition: SourcePartition,
    refused: readonly Refused[],
    counts: Record<Outcome, number>,
    now: EpochMs,
  ): void {
    const { store } = this.state;
    counts.quarantined += refused.length;
    this.#refuse(batch, partition.id, refused, now);
    for (const outcome of OUTCOMES)
      store.partitions.tally(partition.id, outcome, counts[outcome], counts[outcome]);
    if (batch.position.next >= partition.next) store.partitions.move(partition, batch.position);
    keepUnknownFields(store, this.decoder);
  }

  /** Posts a batch and quarantines those that lost to another version of the same time. */
  #post(batch: SourceBatch, incomingBatch: readonly IncomingSettlement[], now: EpochMs): ReadonlySet<number> {
    const { store, ledger, months } = this.state;
    const touched = ledger.post(incomingBatch, now);
    const latest = this.#latestDay(batch, now);
    const losers = incomingBatch.filter((a) => a.outcome === "quarantined");
    const bytes = this.#sealed(batch, new Set(losers.map((a) => a.ordinal)));
    for (const incoming of losers) {
      const day = incoming.keyOnly ? null : this.state.calendar.dayOf(incoming.s.setl_time);
      const id = store.quarantine.add({
        partitionId: incoming.facts.partitionId,
        position: incoming.facts.position,
        stream: "settlement",
        ...incoming.rejection!,
        first_seen: now,
        first_day: day,
        last_day: day ?? latest,
        due: null,
        raw: bytes.get(incoming.ordinal) ?? null,
        ref: incoming.keyOnly ? null : incoming.ref,
      });
      if (incoming.keyOnly) this.#early.add(incoming.s.setl_id, id);
    }
    for (const month of touched) store.months.touch(month, months.summary(month));
    return touched;
  }

  /**
   * Sealed bytes of the records with these ordinals (how many records of the batch came before). Few batches have
   * any: they are read a second time.
   */
  #sealed(batch: SourceBatch, ordinals: ReadonlySet<number>): ReadonlyMap<number, Buffer> {
    const found = new Map<number, Buffer>();
    if (ordinals.size === 0) return found;
    const unused = new Settlement();
    let ordinal = 0;
    const seal = (raw: () => Buffer): void => {
      if (ordinals.has(ordinal)) found.set(ordinal, this.state.privacy.seal(raw()));
      ordinal++;
    };
    if (batch.stream === "settlement") {
      this.decoder.settlements(
        batch,
        () => unused,
        (_index, raw) => seal(raw),
      );
    } else this.decoder.records(batch, (_index, raw) => seal(raw));
    return found;
  }

  #refuse(batch: SourceBatch, partitionId: number, refused: readonly Refused[], now: EpochMs): void {
    const latest = this.#latestDay(batch, now);
    const { quarantine } = this.state.store;
    for (const { index, rejection, raw, days, due, unmapped } of refused) {
      const id = quarantine.add({
        partitionId,
        position: positionOf(batch, index),
        stream: batch.stream,
        ...rejection,
        first_seen: now,
        first_day: days?.[0] ?? null,
        last_day: days?.[1] ?? latest,
        due,
        raw,
        ref: null,
      });
      if (unmapped) quarantine.noteUnmapped(id, unmapped.code, unmapped.fee);
    }
  }

  /** Keeps which days a file's records touch: they tell what is doubtful should the file change. */
  #noteDays(batch: SourceBatch, partitionId: number, days: readonly (RecordDays | null)[]): void {
    if (batch.arrivedAtMs === undefined) return;
    const span = spanOf(days);
    if (span) this.state.store.changedFiles.noteDays(partitionId, ...span);
  }

  /** The latest day of figures that a record of a batch can be about which cannot be read. */
  #latestDay(batch: SourceBatch, now: EpochMs): DayNumber {
    return latestDayOf(this.state, batch.stream, batch.arrivedAtMs ?? batch.appendedAtMs, now);
  }

  #small(batch: SourceBatch, stream: SmallStream): Record<Outcome, number> {
    const { store, privacy } = this.state;
    const now = this.state.clock();
    const first = store.partitions.find(batch.position.source, batch.position.partition)?.next ?? 0;
    const refused: Refused[] = [];
    const entries: Entry[] = [];
    const context = validationContext(this.state, now);
    let passedOver = 0;
    let visited = 0;
    this.decoder.records(batch, (index, raw, decoded, undecoded) => {
      const ordinal = visited++;
      if (positionOf(batch, index) < first) return;
      if (undecoded === PASSED_OVER) {
        passedOver++;
        return;
      }
      const record = decoded && normaliseRecord(stream, decoded);
      const rejection = undecoded ?? validateRecord(stream, record!, context);
      if (rejection) {
        const due = record ? dueOf(rejection, versionTime(record)) : null;
        refused.push({
          index,
          rejection,
          raw: privacy.seal(raw()),
          days: record ? recordDays(stream, record) : null,
          due,
        });
      } else entries.push({ index, record: record!, ordinal });
    });
    const counts: Record<Outcome, number> = { applied: 0, duplicate: 0, held: 0, quarantined: 0 };
    store.commit(() => {
      store.noteContent();
      const partition = store.partitions.of(batch.position.source, batch.position.partition);
      const days = entries.map(({ record }) => recordDays(stream, record));
      this.#noteDays(batch, partition.id, days);
      const losers: Entry[] = [];
      for (const entry of entries) {
        const { index, record } = entry;
        const outcome = this.#records.keep(stream, record, partition.id, positionOf(batch, index), now);
        if (outcome === "quarantined") losers.push(entry);
        else counts[outcome]++;
      }
      const bytes = this.#sealed(batch, new Set(losers.map((entry) => entry.ordinal)));
      for (const { index, record, ordinal } of losers) {
        const raw = bytes.get(ordinal)!;
        refused.push({ index, rejection: CONFLICT, raw, days: recordDays(stream, record), due: null });
      }
      counts.duplicate += passedOver;
      this.#finish(batch, partition, refused, counts, now);
    });
    return counts;
  }

  /**
   * Validates waiting records again: those that fit an SQL condition on the quarantine. Returns how many were tried
   * and how many left the quarantine.
   */
  async revalidate(where: string, ...parameters: unknown[]): Promise<{ retried: number; resolved: number }> {
    const ids = this.#revalidation.waiting(where, parameters);
    const sum = { retried: 0, resolved: 0 };
    for (let from = 0; from < ids.length; from += BATCH) {
      const { retried, resolved } = await this.#judge(ids.slice(from, from + BATCH));
      sum.retried += retried;
      sum.resolved += resolved;
    }
    return sum;
  }

  async #judge(ids: readonly number[]): Promise<{ retried: number; resolved: number }> {
    const { retried, resolved, facilities } = await this.#revalidation.judge(ids);
    if (resolved > 0) {
      this.changes++;
      await this.#early.load();
      this.#early.lookUp();
      await this.#deleteLate();
    }
    if (facilities) await this.#facilitiesCame();
    return { retried, resolved };
  }

  /** Waiting records that fit an SQL condition are to be validated again behind what comes meanwhile. */
  judgeLater(where: string, ...parameters: unknown[]): void {
    this.#retrials.due(where, parameters);
  }

  /** Tables or rules changed: what waits for them is to be validated again, and only then are they in use for good. */
  tablesChanged(): void {
    this.#retrials.due("reason IN ('unknown_category', 'out_of_jurisdiction')", []);
    this.#tablesMoved = true;
    this.#judged();
  }

  /** Whether waiting records are due to be validated again. */
  get toJudge(): boolean {
    return this.#retrials.left > 0;
  }

  /** Validates some of those that are due, in one commit; returns how many left the quarantine. */
  async judgeSome(): Promise<number> {
    const { resolved } = await this.#judge(this.#retrials.take(BATCH));
    this.#judged();
    return resolved;
  }

  async judgeAll(): Promise<void> {
    while (this.toJudge) await this.judgeSome();
  }

  /** When all that followed from changed tables is done, the next start need not validate again. */
  #judged(): void {
    if (!this.#tablesMoved || this.toJudge) return;
    this.#tablesMoved = false;
    this.state.derived();
  }
}
