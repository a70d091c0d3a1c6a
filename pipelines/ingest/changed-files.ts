import { normaliseRecord } from "../../aggregations/streams/record.js";
import { type Decoder, PASSED_OVER } from "../../connectors/ports/decoder.js";
import type { PartitionChange, SourceBatch } from "../../connectors/ports/source.js";
import { FundpulseError } from "../../schemas/errors.js";
import { Settlement } from "../../schemas/input/settlement.js";
import type { IngestState } from "../ledger/ports.js";
import { latestDayOf, type RecordDays, recordDays, spanOf } from "./record-days.js";

/** Keeps which files are no longer what was taken of them, and which figures that makes doubtful. */
export class ChangedPartitions {
  readonly #scratch = new Settlement();

  constructor(
    private readonly state: IngestState,
    private readonly decoder: Decoder,
  ) {}

  /** What a file looked like when its change was last told. */
  known(source: string, partition: string): string | undefined {
    const { partitions, changedFiles } = this.state.store;
    const found = partitions.find(source, partition);
    return found && changedFiles.find(found.id)?.mark;
  }

  /**
   * Looks into a change, and returns what keeps it. Doubtful are the days of the bills that were taken, and of those that stand in the file now;
   * where one of them cannot be read, every day up to the file's date.
   */
  async look(change: PartitionChange): Promise<() => void> {
    const { store, clock } = this.state;
    const now = clock();
    const latest = latestDayOf(this.state, change.stream, change.changedAtMs, now);
    const present = change.content === null ? "unreadable" : await this.#daysOf(change.content());
    const partition = store.partitions.find(change.source, change.partition);
    const taken = partition && store.changedFiles.daysOf(partition.id);
    // A state from before the days were kept has records of a file, and no days.
    const isKnown = taken !== undefined || (partition?.received ?? 0) === 0;
    const days = present === "unreadable" || !isKnown ? null : spanOf([taken ?? null, present]);
    const keep = (): void => {
      store.noteContent();
      store.changedFiles.report({
        partitionId: store.partitions.of(change.source, change.partition).id,
        detail: change.detail,
        mark: change.mark,
        first_day: days?.[0] ?? null,
        last_day: days?.[1] ?? Math.max(latest, taken?.[1] ?? latest),
        seen: now,
      });
    };
    return () => store.commit(keep);
  }

  /** A file is again what was taken of it. */
  restored(source: string, partition: string): void {
    const { store } = this.state;
    const found = store.partitions.find(source, partition);
    if (found === undefined) return;
    store.commit(() => {
      store.noteContent();
      store.changedFiles.restored(found.id);
    });
  }

  /** Someone has looked into the change of a file. FP2006 where none waits of that name. */
  dismiss(name: string, why: string): void {
    const { store } = this.state;
    const waiting = store.changedFiles.waiting();
    const nameOf = (id: number): string => store.partitions.byId(id).partition;
    const found = waiting.find((f) => nameOf(f.partitionId) === name);
    if (!found) {
      const names = waiting.map((f) => nameOf(f.partitionId)).join(", ");
      const there = names === "" ? "no file changed after it was taken" : `those that changed: ${names}`;
      throw new FundpulseError("FP2006", `no change of a file ${JSON.stringify(name)} waits; ${there}`);
    }
    store.commit(() => {
      store.noteContent();
      store.changedFiles.dismiss(found.partitionId, why);
    });
  }

  /** The days of the records in a file as it is now; null where there is none in it. */
  async #daysOf(content: AsyncIterable<SourceBatch>): Promise<RecordDays | null | "unreadable"> {
    let all: RecordDays | null = null;
    let unreadable = false;
    const add = (days: RecordDays | null): void => {
      if (days === null) unreadable = true;
      else all = spanOf([all, days]);
    };
    const { calendar } = this.state;
    for await (const batch of content) {
      await this.decoder.prepare(batch);
      const { stream } = batch;
      if (stream === "settlement") {
        const s = this.#scratch;
        this.decoder.settlements(
          batch,
          () => s,
          (_index, _raw, rejection) => {
            if (rejection === PASSED_OVER) return;
            const day = rejection === null ? calendar.dayOf(s.setl_time) : null;
            add(day === null ? null : [day, day]);
          },
        );
      } else {
        this.decoder.records(batch, (_index, _raw, record, rejection) => {
          if (rejection === PASSED_OVER) return;
          add(rejection === null && record ? recordDays(stream, normaliseRecord(stream, record)) : null);
        });
      }
    }
    return unreadable ? "unreadable" : all;
  }
}
