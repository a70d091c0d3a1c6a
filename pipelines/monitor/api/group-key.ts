import type { Figure } from "../../../connectors/duckdb/monitor/figures.js";

/** Tells the group of a figure from any other of its period: insurance and the value of each dimension. */
export const groupKey = (f: Figure): string =>
  JSON.stringify([f.insurance, ...Object.entries(f.dimensions).sort(([a], [b]) => (a < b ? -1 : 1))]);

/** The same with the indicator: tells a figure from any other of its period. */
export const figureKey = (f: Figure): string => `${f.indicator} ${f.unit} ${groupKey(f)}`;
