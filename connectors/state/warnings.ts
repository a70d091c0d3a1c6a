import type { StreamName } from "../../schemas/input/streams.js";
import { ChangedKeys } from "./changed-keys.js";
import type { StateFile } from "./file.js";

/** A warning as listed: never a value of the record. */
export interface ListedWarning {
  readonly record_key: string;
  readonly warning: string;
  readonly stream: StreamName;
  readonly partitionId: number;
  readonly position: number;
  readonly detail: string;
}

/** Warnings of records that are counted all the same. */
export class Warnings {
  /** Bumped by every change. */
  revision = 0;
  /** Keys of the records whose warnings changed since they were published. */
  readonly changed = new ChangedKeys();

  constructor(private readonly file: StateFile) {}

  /** Warns of a record; the same warning again replaces the first. Only inside a commit. */
  set(
    recordKey: string,
    warning: string,
    at: { readonly partitionId: number; readonly position: number },
    detail: string,
    stream: StreamName = "settlement",
  ): void {
    this.revision++;
    this.changed.add(recordKey);
    this.file
      .sql(
        "INSERT OR REPLACE INTO warning (record_key, warning, stream, place, position, detail) VALUES (?, ?, ?, ?, ?, ?)",
      )
      .run(recordKey, warning, stream, at.partitionId, at.position, detail);
  }

  /** Only inside a commit. */
  drop(recordKey: string, warnings: readonly string[]): void {
    const names = warnings.map(() => "?").join(", ");
    const dropped = this.file
      .sql(`DELETE FROM warning WHERE record_key = ? AND warning IN (${names})`)
      .run(recordKey, ...warnings).changes;
    this.revision += dropped;
    if (dropped > 0) this.changed.add(recordKey);
  }

  /** How many warnings there are. */
  size(): number {
    return this.file.sql("SELECT count(*) FROM warning").pluck().get() as number;
  }

  /** The warnings of some records. */
  of(recordKeys: readonly string[]): ListedWarning[] {
    return this.file
      .sql(
        "SELECT record_key, warning, stream, place AS partitionId, position, detail FROM warning WHERE record_key IN (SELECT value FROM json_each(?))",
      )
      .all(JSON.stringify(recordKeys)) as ListedWarning[];
  }

  listed(limit: number): ListedWarning[] {
    return this.file
      .sql("SELECT record_key, warning, stream, place AS partitionId, position, detail FROM warning LIMIT ?")
      .all(limit) as ListedWarning[];
  }
}
