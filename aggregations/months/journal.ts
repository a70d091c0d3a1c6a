import { ROW_WIDTH } from "../../schemas/measures.js";
import type { DayNumber, MonthNumber } from "../../schemas/units.js";
import { monthOfDay } from "../calendar.js";
import type { GroupTable } from "../dimensions/groups.js";
import type { DimensionTuple } from "../dimensions/tuples.js";
import { addAllInsurances, type ColumnSums, columnsOf } from "./month.js";
import { type SparseRow, SumTable } from "./sums.js";

/** Changes kept at most: with more of them whole months are given, as after a start. */
const MOST_CHANGES = 60_000;

/** What was added to the figures and taken out of them between two looks, one entry a version. */
export interface Changes {
  /** False: changes of the month are missing here, only its whole sums tell what it holds. */
  complete(month: MonthNumber): boolean;
  readonly days: ReadonlySet<DayNumber>;
  /** What every group of a month has more than before, own insurance and `all`; a scratch table is filled. */
  addMonth(table: SumTable, month: MonthNumber, groups: GroupTable): void;
  /** The same for the day groups without facility (`others`) and with it (`facility`). */
  daySums(
    day: DayNumber,
    dayGroups: readonly Int32Array[],
    groups: GroupTable,
    wanted: { readonly others: boolean; readonly facility: boolean },
  ): ColumnSums;
  /** Visits the entries of a month: the tuple, and what its row has more than before. */
  visit(month: MonthNumber, see: (tuple: DimensionTuple, row: SparseRow) => void): void;
}

/**
 * Remembers what settlements added to months since it was last taken, so that a publish needs to look at
 * what changed alone. A journal that is full remembers nothing more until it is taken.
 */
export class ChangeJournal {
  #entries = new Entries();
  #full = false;
  readonly #invalidated = new Set<MonthNumber>();

  add(day: DayNumber, tuple: DimensionTuple, row: SparseRow, sign: 1 | -1): void {
    if (this.#full) return;
    if (this.#entries.size >= MOST_CHANGES) {
      this.#full = true;
      this.#entries = new Entries();
    } else this.#entries.add(day, tuple, row, sign);
  }

  /** The month was made anew: what it has more than before is not known. */
  invalidate(month: MonthNumber): void {
    this.#invalidated.add(month);
  }

  /** What changed since this was last called. */
  take(): Changes {
    const entries = this.#entries;
    const invalidated = new Set(this.#invalidated);
    const full = this.#full;
    this.#entries = new Entries();
    this.#invalidated.clear();
    this.#full = false;
    return entries.sorted((month) => !full && !invalidated.has(month));
  }
}

/** Entries side by side in flat arrays; of each row what is not 0. */
class Entries {
  size = 0;
  readonly #tuples: DimensionTuple[] = [];
  #days = new Int32Array(256);
  #starts = new Int32Array(257);
  #fields = new Uint8Array(4096);
  #values = new Float64Array(4096);

  add(day: DayNumber, tuple: DimensionTuple, { row, filled, used }: SparseRow, sign: 1 | -1): void {
    const i = this.size++;
    if (i === this.#days.length) {
      this.#days = doubled(this.#days);
      this.#starts = doubled(this.#starts);
    }
    let at = this.#starts[i];
    while (at + used > this.#fields.length) {
      this.#fields = doubled(this.#fields);
      this.#values = doubled(this.#values);
    }
    this.#tuples.push(tuple);
    this.#days[i] = day;
    for (let f = 0; f < used; f++, at++) {
      this.#fields[at] = filled[f];
      this.#values[at] = sign * row[filled[f]];
    }
    this.#starts[i + 1] = at;
  }

  sorted(complete: (month: MonthNumber) => boolean): Changes {
    const byDay = new Map<DayNumber, number[]>();
    for (let i = 0; i < this.size; i++) {
      const list = byDay.get(this.#days[i]);
      if (list) list.push(i);
      else byDay.set(this.#days[i], [i]);
    }
    const byMonth = new Map<MonthNumber, number[]>();
    for (const [day, list] of byDay) {
      const month = monthOfDay(day);
      byMonth.set(month, [...(byMonth.get(month) ?? []), ...list]);
    }
    const scratch = { row: new Float64Array(ROW_WIDTH), filled: new Uint8Array(ROW_WIDTH), used: 0 };
    const each = (
      list: readonly number[] | undefined,
      see: (tuple: DimensionTuple, row: SparseRow) => void,
    ): void => {
      for (const i of list ?? []) {
        const start = this.#starts[i];
        scratch.used = this.#starts[i + 1] - start;
        for (let f = 0; f < scratch.used; f++) {
          const field = this.#fields[start + f];
          scratch.filled[f] = field;
          scratch.row[field] = this.#values[start + f];
        }
        see(this.#tuples[i], scratch);
        for (let f = 0; f < scratch.used; f++) scratch.row[scratch.filled[f]] = 0;
      }
    };
    return {
      complete,
      days: new Set(byDay.keys()),
      visit: (month, see) => each(byMonth.get(month), see),
      addMonth(table, month, groups) {
        each(byMonth.get(month), ({ groups: groupIds }, row) => {
          for (let g = 0; g < groupIds.length; g++) table.add(groupIds[g], row, 1);
        });
        addAllInsurances(table, groups);
      },
      daySums(day, dayGroups, groups, wanted) {
        const table = new SumTable(64);
        each(byDay.get(day), ({ dayKey, dayFacilityKey }, row) => {
          if (wanted.others) for (const groupId of dayGroups[dayKey]) table.add(groupId, row, 1);
          if (wanted.facility) for (const groupId of dayGroups[dayFacilityKey]) table.add(groupId, row, 1);
        });
        addAllInsurances(table, groups);
        return columnsOf(table);
      },
    };
  }
}

function doubled<T extends Int32Array | Uint8Array | Float64Array>(array: T): T {
  const more = new (array.constructor as new (length: number) => T)(array.length * 2);
  more.set(array);
  return more;
}
