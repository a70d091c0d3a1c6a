import { randomUUID } from "node:crypto";
import type { EpochMs } from "../../schemas/units.js";
import type { HistoryRow } from "../ports/publisher.js";
import type { StateFile } from "./file.js";
import { RESTORED } from "./meta-keys.js";
import { note } from "./migrations/migrate.js";
import { REPLACES, type Replaced } from "./peek.js";

/** What was done to the state as a whole since it was made: upgraded, restored, gaps accepted … */
export class StateLife {
  constructor(private readonly file: StateFile) {}

  /** Only inside a commit. */
  note(at: EpochMs, kind: string, detail: object): void {
    note(this.file.db, at, kind, detail);
    this.file.noteContent();
  }

  /**
   * The state goes on from here by itself: from now on it is another one than that which was published, so that nothing
   * derived of it, nor any member of a group, is taken for its own. Published files of `replaces` may be replaced.
   */
  branch(
    at: EpochMs,
    kind: string,
    detail: object,
    replaces: readonly Replaced[],
    also: () => void = () => {},
  ): void {
    const { file } = this;
    const before = file.stateId;
    const stateId = randomUUID();
    file.commit(() => {
      file.setMeta("state_id", stateId);
      file.setMeta(REPLACES, JSON.stringify([...replaces, { stateId: before, sequence: file.sequence }]));
      file.setMeta("publish_full", "1");
      file.setMeta("cells_sequence", "0");
      this.note(at, kind, { ...detail, before });
      also();
    });
    file.stateId = stateId;
  }

  /** A state that was put back from a backup begins its own history at its first start. */
  noteRestored(at: EpochMs): boolean {
    const detail = this.file.meta(RESTORED) ?? "";
    if (detail === "") return false;
    const replaces = JSON.parse(this.file.meta(REPLACES) ?? "[]") as Replaced[];
    this.branch(at, "restored", JSON.parse(detail) as object, replaces, () =>
      this.file.setMeta(RESTORED, ""),
    );
    return true;
  }

  /** A new state, beside published files of another one. */
  begin(at: EpochMs, kind: string, detail: object, replaces: readonly Replaced[]): void {
    this.file.commit(() => {
      this.file.setMeta(REPLACES, JSON.stringify(replaces));
      this.note(at, kind, detail);
    });
  }

  /** In the order in which it happened. */
  history(): HistoryRow[] {
    return this.file.sql("SELECT at, program, kind, detail FROM history ORDER BY id").all() as HistoryRow[];
  }
}
