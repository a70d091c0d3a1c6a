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

  /** Keeps the days (bits) of facilities in months. */
  setDays(rows: readonly (readonly [facility: string, month: MonthNumber, days: number])[]): void {
    const { codes } = this.store;
    this.store
      .sql(
        `INSERT INTO facility_day (code, month, days)
         SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE TRUE
         ON CONFLICT (code, month) DO UPDATE SET days = excluded.days`,
      )
      .run(JSON.stringify(rows.map(([facility, month, days]) => [codes.idOf(facility), month, days])));
  }

  /** Keeps the latest times of facilities. */
  setLatest(rows: readonly (readonly [facility: string, at: EpochMs])[]): void {
    const { codes } = this.store;
    this.store
      .sql(
        `INSERT INTO facility_latest (code, at) SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE TRUE
         ON CONFLICT (code) DO UPDATE SET at = excluded.at`,
      )
      .run(JSON.stringify(rows.map(([facility, at]) => [codes.idOf(facility), at])));
  }

  clear(): void {
    this.store.db.exec("DELETE FROM facility_day; DELETE FROM facility_latest");
  }
}
