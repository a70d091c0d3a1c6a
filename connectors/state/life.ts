import type { EpochMs } from "../../schemas/units.js";
import type { HistoryRow } from "../ports/publisher.js";
import type { StateFile } from "./file.js";
import { note } from "./migrations/migrate.js";

/** What was done to the state as a whole since it was made: upgraded, restored, gaps accepted … */
export class StateLife {
  constructor(private readonly file: StateFile) {}

  /** Only inside a commit. */
  note(at: EpochMs, kind: string, detail: object): void {
    note(this.file.db, at, kind, detail);
    this.file.noteContent();
  }

  /** In the order in which it happened. */
  history(): HistoryRow[] {
    return this.file.sql("SELECT at, program, kind, detail FROM history ORDER BY id").all() as HistoryRow[];
  }
}
