import type { Changes } from "../../aggregations/months/journal.js";
import type { MonthState } from "../../aggregations/months/month.js";
import type { PeriodCounts } from "../../aggregations/persons/year.js";
import type { DayNumber, MonthNumber } from "../../schemas/units.js";

/** Distinct persons of the 31 periods of a year, by group. */
export interface YearCounts {
  /** Brings the counts up to date. */
  count(): void;
  /** By period: groups whose count changed since this was last called, with their present counts. */
  takeChanges(): readonly PeriodCounts[];
  /** Persons by group in one period (index as in `periodsOfYear`), only where there are any. */
  of(period: number): PeriodCounts;
}

/** The sums and counts of settlements as of the last commit, whoever computed them: what publishing reads. */
export interface PublishedMonths {
  /** What is known, change by change, of how months differ from the last publish. */
  readonly journal: { take(): Changes };
  /** Months that hold settlements, ascending. */
  held(): readonly MonthNumber[];
  cells(month: MonthNumber): MonthState;
  persons(year: number): YearCounts;
  /** Days whose figures changed since this was last called. */
  takeTouchedDays(): Set<DayNumber>;
  /** Years of which all counts may have changed since this was last called. */
  takeInvalidatedYears(): Set<number>;
  /** Lets go of what was idle longest. `inUse` stays. */
  evict(inUse: ReadonlySet<MonthNumber>): void;
  /** Keeps what makes the next start quick. */
  checkpoint(): void;
}
