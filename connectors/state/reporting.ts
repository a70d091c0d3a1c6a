import type { EpochMs, MonthNumber } from "../../schemas/units.js";
import type { SqliteStore } from "./store.js";

/** The days on which facilities settled, as the state keeps them. Writing happens inside a commit. */
export class ReportingStore {
  constructor(private readonly store: SqliteStore) {}

  days(): [facility: string, month: MonthNumber, days: number][] {
    const rows = this.store.db.prepare("SELECT code, month, days FROM facility_day").raw().all();
    return (rows as [number, MonthNumber, number][]).map(([code, month, days]) => [
      this.store.codes.textOf(code),
      month,
      days,
    ]);
  }

  latest(): [facility: string, at: EpochMs][] {
    const rows = this.store.db.prepare("SELECT code, at FROM facility_latest").raw().all();
    return (rows as [number, EpochMs][]).map(([code, at]) => [this.store.codes.textOf(code), at]);
  }

  setDays(facility: string, month: MonthNumber, days: number): void {
    this.store
      .sql("INSERT OR REPLACE INTO facility_day (code, month, days) VALUES (?, ?, ?)")
      .run(this.store.codes.idOf(facility), month, days);
  }

  setLatest(facility: string, at: EpochMs): void {
    this.store
      .sql("INSERT OR REPLACE INTO facility_latest (code, at) VALUES (?, ?)")
      .run(this.store.codes.idOf(facility), at);
  }

  clear(): void {
    this.store.db.exec("DELETE FROM facility_day; DELETE FROM facility_latest");
  }
}
