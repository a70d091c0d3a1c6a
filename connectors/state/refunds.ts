import { AMOUNT_INDEX, type Settlement } from "../../schemas/input/settlement.js";
import type { EpochMs, Fen } from "../../schemas/units.js";
import { ChangedKeys } from "./changed-keys.js";
import type { StateFile } from "./file.js";

/** A refund whose original was never seen; `fee` in fen, as the refund has it (negative as a rule). */
export interface OrphanRefund {
  readonly setl_id: string;
  readonly init_setl_id: string;
  readonly setl_time: EpochMs;
  readonly fee: Fen;
}

/** The current refunds by the settlement that they reverse. Changed only inside a commit. */
export class Refunds {
  /** Bumped when the list of refunds without an original may have changed. */
  revision = 0;
  /** Ids of refunds that came to that list, or may have left it, since it was published. */
  readonly changed = new ChangedKeys();

  constructor(private readonly file: StateFile) {}

  /** Originals that some refund waits for. */
  awaitedOriginals(): string[] {
    const rows = this.file.sql("SELECT DISTINCT init_setl_id FROM refund WHERE orphan = 1").raw().all();
    return (rows as [string][]).map(([id]) => id);
  }

  /** Ids of the refunds of an original. */
  of(originalId: string): string[] {
    const rows = this.file.sql("SELECT setl_id FROM refund WHERE init_setl_id = ?").raw().all(originalId);
    return (rows as [string][]).map(([id]) => id);
  }

  /** The settlement that a refund reverses; undefined where this is none. */
  originalOf(refundId: string): string | undefined {
    const row = this.file.sql("SELECT init_setl_id FROM refund WHERE setl_id = ?").raw().get(refundId);
    return (row as [string] | undefined)?.[0];
  }

  /** Keeps a refund; `orphan` says that its original was never seen. */
  set(refund: Settlement, orphan: boolean): void {
    if (orphan) {
      this.revision++;
      this.changed.add(refund.setl_id);
    }
    this.file
      .sql(
        `INSERT INTO refund (setl_id, init_setl_id, orphan, setl_time, fee, valid) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (setl_id) DO UPDATE SET init_setl_id = excluded.init_setl_id, orphan = excluded.orphan,
           setl_time = excluded.setl_time, fee = excluded.fee, valid = excluded.valid`,
      )
      .run(
        refund.setl_id,
        refund.init_setl_id,
        orphan ? 1 : 0,
        refund.setl_time,
        refund.amounts[AMOUNT_INDEX.medfee_sumamt],
        refund.vali_flag === "1" ? 1 : 0,
      );
  }

  delete(refundId: string): void {
    const { changes } = this.file.sql("DELETE FROM refund WHERE setl_id = ?").run(refundId);
    this.revision += changes;
    if (changes > 0) this.changed.add(refundId);
  }

  /** The original of some refunds came, or is gone. */
  setOrphans(originalId: string, orphan: boolean): void {
    this.revision++;
    for (const id of this.of(originalId)) this.changed.add(id);
    this.file.sql("UPDATE refund SET orphan = ? WHERE init_setl_id = ?").run(orphan ? 1 : 0, originalId);
  }

  /** How many valid refunds an original has, and what they refund together (fen). */
  totalOf(originalId: string): { readonly count: number; readonly fee: Fen } {
    return this.file
      .sql(
        "SELECT count(*) AS count, coalesce(sum(fee), 0) AS fee FROM refund WHERE init_setl_id = ? AND valid = 1",
      )
      .get(originalId) as { count: number; fee: Fen };
  }

  /** How many refunds without an original there are, valid or not. */
  size(): number {
    return this.file.sql("SELECT count(*) FROM refund WHERE orphan = 1").pluck().get() as number;
  }

  /** Those of these refunds that `orphans` lists. */
  orphansOf(refundIds: readonly string[]): OrphanRefund[] {
    return this.file
      .sql(
        "SELECT setl_id, init_setl_id, setl_time, fee FROM refund WHERE orphan = 1 AND valid = 1 AND setl_id IN (SELECT value FROM json_each(?))",
      )
      .all(JSON.stringify(refundIds)) as OrphanRefund[];
  }

  /** Valid refunds whose original was never seen; one taken back or held out misses nothing. */
  orphans(limit: number): OrphanRefund[] {
    return this.file
      .sql("SELECT setl_id, init_setl_id, setl_time, fee FROM refund WHERE orphan = 1 AND valid = 1 LIMIT ?")
      .all(limit) as OrphanRefund[];
  }
}
