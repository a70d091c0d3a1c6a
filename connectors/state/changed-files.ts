import type { DayNumber, EpochMs } from "../../schemas/units.js";
import type { StateFile } from "./file.js";

/** A file of the drop folder that is no longer what was taken of it. */
export interface ChangedFile {
  readonly partitionId: number;
  /** What happened to it, for people. */
  readonly detail: string;
  /** What it looks like now, as the source tells files apart. */
  readonly mark: string;
  /**
   * First and last day of the figures that its bills touch, those taken and those in it now; without a first
   * day any up to the last.
   */
  readonly first_day: DayNumber | null;
  readonly last_day: DayNumber;
  readonly seen: EpochMs;
  readonly status: "waiting" | "dismissed";
}

type Days = readonly [first: DayNumber, last: DayNumber];

/** Files that changed after they were taken, and the days that the records of each file touch. */
export class ChangedFiles {
  /** Bumped by every change. */
  revision = 0;
  readonly #days = new Map<number, Days>();
  readonly #changed = new Map<number, ChangedFile>();

  constructor(private readonly file: StateFile) {
    for (const [place, first, last] of file.db
      .prepare("SELECT place, first_day, last_day FROM place_days")
      .raw()
      .all() as [number, DayNumber, DayNumber][]) {
      this.#days.set(place, [first, last]);
    }
    const rows = file.db.prepare("SELECT *, place AS partitionId FROM changed_file").all() as ChangedFile[];
    for (const row of rows) this.#changed.set(row.partitionId, row);
  }

  /** Records of a file touch these days. Only inside a commit. */
  noteDays(partitionId: number, first: DayNumber, last: DayNumber): void {
    const known = this.#days.get(partitionId);
    if (known && known[0] <= first && known[1] >= last) return;
    const days: Days = known ? [Math.min(known[0], first), Math.max(known[1], last)] : [first, last];
    this.#days.set(partitionId, days);
    this.file
      .sql("INSERT OR REPLACE INTO place_days (place, first_day, last_day) VALUES (?, ?, ?)")
      .run(partitionId, ...days);
  }

  daysOf(partitionId: number): Days | undefined {
    return this.#days.get(partitionId);
  }

  find(partitionId: number): ChangedFile | undefined {
    return this.#changed.get(partitionId);
  }

  /** Those that nobody has dismissed. */
  waiting(): ChangedFile[] {
    return [...this.#changed.values()].filter((f) => f.status === "waiting");
  }

  /** Those of them that may have other bills of these days now. */
  waitingFor(first: DayNumber, last: DayNumber): ChangedFile[] {
    return this.waiting().filter((f) => f.last_day >= first && (f.first_day === null || f.first_day <= last));
  }

  /** A file changed, perhaps once more. Only inside a commit. */
  report(found: Omit<ChangedFile, "status">): void {
    this.revision++;
    this.#changed.set(found.partitionId, { ...found, status: "waiting" });
    this.file
      .sql(
        "INSERT OR REPLACE INTO changed_file (place, detail, mark, first_day, last_day, seen, status) VALUES (?, ?, ?, ?, ?, ?, 'waiting')",
      )
      .run(found.partitionId, found.detail, found.mark, found.first_day, found.last_day, found.seen);
  }

  /** A file is again what was taken of it. Only inside a commit. */
  restored(partitionId: number): void {
    if (!this.#changed.delete(partitionId)) return;
    this.revision++;
    this.file.sql("DELETE FROM changed_file WHERE place = ?").run(partitionId);
  }

  /** Someone looked into it: it is no longer told, until it changes again. Only inside a commit. */
  dismiss(partitionId: number, why: string): void {
    const found = this.#changed.get(partitionId);
    if (found?.status !== "waiting") return;
    this.revision++;
    this.#changed.set(partitionId, { ...found, status: "dismissed" });
    this.file
      .sql("UPDATE changed_file SET status = 'dismissed', note = ? WHERE place = ?")
      .run(why, partitionId);
  }
}
