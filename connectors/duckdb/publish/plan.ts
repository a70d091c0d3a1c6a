import { dayText, monthText } from "../../../aggregations/calendar.js";
import { FundpulseError } from "../../../schemas/errors.js";
import type { DataSpan, PublishInput } from "../../ports/publisher.js";
import type { ChangedPeriod } from "./facts-in-part.js";
import { monthsOf, type PeriodRow, periodsOf, touchedPeriods } from "./periods.js";

/** What stands in the working file before a publish. */
export interface Standing {
  readonly sequence: number;
  readonly span: DataSpan | null;
}

/** Which periods a publish writes, and how. */
export interface PublishPlan {
  /** Days that have data after it; null before the first. */
  readonly span: DataSpan | null;
  /** Every period that rows stand for after it, by id. */
  readonly periods: ReadonlyMap<string, PeriodRow>;
  /** Periods whose sums, and persons where any are counted, are sent whole; the rest stand or are patched. */
  readonly given: ReadonlySet<string>;
  /** Written anew from their sums. */
  readonly changed: readonly PeriodRow[];
  /** Unchanged, but the same period a year before changed. */
  readonly followers: readonly PeriodRow[];
  /** Ids of periods that had rows and exist no more. */
  readonly removed: readonly string[];
  /** Periods that get changes alone, by id. */
  readonly partial: ReadonlyMap<string, ChangedPeriod>;
  /** Ids of all whose facts are written, one way or the other. */
  readonly refreshed: ReadonlySet<string>;
}

/**
 * The periods that a publish touches.
 * @param standing what stands; null before a full publish
 * @param keep how many days are published, in all and by facility
 * @throws FundpulseError FP4001 where changes are given that what stands cannot take
 */
export function planPublish(
  input: PublishInput,
  standing: Standing | null,
  keep: { keepDays: number; keepFacilityDays: number },
): PublishPlan {
  const { firstDataDay: firstDay, lastDataDay: lastDay } = input;
  const span = firstDay === null || lastDay === null ? null : { firstDay, lastDay };
  const [periods, before] = [span, standing?.span].map((of) =>
    of ? periodsOf(of, keep) : new Map<string, PeriodRow>(),
  );
  const touched = touchedPeriods(
    input.months.map((m) => m.month),
    input.days.map((d) => d.day),
    input.persons.map((p) => p.period),
  );
  const changed = [...periods.values()].filter((p) => touched.has(p.id) || !before.has(p.id));
  const changedIds = new Set(changed.map((p) => p.id));
  const removed = [...before.keys()].filter((id) => !periods.has(id));
  const moved = new Set([...changedIds, ...touched, ...removed]);
  const followers = [...periods.values()].filter(
    (p) => !changedIds.has(p.id) && p.previous !== null && moved.has(p.previous),
  );
  const partial = changedInPart(input, standing, before, periods, changedIds);
  const refreshed = new Set([...changed, ...followers].map((p) => p.id));
  for (const { id, next } of partial.values()) {
    refreshed.add(id);
    if (next !== null) refreshed.add(next);
  }
  return { span, periods, given: givenWhole(input), changed, followers, removed, partial, refreshed };
}

/**
 * Periods that get changes alone. Changes count from one publish on: on another, or for a period that is not
 * published, they would say nothing.
 */
function changedInPart(
  input: PublishInput,
  standing: Standing | null,
  before: ReadonlyMap<string, PeriodRow>,
  after: ReadonlyMap<string, PeriodRow>,
  whole: ReadonlySet<string>,
): Map<string, ChangedPeriod> {
  const ids = new Set([
    ...input.sumChanges.flatMap((c) => c.periods),
    ...input.personChanges.map((p) => p.period),
  ]);
  if (ids.size === 0) return new Map();
  if (input.since !== standing?.sequence)
    throw new FundpulseError("FP4001", "changes of another publish", { action: "publish everything (full)" });
  const next = new Map([...after.values()].map((p) => [p.previous, p.id]));
  const given = new Set([
    ...input.months.map((m) => monthText(m.month)),
    ...input.days.map((d) => dayText(d.day)),
  ]);
  const found = new Map<string, ChangedPeriod>();
  for (const id of ids) {
    const period = after.get(id);
    // Taken back with the end of the data.
    if (period === undefined) continue;
    if (given.has(id) || !before.has(id))
      throw new FundpulseError("FP4001", `changes of ${id} without its sums`);
    // Added up from its months anew.
    if (whole.has(id) && monthsOf(period).length > 0) continue;
    const { previous } = period;
    found.set(id, {
      id,
      previous: previous !== null && after.has(previous) ? previous : null,
      next: next.get(id) ?? null,
    });
  }
  return found;
}

function givenWhole(input: PublishInput): Set<string> {
  const counted = new Set(input.persons.map((p) => p.period));
  const summed = [
    ...input.months.map((m) => monthText(m.month)),
    ...(input.addedUp ?? []).flatMap((p) => p.periods),
  ];
  return new Set([...summed.filter((id) => counted.has(id)), ...input.days.map((d) => dayText(d.day))]);
}
