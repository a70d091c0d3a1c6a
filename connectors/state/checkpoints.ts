import type { MonthNumber } from "../../schemas/units.js";
import { checkedCrc, type StateFile, withCrc } from "./file.js";
import type { KeptSettlements } from "./kept-settlements.js";

/** A month's cells (by month), a month's person rows (by month), a year's person counts (by year). */
export type CheckpointKind = "cells" | "persons" | "counts";

/** Derived state as of a commit; what was kept in later blocks, or superseded later, is not in it. */
export interface Checkpoint {
  readonly sequence: number;
  readonly lastBlock: number;
  readonly data: Buffer;
}

/** Derived state that saves deriving it again; any of it may be missing. */
export class Checkpoints {
  constructor(
    private readonly file: StateFile,
    private readonly settlements: KeptSettlements,
  ) {}

  /** @throws FundpulseError FP2004 when it is damaged. */
  get(kind: CheckpointKind, id: number): Checkpoint | undefined {
    const row = this.file
      .sql("SELECT sequence, last_block, data FROM checkpoint WHERE kind = ? AND id = ?")
      .get(kind, id) as { sequence: number; last_block: number; data: Buffer } | undefined;
    if (row === undefined) return undefined;
    const data = checkedCrc(row.data, `checkpoint ${kind} ${id}`);
    return { sequence: row.sequence, lastBlock: row.last_block, data };
  }

  /** As of the commit under way. */
  save(kind: CheckpointKind, id: number, data: Buffer): void {
    this.file
      .sql("INSERT OR REPLACE INTO checkpoint (kind, id, sequence, last_block, data) VALUES (?, ?, ?, ?, ?)")
      .run(kind, id, this.file.sequence, this.settlements.lastBlock, withCrc(data));
  }

  /** A month must be made again from its settlements. Only inside a commit. */
  drop(month: MonthNumber): void {
    this.file.sql("DELETE FROM checkpoint WHERE kind = 'cells' AND id = ?").run(month);
    // The persons of a year are one whole: without the counts the rows of its other months are of no use.
    const year = Math.floor(month / 12);
    this.file.sql("DELETE FROM checkpoint WHERE kind = 'counts' AND id = ?").run(year);
    this.file
      .sql("DELETE FROM checkpoint WHERE kind = 'persons' AND id BETWEEN ? AND ?")
      .run(year * 12, year * 12 + 11);
  }

  /** Everything must be made again. Only inside a commit. */
  dropAll(): void {
    this.file.sql("DELETE FROM checkpoint").run();
  }
}
