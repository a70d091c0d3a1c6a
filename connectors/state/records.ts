import type { StreamRecord } from "../../schemas/input/settlement.js";
import type { StreamName } from "../../schemas/input/streams.js";
import type { StateFile } from "./file.js";

/** The current version of a small stream's record: its content as JSON, and which record it came as. */
export interface KeptRecord {
  readonly key: string;
  readonly updt_time: number;
  readonly content: string;
  readonly partitionId: number;
  readonly position: number;
}

/** The current records of every stream but `settlement`. */
export class Records {
  constructor(private readonly file: StateFile) {}

  /** Current records of a stream, by key. */
  all(stream: StreamName): { record: StreamRecord; partitionId: number; position: number }[] {
    const rows = this.file
      .sql("SELECT content, place AS partitionId, position FROM record WHERE stream = ? ORDER BY key")
      .all(stream) as KeptRecord[];
    return rows.map((r) => ({
      record: JSON.parse(r.content),
      partitionId: r.partitionId,
      position: r.position,
    }));
  }

  get(stream: StreamName, key: string): KeptRecord | undefined {
    return this.file
      .sql(
        "SELECT key, updt_time, content, place AS partitionId, position FROM record WHERE stream = ? AND key = ?",
      )
      .get(stream, key) as KeptRecord | undefined;
  }

  /** Makes this version the current one of its key. Only inside a commit. */
  set(stream: StreamName, kept: KeptRecord): void {
    this.file
      .sql(
        "INSERT OR REPLACE INTO record (stream, key, updt_time, content, place, position) VALUES (?, ?, ?, ?, ?, ?)",
      )
      .run(stream, kept.key, kept.updt_time, kept.content, kept.partitionId, kept.position);
  }
}
