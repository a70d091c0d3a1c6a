import type { EpochMs } from "../../schemas/units.js";
import type { GapRow } from "../ports/publisher.js";
import type { LostRecords, Position } from "../ports/source.js";
import type { StateFile } from "./file.js";
import type { StateLife } from "./life.js";
import type { Partitions } from "./partitions.js";

/** Records of a source that were lost before they were read, and that somebody accepted. */
export class Gaps {
  constructor(
    private readonly file: StateFile,
    private readonly partitions: Partitions,
    private readonly life: StateLife,
  ) {}

  /** Keeps a gap together with the position where reading goes on. A commit of its own. */
  accept(gap: LostRecords, next: Position, by: { readonly at: EpochMs; readonly who: string }): void {
    const { source, partition, kind, fromNext, toNext } = gap;
    this.file.commit(() => {
      this.file
        .sql(
          "INSERT INTO gap (source, partition, kind, from_next, to_next, at, by) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .run(source, partition, kind, fromNext, toNext, by.at, by.who);
      this.partitions.move(this.partitions.of(source, partition), next);
      this.life.note(by.at, "gap-accepted", { ...gap, goes_on_at: next.next, by: by.who });
    });
  }

  /** All of them, in the order in which they were accepted. */
  list(): GapRow[] {
    return this.file
      .sql(
        `SELECT id, source, partition, kind, from_next, to_next, at AS accepted_at, by AS accepted_by,
          CASE WHEN dismissed_at IS NULL THEN 'open' ELSE 'dismissed' END AS status, dismissed_at, dismissed_by, note
         FROM gap ORDER BY id`,
      )
      .all() as GapRow[];
  }

  /** How many are not dismissed. */
  open(): number {
    return this.file.sql("SELECT count(*) FROM gap WHERE dismissed_at IS NULL").pluck().get() as number;
  }

  /** False when no such gap stands open. A commit of its own. */
  dismiss(id: number, by: { readonly at: EpochMs; readonly who: string; readonly note: string }): boolean {
    return this.file.commit(() => {
      const { changes } = this.file
        .sql(
          "UPDATE gap SET dismissed_at = ?, dismissed_by = ?, note = ? WHERE id = ? AND dismissed_at IS NULL",
        )
        .run(by.at, by.who, by.note, id);
      if (changes > 0) this.life.note(by.at, "gap-dismissed", { id, by: by.who, note: by.note });
      return changes > 0;
    });
  }
}
