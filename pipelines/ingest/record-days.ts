import { civil, parseDay } from "../../aggregations/calendar.js";
import { affectedPeriods } from "../../aggregations/closing/affected-periods.js";
import type { SmallStream } from "../../aggregations/streams/record.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import type { StreamName } from "../../schemas/input/streams.js";
import type { DayNumber, EpochMs } from "../../schemas/units.js";
import type { IngestState } from "../ledger/ports.js";

/** First and last day of the figures that a record touches. */
export type RecordDays = readonly [first: DayNumber, last: DayNumber];

/** Stand for no beginning and no end. */
const ALWAYS: RecordDays = [-1_000_000, 5_000_000];

/** What these streams say may be of the time to come: a budget is of its year, a facility of the days that it names. */
const AHEAD: ReadonlySet<StreamName> = new Set(["fund-entry", "facility"]);

/**
 * The latest day of figures that a record can be about which arrived on a day and cannot be read. Clocks differ
 * by a day at most, as for a record whose time can be read.
 */
function latestPlausibleDay(stream: StreamName, arrival: DayNumber): DayNumber {
  return AHEAD.has(stream) ? parseDay(`${civil(arrival)[0] + 1}-12-31`)! : arrival + 1;
}

/** As `latestPlausibleDay`, of an instant (null: unknown) beside the present one. */
export function latestDayOf(
  { calendar, config }: Pick<IngestState, "calendar" | "config">,
  stream: StreamName,
  arrivedAt: EpochMs | null,
  now: EpochMs,
): DayNumber {
  // A date before all data is no date: what unpacks archives writes such ones.
  const isPlausible =
    arrivedAt !== null && arrivedAt < now && calendar.dayOf(arrivedAt) >= parseDay(config.periods.firstDay)!;
  return latestPlausibleDay(stream, calendar.dayOf(isPlausible ? arrivedAt : now));
}

/** The days that a record of a small stream may touch; null where it does not say. */
export function recordDays(stream: SmallStream, record: StreamRecord): RecordDays | null {
  if (stream === "facility") {
    const { valid_from: from, valid_to: to } = record;
    return [typeof from === "number" ? from : ALWAYS[0], typeof to === "number" ? to : ALWAYS[1]];
  }
  try {
    const affected = affectedPeriods(stream, record);
    if (affected === null) return null;
    const [first, last] = [parseDay(affected.from), parseDay(affected.to)];
    return first === null || last === null ? null : [first, last];
  } catch {
    // A record that lacks what tells its days.
    return null;
  }
}

/** From the first day to the last of several; null where none is known. */
export function spanOf(all: readonly (RecordDays | null)[]): RecordDays | null {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const days of all) {
    if (days === null) continue;
    if (days[0] < first) first = days[0];
    if (days[1] > last) last = days[1];
  }
  return first <= last ? [first, last] : null;
}
