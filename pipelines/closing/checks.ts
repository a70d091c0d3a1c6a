import { dayText, monthOfDay, type Period } from "../../aggregations/calendar.js";
import type { ClosingState } from "../ledger/ports.js";
import { blocksClose } from "../ledger/unmapped.js";
import { laggingFacilities } from "../publish/completeness.js";
import type { CloseProblem } from "./port.js";

/** Looks at an open state for something that an officer should know before closing a period. */
export type CloseCheck = (state: ClosingState, period: Period) => CloseProblem[];

const problem = (name: string, count: number, detail: string, forceable = true): CloseProblem => ({
  problem: name,
  detail,
  count,
  forceable,
});

/** Some of a list, for people. */
const some = (names: readonly string[]): string =>
  names.slice(0, 10).join(", ") + (names.length > 10 ? `, and ${names.length - 10} more` : "");

const periodOpen: CloseCheck = (state, period) => {
  const today = state.calendar.dayOf(state.clock());
  if (today > period.endDay) return [];
  const end = dayText(period.endDay);
  return [problem("period_open", 1, `it ends on ${end} and today is ${dayText(today)}: wait`, false)];
};

const noData: CloseCheck = (state, period) =>
  hasSettlements(state, period)
    ? []
    : [problem("no_data", 0, "no settlement counts in it: there is nothing to freeze", false)];

const watermark: CloseCheck = (state, period) => {
  const latest = state.latestTime();
  const day = latest === null ? null : state.calendar.dayOf(latest);
  if (day === null || day >= period.endDay) return [];
  const detail = `the latest settlement is of ${dayText(day)}, the period ends on ${dayText(period.endDay)}: more may come`;
  return [problem("watermark", period.endDay - day, detail)];
};

const lagging: CloseCheck = (state, period) => {
  const late = laggingFacilities(state, period);
  if (late.length === 0) return [];
  const names = late.map(
    ({ facility, latestDay, usualGap }) =>
      `${facility} since ${dayText(latestDay)}${usualGap === 1 ? "" : `, usually every ${usualGap} days`}`,
  );
  const detail = `${late.length} ${late.length === 1 ? "facility has" : "facilities have"} been silent for longer than usual (${some(names)}): ask for their settlements, see quality_facility`;
  return [problem("lagging_facilities", late.length, detail)];
};

const unmapped: CloseCheck = ({ store }, period) => {
  const [first, last] = [monthOfDay(period.startDay), monthOfDay(period.endDay)];
  const records = new Map<string, number>();
  for (const { month, unmapped } of store.months.unmapped()) {
    if (month < first || month > last) continue;
    for (const [kind, code, count] of unmapped) {
      if (!blocksClose(kind)) continue;
      const name = `${kind} ${code}`;
      records.set(name, (records.get(name) ?? 0) + count);
    }
  }
  if (records.size === 0) return [];
  const count = [...records.values()].reduce((a, b) => a + b, 0);
  const detail = `${count} records with ${records.size} unknown facilities or codes (${some([...records.keys()])}): complete the reference tables, see quality_unmapped`;
  return [problem("unmapped", count, detail)];
};

/** Whether some settlement counts in a period. */
export const hasSettlements = ({ store }: ClosingState, period: Period): boolean =>
  store.months.haveData(monthOfDay(period.startDay), monthOfDay(period.endDay));

/** Waiting records that belong to a period, and those that may: they came when it had begun, and cannot be read. */
const waiting: CloseCheck = ({ store }, period) => {
  let belong = 0;
  let unreadable = 0;
  for (const [first, last, count] of store.quarantine.waitingByDays()) {
    if (first === null) unreadable += last === null || last >= period.startDay ? count : 0;
    else if (first <= period.endDay && last! >= period.startDay) belong += count;
  }
  const found: CloseProblem[] = [];
  if (belong > 0) {
    const detail = `${belong} quarantined ${belong === 1 ? "record belongs to it and is" : "records belong to it and are"} not counted: see fundpulse quarantine list`;
    found.push(problem("quarantine", belong, detail));
  }
  if (unreadable > 0) {
    const detail = `${unreadable} quarantined ${unreadable === 1 ? "record" : "records"} cannot be read far enough to tell whether they belong to it: retry, or dismiss what belongs nowhere`;
    found.push(problem("quarantine_unreadable", unreadable, detail));
  }
  return found;
};

/** Files that changed after they were taken, and may hold bills of the period that are not counted, or counted no more. */
const changedFiles: CloseCheck = ({ store }, period) => {
  const found = store.changedFiles
    .waitingFor(period.startDay, period.endDay)
    .map((f) => store.partitions.byId(f.partitionId).partition);
  if (found.length === 0) return [];
  const detail = `${found.length} ${found.length === 1 ? "file" : "files"} changed after being taken, and may have other bills of it now (${some(found)}): send what is new under a new name, then fundpulse quarantine dismiss --file NAME --why TEXT; see quality_warning`;
  return [problem("file_changed", found.length, detail)];
};

/** Everything that is asked of the state at a close, in the order in which it is told. */
export const CLOSE_CHECKS: readonly CloseCheck[] = [
  periodOpen,
  noData,
  watermark,
  lagging,
  unmapped,
  waiting,
  changedFiles,
];
