import type { DayNumber, Fen, MonthNumber } from "../../schemas/units.js";
import type { StateFile } from "./file.js";

/** What the published tables need to know of a month that is not in memory. */
export interface MonthSummary {
  readonly firstDay: DayNumber | null;
  readonly lastDay: DayNumber | null;
  /** JSON list of `Unmapped`. */
  readonly unmapped: string;
}

/** What the reference tables do not know: records and fee of a month. */
export type Unmapped = readonly [kind: string, code: string, records: number, fee: Fen];

/** The months that hold settlements: when their figures last changed, and what is told of them as a whole. */
export class MonthTable {
  constructor(private readonly file: StateFile) {}

  /** Notes that figures of a month changed in this commit, and what its data spans. */
  touch(month: MonthNumber, summary?: MonthSummary): void {
    this.file
      .sql(
        "INSERT INTO month (month, touched) VALUES (?, ?) ON CONFLICT (month) DO UPDATE SET touched = excluded.touched",
      )
      .run(month, this.file.sequence);
    if (summary) {
      this.file
        .sql("UPDATE month SET first_day = ?, last_day = ?, unmapped = ? WHERE month = ?")
        .run(summary.firstDay, summary.lastDay, summary.unmapped, month);
    }
  }

  /** First and last day with a counted settlement over all months. */
  dataSpan(): { firstDay: DayNumber | null; lastDay: DayNumber | null } {
    return this.file.sql("SELECT min(first_day) AS firstDay, max(last_day) AS lastDay FROM month").get() as {
      firstDay: DayNumber | null;
      lastDay: DayNumber | null;
    };
  }

  /** Keeps what each month's settlements paid out of each fund, as JSON; derived, so it is no commit. */
  keepSettled(rows: readonly (readonly [json: string, month: MonthNumber])[]): void {
    const update = this.file.sql("UPDATE month SET settled = ? WHERE month = ?");
    this.file.beside(() => {
      for (const [json, month] of rows) update.run(json, month);
    });
  }

  /** Which facilities (numbers of their codes) have settlements in which months. */
  facilities(): [number, MonthNumber][] {
    return this.file.sql("SELECT code, month FROM facility_month").raw().all() as [number, MonthNumber][];
  }

  /** Forgets all of it, so that it can be made again from the settlements. Only inside a commit. */
  forget(): void {
    for (const table of ["month", "facility_month", "settled_day"])
      this.file.sql(`DELETE FROM ${table}`).run();
  }

  /** Only inside a commit. */
  addFacility(code: number, month: MonthNumber): void {
    this.file.sql("INSERT OR IGNORE INTO facility_month (code, month) VALUES (?, ?)").run(code, month);
  }

  /** Months whose figures changed after a commit, ascending. */
  touchedSince(sequence: number): MonthNumber[] {
    return (
      this.file.sql("SELECT month FROM month WHERE touched > ? ORDER BY month").raw().all(sequence) as [
        number,
      ][]
    ).map(([m]) => m);
  }

  /** What each month has that no reference table knows. */
  unmapped(): { readonly month: MonthNumber; readonly unmapped: readonly Unmapped[] }[] {
    const rows = this.file.sql("SELECT month, unmapped FROM month").raw().all() as [MonthNumber, string][];
    return rows.map(([month, json]) => ({ month, unmapped: JSON.parse(json) as Unmapped[] }));
  }

  /** The same as one text: equal texts mean equal rows. */
  unmappedText(): string {
    return (this.file.sql("SELECT unmapped FROM month").raw().all() as [string][])
      .map(([json]) => json)
      .join("\n");
  }

  /** Whether some settlement counts in one of these months (first and last included). */
  haveData(first: MonthNumber, last: MonthNumber): boolean {
    const { n } = this.file
      .sql("SELECT count(*) AS n FROM month WHERE month BETWEEN ? AND ? AND first_day IS NOT NULL")
      .get(first, last) as { n: number };
    return n > 0;
  }

  /** What `keepSettled` kept, one JSON text a month. */
  settled(): string[] {
    return (this.file.sql("SELECT settled FROM month").raw().all() as [string][]).map(([json]) => json);
  }
}
