import { broken } from "../../schemas/invariant.js";
import type { EpochMs, MonthNumber } from "../../schemas/units.js";
import { type Ref, ROWS_PER_BLOCK } from "./settlement-block.js";
import type { Sql } from "./tallies.js";

/** Moves that are remembered beside what opened blocks know; bounded, so that memory does not grow with them. */
const MOVES = 4096;

/** The times of one block as they were looked up; null where none of its rows has one. */
export interface BlockTimes {
  readonly times: ReadonlyMap<Ref, EpochMs> | null;
  /** Until when they hold: see `LaterTimes.holds`. */
  readonly age: number;
}

/**
 * Times of kept versions that came again with a later `updt_time` and nothing else new: such a copy moves the time
 * of the version that is kept, and needs no row of its own. A time stays with its version as long as the state has
 * it, whether it is current, superseded or waiting: it may have to be read again.
 */
export class LaterTimes {
  /** Most states have none: then nobody asks. */
  #any: boolean;
  /** Of this age, beside what was looked up since the last time that they were forgotten. */
  readonly #moved = new Map<Ref, EpochMs>();
  #age = 0;

  constructor(private readonly sql: Sql) {
    this.#any = sql("SELECT 1 FROM later_time LIMIT 1").get() !== undefined;
  }

  /** Looks up the times of a block. */
  ofBlock(block: number): BlockTimes {
    const age = this.#age;
    if (!this.#any) return { times: null, age };
    const first = block * ROWS_PER_BLOCK;
    const found = this.sql("SELECT ref, updt_time FROM later_time WHERE ref BETWEEN ? AND ?")
      .raw()
      .all(first, first + ROWS_PER_BLOCK - 1) as [Ref, EpochMs][];
    return { times: found.length === 0 ? null : new Map(found), age };
  }

  /** Whether what was looked up still holds beside the moves that are remembered. */
  holds({ age }: BlockTimes): boolean {
    return age === this.#age;
  }

  /** The time of a row whose block's times were looked up and hold: that of its last copy, else its own. */
  of(ref: Ref, { times }: BlockTimes, own: EpochMs): EpochMs {
    if (!this.#any) return own;
    return this.#moved.get(ref) ?? times?.get(ref) ?? own;
  }

  /** Moves the time of a version, whose month it is, in the commit under way. */
  move(ref: Ref, month: MonthNumber, from: EpochMs, to: EpochMs, sequence: number): void {
    if (!(to > from)) broken(`a time of a kept version moved from ${from} to ${to}`);
    this.#any = true;
    if (this.#moved.size >= MOVES) {
      this.#moved.clear();
      this.#age++;
    }
    this.#moved.set(ref, to);
    this.sql(
      "INSERT INTO later_time (ref, updt_time) VALUES (?, ?) ON CONFLICT (ref) DO UPDATE SET updt_time = excluded.updt_time",
    ).run(ref, to);
    this.sql(
      "INSERT INTO later_time_month (month, sequence) VALUES (?, ?) ON CONFLICT (month) DO UPDATE SET sequence = excluded.sequence WHERE sequence <> excluded.sequence",
    ).run(month, sequence);
  }
}
