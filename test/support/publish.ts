import { dayOf, monthNumber } from "../../aggregations/calendar.js";
import type { Group, GroupSums, PublishInput } from "../../connectors/ports/publisher.js";
import { type Config, configSchema } from "../../schemas/config/schema.js";
import type { SettlementDimension } from "../../schemas/dimensions.js";
import { MEASURE_COUNT, MEASURE_INDEX, type MeasureName } from "../../schemas/measures.js";

export const testConfig = (more: Record<string, unknown> = {}): Config =>
  configSchema.parse({
    jurisdiction: { name: "山丹县", admdvs: "620725", level: "county" },
    source: { kind: "folder" },
    privacy: { personKey: "test" },
    ...more,
  });

/** A group by number; the grouping follows from the dimensions. */
export const group = (
  groupId: number,
  insurance: string,
  dimensions: Partial<Record<SettlementDimension, string>> = {},
): Group => ({ groupId, insurance, grouping: Object.keys(dimensions).join("+") || "total", dimensions });

/** Sums of some groups; measures that are not named are 0. Money in fen. */
export function sums(rows: Record<number, Partial<Record<MeasureName, number>>>): GroupSums {
  const groupIds = Object.keys(rows).map(Number);
  const columns = Array.from({ length: MEASURE_COUNT }, () => new Float64Array(groupIds.length));
  for (const [i, groupId] of groupIds.entries()) {
    for (const [name, value] of Object.entries(rows[groupId]!)) {
      columns[MEASURE_INDEX[name as MeasureName]]![i] = value;
    }
  }
  return {
    groupIds: Int32Array.from(groupIds),
    sums: columns,
    settlements: new Float64Array(groupIds.length).fill(1),
  };
}

export const month = (text: string, rows: Record<number, Partial<Record<MeasureName, number>>>) => ({
  month: monthNumber(Number(text.slice(0, 4)), Number(text.slice(5, 7))),
  data: sums(rows),
});

export const day = (text: string, rows: Record<number, Partial<Record<MeasureName, number>>>) => ({
  day: dayNumber(text),
  data: sums(rows),
});

export const persons = (period: string, counts: Record<number, number>) => ({
  period,
  groupIds: Int32Array.from(Object.keys(counts).map(Number)),
  counts: Float64Array.from(Object.values(counts)),
});

export const dayNumber = (text: string): number => {
  const [y, m, d] = text.split("-").map(Number) as [number, number, number];
  return dayOf(y, m, d);
};

/** A publish with nothing in it but what is given; a full one gives every table. */
export function publishInput(more: Partial<PublishInput> = {}): PublishInput {
  const full = more.full ?? true;
  const empty = full
    ? {
        figures: [],
        facilities: [],
        categories: [],
        divisions: [],
        balance: [],
        quarantine: [],
        warnings: [],
        orphanRefunds: [],
        unmapped: [],
      }
    : {};
  return {
    full,
    sequence: 1,
    since: 0,
    publishedAt: Date.UTC(2024, 6, 1, 0, 0, 0),
    watermark: Date.UTC(2024, 5, 30, 4, 0, 0),
    firstDataDay: dayNumber("2023-01-01"),
    lastDataDay: dayNumber("2024-06-30"),
    inputPositions: [{ source: "folder", partition: "a.avro", next: 10 }],
    newGroups: [],
    months: [],
    persons: [],
    days: [],
    sumChanges: [],
    personChanges: [],
    ...empty,
    ...more,
  };
}
