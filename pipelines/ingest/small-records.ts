import type { SmallStream } from "../../aggregations/streams/record.js";
import type { ValidationContext } from "../../aggregations/streams/validate.js";
import {
  canonicalContent,
  recordKey,
  resolveVersion,
  versionTime,
} from "../../aggregations/streams/version.js";
import { jsonText } from "../../connectors/encode/json.js";
import type { Outcome } from "../../connectors/ports/observer.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import type { StreamName } from "../../schemas/input/streams.js";
import type { EpochMs } from "../../schemas/units.js";
import { CONFLICT } from "../ledger/incoming-settlement.js";
import type { IngestState } from "../ledger/ports.js";
import { recordDays } from "./record-days.js";

/** What records are validated against beside themselves. */
export const validationContext = (state: IngestState, now: EpochMs): ValidationContext => ({
  now,
  insurances: Object.keys(state.config.insurances),
});

/** The records of every stream but `settlement`, on their way into the state. */
export class SmallRecords {
  /** Streams whose current records changed since the figures were last computed; whoever computes them clears it. */
  readonly changedStreams = new Set<StreamName>();

  constructor(private readonly state: IngestState) {}

  /**
   * Decides which version of a record's key is current, and keeps it. `quarantined` means that the record itself must
   * wait. Only inside a commit.
   */
  keep(
    stream: SmallStream,
    record: StreamRecord,
    partitionId: number,
    position: number,
    now: EpochMs,
  ): Outcome {
    const { store, privacy } = this.state;
    const key = recordKey(stream, record);
    const time = versionTime(record);
    const kept = store.records.get(stream, key);
    const keptRecord = kept && (JSON.parse(kept.content) as StreamRecord);
    const resolution = resolveVersion(
      keptRecord ? { time: versionTime(keptRecord), content: canonicalContent(stream, keptRecord) } : null,
      { time, content: canonicalContent(stream, record) },
    );
    if (resolution === "duplicate") return "duplicate";
    if (resolution === "conflict-incoming") return "quarantined";
    const at = resolution === "duplicate-newer" ? kept! : { partitionId, position };
    store.records.set(stream, {
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
      store.partitions.tally(kept!.partitionId, "applied", -1);
      store.partitions.tally(kept!.partitionId, "quarantined", 1);
      const days = recordDays(stream, keptRecord!);
      store.quarantine.add({
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
}
