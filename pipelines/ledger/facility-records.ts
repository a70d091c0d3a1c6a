import { canonicalContent, recordKey, versionTime } from "../../aggregations/streams/version.js";
import type { SqliteStore } from "../../connectors/state/store.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import { hashOf } from "./rules.js";

/** The facilities' data, from `facilities.csv` and the `facility` stream together. */
export class FacilityRecords {
  /** Current records by key. */
  current: readonly StreamRecord[] = [];
  /** Bumped whenever they were merged anew. */
  revision = 0;

  constructor(
    private readonly store: SqliteStore,
    private readonly fromFile: readonly StreamRecord[],
  ) {
    this.merge();
  }

  /** Takes the greatest version of each key; of equal times the stream's comes before the file's. */
  merge(): void {
    const byKey = new Map<string, StreamRecord>();
    const streamed = this.store.records.all("facility").map((r) => r.record);
    for (const record of [...this.fromFile, ...streamed]) {
      const key = recordKey("facility", record);
      const known = byKey.get(key);
      if (known === undefined || versionTime(record) >= versionTime(known)) byKey.set(key, record);
    }
    this.current = [...byKey.values()];
    this.revision++;
  }

  /** A hash of each facility's records by its code, so that a later start sees which changed. */
  contents(): Readonly<Record<string, string>> {
    const contents = new Map<string, string[]>();
    for (const record of this.current) {
      const code = String(record.fixmedins_code);
      const list = contents.get(code);
      if (list) list.push(canonicalContent("facility", record));
      else contents.set(code, [canonicalContent("facility", record)]);
    }
    return Object.fromEntries(
      [...contents]
        .map(([code, list]) => [code, hashOf([...list].sort())] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }
}
