import { broken } from "../../schemas/invariant.js";
import type { EpochMs, MonthNumber } from "../../schemas/units.js";
import { type Ref, ROWS_PER_BLOCK } from "./settlement-block.js";
import type { Sql } from "./tallies.js";

/**
 * Times of kept versions that came again with a later `updt_time` and nothing else new: such a copy moves the time
 * of the version that is kept, and needs no row of its own. A time stays with its version as long as the state has
 * it, whether it is current, superseded or waiting: it may have to be read again.
 */
export class LaterTimes {
  /** Most states have none: then nobody asks. */
  #any: boolean;
  readonly #opened = new Map<Ref, EpochMs>();
  #block = -1;

  constructor(private readonly sql: Sql) {
    this.#any = sql("SELECT 1 FROM later_time LIMIT 1").get() !== undefined;
  }

  /** Looks up the times of a block whose rows are read next. */
  open(block: number): void {
    this.#opened.clear();
    this.#block = block;
    if (!this.#any) return;
    const first = block * ROWS_PER_BLOCK;
    const found = this.sql("SELECT ref, updt_time FROM later_time WHERE ref BETWEEN ? AND ?")
      .raw()
      .all(first, first + ROWS_PER_BLOCK - 1) as [Ref, EpochMs][];
    for (const [ref, time] of found) this.#opened.set(ref, time);
  }

  /** The time of a row of the opened block: that of its last copy, else its own. */
  of(ref: Ref, own: EpochMs): EpochMs {
    return this.#opened.size === 0 ? own : (this.#opened.get(ref) ?? own);
  }

  /** Moves the time of a version, whose month it is, in the commit under way. */
  move(ref: Ref, month: MonthNumber, from: EpochMs, to: EpochMs, sequence: number): void {
    if (!(to > from)) broken(`a time of a kept version moved from ${from} to ${to}`);
    this.#any = true;
    if (Math.floor(ref / ROWS_PER_BLOCK) === this.#block) this.#opened.set(ref, to);
    this.sql(
      "INSERT INTO later_time (ref, updt_time) VALUES (?, ?) ON CONFLICT (ref) DO UPDATE SET updt_time = excluded.updt_time",
    ).run(ref, to);
    this.sql(
      "INSERT INTO later_time_month (month, sequence) VALUES (?, ?) ON CONFLICT (month) DO UPDATE SET sequence = excluded.sequence WHERE sequence <> excluded.sequence",
    ).run(month, sequence);
  }
}
