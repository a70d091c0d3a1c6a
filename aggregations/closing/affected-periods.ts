import type { AffectedPeriods } from "../../schemas/closed.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import { STREAMS } from "../../schemas/input/streams.js";
import { civil, dayOf, dayText, monthNumber, monthStart, parsePeriod } from "../calendar.js";
import { ALL, numberOf, type SmallStream, textOf } from "../streams/record.js";

/** Key of a record as people read it: its key fields, dates written out. */
export function readableKey(stream: SmallStream, record: StreamRecord): string {
  const { key, fields } = STREAMS[stream];
  const text = (name: string): string => {
    const value = record[name] ?? "";
    const isDate = fields.some((f) => f.name === name && f.type === "date");
    return isDate && typeof value === "number" ? dayText(value) : String(value);
  };
  return key.map(text).join("|");
}

const yearEnd = (year: number): string => dayText(dayOf(year, 12, 31));
const wholeYear = (year: number): { from: string; to: string } => ({
  from: dayText(dayOf(year, 1, 1)),
  to: yearEnd(year),
});

/**
 * Which figures a normalised record of a small stream can touch: the days of their periods, and the values
 * of their dimensions where they have any. Null for a facility, which touches settlements.
 */
export function affectedPeriods(stream: SmallStream, record: StreamRecord): AffectedPeriods | null {
  const text = (field: string): string => textOf(record, field);
  const insurance = text("insurance") || ALL;
  if (stream === "fund-entry") {
    const day = numberOf(record, "book_date")!;
    const [year, month, date] = civil(day);
    const kind = text("kind");
    const opens = kind === "opening_balance" && month === 12 && date === 31 ? year + 1 : year;
    const plan = kind === "opening_balance" || kind.startsWith("budget");
    return {
      ...(plan ? wholeYear(opens) : { from: dayText(day), to: yearEnd(year) }),
      insurance,
      dimensions: {
        district: text("admdvs"),
        fund: text("fund"),
        subject: text("subject"),
        person_group: text("group"),
      },
      indicator: null,
    };
  }
  if (stream === "enrolment") {
    const day = numberOf(record, "as_of")!;
    return {
      from: dayText(day),
      to: yearEnd(civil(day)[0]),
      insurance,
      dimensions: { district: text("admdvs"), person_group: text("group"), sex: text("sex") },
      indicator: null,
    };
  }
  if (stream === "dip-result") {
    const [year, month] = text("settled_month").split("-").map(Number);
    return {
      from: dayText(monthStart(monthNumber(year, month))),
      to: yearEnd(year),
      insurance,
      dimensions: { facility: text("fixmedins_code") },
      indicator: null,
    };
  }
  if (stream === "reported-fact") {
    const period = parsePeriod(text("period"));
    if (period === null) return null;
    const of = record.dimensions as Readonly<Record<string, string>> | null;
    return {
      from: dayText(period.startDay),
      to: dayText(period.endDay),
      insurance: of?.insurance ?? ALL,
      dimensions: { district: text("admdvs") },
      indicator: text("indicator"),
    };
  }
  return null;
}
