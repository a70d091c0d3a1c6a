import { join } from "node:path";
import type { DimensionTuple } from "../../aggregations/dimensions/tuples.js";
import { SumTable } from "../../aggregations/months/sums.js";
import { type MonthCells, publishCells } from "../../connectors/duckdb/publish/cells-file.js";
import type { Config } from "../../schemas/config/schema.js";
import { SETTLEMENT_DIMENSIONS, type SettlementDimension } from "../../schemas/dimensions.js";
import { MEASURES, ROW_WIDTH } from "../../schemas/measures.js";
import type { MonthNumber } from "../../schemas/units.js";
import type { PublishState } from "../ledger/ports.js";

/** One month's cells as columns; tuples with equal values (facility known or not) are one cell. */
function monthCells(state: PublishState, month: MonthNumber): MonthCells {
  const { cells } = state.months.cells(month);
  const { tuples } = state.dimensionIndex;
  const merged = new SumTable(256);
  const first = new Map<string, DimensionTuple>();
  cells.keys.forEach((id, slot) => {
    if (cells.settlements(slot) === 0) return;
    const tuple = tuples[id];
    const name = [tuple.insurance, ...SETTLEMENT_DIMENSIONS.map((d) => tuple.values[d])].join("\u0001");
    const cell = first.get(name) ?? tuple;
    first.set(name, cell);
    merged.addRow(cell.id, cells.sums, slot);
  });
  const rows = merged.keys.map((id) => tuples[id]);
  const column = (d: SettlementDimension): string[] => rows.map((tuple) => tuple.values[d]);
  return {
    month,
    insurance: rows.map((tuple) => tuple.insurance),
    dimensions: Object.fromEntries(
      SETTLEMENT_DIMENSIONS.map((d) => [d, column(d)]),
    ) as unknown as MonthCells["dimensions"],
    sums: MEASURES.map((_, m) => Float64Array.from(rows, (_row, i) => merged.sums[i * ROW_WIDTH + m])),
  };
}

/** Where the finest cells are published. */
export const cellsPath = (config: Config): string => join(config.data, "published", "cells.duckdb");

/**
 * Publishes the finest cells of every month. Months are read while they are written, so nothing may change
 * the state meanwhile: called when a run has drained or stopped.
 */
export async function publishAllCells(state: PublishState): Promise<number> {
  function* months(): Generator<MonthCells> {
    for (const month of state.months.held()) {
      yield monthCells(state, month);
      state.months.evict(new Set([month]));
    }
  }
  const { config, clock } = state;
  return publishCells(cellsPath(config), { publishedAt: clock(), timezone: config.timezone }, months());
}
