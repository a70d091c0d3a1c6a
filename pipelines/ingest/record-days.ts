import { parseDay } from "../../aggregations/calendar.js";
import { affectedPeriods } from "../../aggregations/closing/affected-periods.js";
import type { SmallStream } from "../../aggregations/streams/record.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import type { DayNumber } from "../../schemas/units.js";

/** First and last day of the figures that a record touches. */
export type RecordDays = readonly [first: DayNumber, last: DayNumber];

/** Stand for no beginning and no end. */
const ALWAYS: RecordDays = [-1_000_000, 5_000_000];

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
