import { MEASURE_COUNT, ROW_WIDTH } from "../../schemas/measures.js";
import type { DayNumber, Fen, MonthNumber } from "../../schemas/units.js";
import { monthStart } from "../calendar.js";
import type { GroupTable } from "../dimensions/groups.js";
import type { DimensionTuple } from "../dimensions/tuples.js";
import { type SparseRow, SumTable } from "./sums.js";

/** Sums by group, measures as columns, as they are published. */
export interface ColumnSums {
  readonly groupIds: Int32Array;
  readonly sums: readonly Float64Array[];
  /** Counted settlements behind each row. */
  readonly settlements: Float64Array;
}

/** What is counted under a facility or code that the reference tables do not know. */
export interface Unmapped {
  records: number;
  fee: Fen;
}

/** Turns group rows into columns in the order of publishing, leaving out groups without a settlement. */
export function toColumns(table: SumTable, groups: GroupTable): ColumnSums {
  const slots: number[] = [];
  for (const groupId of groups.ordered) {
    const slot = table.find(groupId);
    if (slot >= 0 && table.settlements(slot) > 0) slots.push(slot);
  }
  return columnsOf(table, slots);
}

/** Turns rows into columns: those of the given slots, or all of them. */
export function columnsOf(
  table: SumTable,
  slots: readonly number[] = Array.from(table.keys, (_, i) => i),
): ColumnSums {
  table.check();
  const groupIds = new Int32Array(slots.length);
  const sums = Array.from({ length: MEASURE_COUNT }, () => new Float64Array(slots.length));
  const settlements = new Float64Array(slots.length);
  const source = table.sums;
  for (let i = 0; i < slots.length; i++) {
    const base = slots[i] * ROW_WIDTH;
    groupIds[i] = table.keys[slots[i]];
    for (let m = 0; m < MEASURE_COUNT; m++) sums[m][i] = source[base + m];
    settlements[i] = source[base + ROW_WIDTH - 1];
  }
  return { groupIds, sums, settlements };
}

/** Adds each own-insurance group to the same group over all insurances. */
export function addAllInsurances(table: SumTable, groups: GroupTable): void {
  const own = table.keys.length;
  for (let slot = 0; slot < own; slot++) {
    const groupId = table.keys[slot];
    const all = groups.allOf[groupId];
    if (all !== groupId) table.addRow(all, table.sums, slot);
  }
}

/**
 * The additive figures of one month: cells by tuple, day sums, and what is unmapped. Derived from the kept
 * settlements of the month: it can be thrown away and made again.
 */
export class MonthState {
  readonly cells = new SumTable(256);
  /** By day of month - 1: sums by dayKey and by dayFacilityKey. */
  readonly days: SumTable[] = [];
  readonly facilityDays: SumTable[] = [];
  /** Counted settlements by day of month - 1. */
  readonly settlementsByDay = new Int32Array(31);
  readonly unmapped = new Map<string, Unmapped>();

  constructor(readonly month: MonthNumber) {
    for (let d = 0; d < 31; d++) {
      this.days.push(new SumTable(4));
      this.facilityDays.push(new SumTable(4));
    }
  }

  /** Adds (`sign` 1) or takes out (−1) a counted settlement of this month. */
  add(tuple: DimensionTuple, day: DayNumber, row: SparseRow, sign: 1 | -1): void {
    const d = day - monthStart(this.month);
    this.cells.add(tuple.id, row, sign);
    this.days[d].add(tuple.dayKey, row, sign);
    this.facilityDays[d].add(tuple.dayFacilityKey, row, sign);
    this.settlementsByDay[d] += sign;
  }

  /** Month sums of every group, own insurance and `all`. */
  rollUp(tuples: readonly DimensionTuple[], groups: GroupTable): ColumnSums {
    return toColumns(this.rolledUp(tuples, groups), groups);
  }

  /** The same as rows. */
  rolledUp(tuples: readonly DimensionTuple[], groups: GroupTable): SumTable {
    const table = new SumTable(1024);
    const { keys, sums } = this.cells;
    for (let slot = 0; slot < keys.length; slot++) {
      if (this.cells.settlements(slot) === 0) continue;
      const groupIds = tuples[keys[slot]].groups;
      for (let g = 0; g < groupIds.length; g++) table.addRow(groupIds[g], sums, slot);
    }
    addAllInsurances(table, groups);
    return table;
  }

  /** Day sums of the day groups without facility (`others`) and of those with it (`facility`). */
  rollUpDay(
    day: DayNumber,
    dayGroups: readonly Int32Array[],
    groups: GroupTable,
    wanted: { readonly others: boolean; readonly facility: boolean },
  ): ColumnSums {
    const d = day - monthStart(this.month);
    const table = new SumTable(64);
    const sources = [wanted.others ? this.days[d] : null, wanted.facility ? this.facilityDays[d] : null];
    for (const source of sources.filter((table) => table !== null)) {
      const { keys, sums } = source;
      for (let slot = 0; slot < keys.length; slot++) {
        if (source.settlements(slot) === 0) continue;
        for (const groupId of dayGroups[keys[slot]]) table.addRow(groupId, sums, slot);
      }
    }
    addAllInsurances(table, groups);
    return toColumns(table, groups);
  }
}
