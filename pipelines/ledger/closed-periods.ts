import { parsePeriod } from "../../aggregations/calendar.js";
import { watchedMonths } from "../../aggregations/closing/frozen.js";
import { ClosedStore } from "../../connectors/state/closed.js";
import type { StateFile } from "../../connectors/state/file.js";
import { unpackFigures } from "../../connectors/state/frozen-codec.js";
import type { ClosedRow } from "../../schemas/closed.js";
import type { Figure } from "../../schemas/figure.js";
import type { MonthNumber } from "../../schemas/units.js";

/** The closed periods of a state, and which months' settlements their figures are made of. */
export class ClosedPeriods {
  readonly store: ClosedStore;
  /** Settlements of these months are part of some closed figure. Empty while nothing is closed. */
  readonly months = new Set<MonthNumber>();
  readonly #rows = new Map<string, ClosedRow>();
  readonly #given = new Map<string, readonly Figure[]>();

  constructor(file: StateFile) {
    this.store = new ClosedStore(file);
    this.#read();
  }

  #read(): void {
    for (const row of this.store.rows()) {
      this.#rows.set(row.period, row);
      for (const month of watchedMonths(parsePeriod(row.period)!)) this.months.add(month);
    }
  }

  get rows(): readonly ClosedRow[] {
    return [...this.#rows.values()];
  }

  get(period: string): ClosedRow | undefined {
    return this.#rows.get(period);
  }

  watchesAny(months: Iterable<MonthNumber>): boolean {
    if (this.months.size === 0) return false;
    for (const month of months) if (this.months.has(month)) return true;
    return false;
  }

  /** Highest version under which something was closed; 0 when nothing was. */
  get highestVersion(): number {
    return Math.max(0, ...this.rows.map((r) => r.version ?? 0));
  }

  /** Keeps a close. Only inside a commit, whose sequence is the row's. */
  add(row: Omit<ClosedRow, "version">, sums: Buffer, given: Buffer): void {
    this.store.add(row, sums, given);
    this.#read();
  }

  /** The closes up to `sequence` are published: those that were not before are known by this version. */
  published(sequence: number, version: number): void {
    const fresh = this.rows.filter((r) => r.version === null && r.sequence <= sequence);
    if (fresh.length === 0) return;
    this.store.setVersion(sequence, version);
    this.#read();
  }

  /** Given figures as they were frozen, by period. */
  given(): ReadonlyMap<string, readonly Figure[]> {
    for (const { period } of this.rows) {
      if (!this.#given.has(period)) this.#given.set(period, unpackFigures(this.store.given(period), period));
    }
    return this.#given;
  }
}
