import type { SqliteStore } from "../../connectors/state/store.js";
import type { MonthNumber } from "../../schemas/units.js";

/** Which months hold settlements of a facility, so that a change of its reference data finds them. */
export class FacilityMonths {
  readonly #months = new Map<string, Set<MonthNumber>>();

  constructor(private readonly store: SqliteStore) {
    for (const [code, month] of store.months.facilities()) this.#of(store.codes.textOf(code)).add(month);
  }

  #of(facility: string): Set<MonthNumber> {
    let months = this.#months.get(facility);
    if (months === undefined) {
      months = new Set();
      this.#months.set(facility, months);
    }
    return months;
  }

  /** A version of this facility is kept in this month. Only inside a commit. */
  note(facility: string, month: MonthNumber): void {
    const months = this.#of(facility);
    if (months.has(month)) return;
    months.add(month);
    this.store.months.addFacility(this.store.codes.idOf(facility), month);
  }

  monthsOf(facilities: Iterable<string>): Set<MonthNumber> {
    const found = new Set<MonthNumber>();
    for (const facility of facilities) for (const m of this.#months.get(facility) ?? []) found.add(m);
    return found;
  }
}
