import { z } from "zod";
import { decimal, divided, relative } from "../../../aggregations/micros.js";
import { daySums } from "../../../connectors/duckdb/monitor/days.js";
import type { Context } from "./route.js";
import { decimal as decimalShape } from "./shapes.js";

/** Recent days shown, and the weeks that they are compared with. */
const RECENT_DAYS = 28;
const WEEKS = 4;

const against = z.object({
  value: decimalShape,
  usual: decimalShape.describe("Mean of the same weekdays of the four weeks before"),
  difference_pct: decimalShape,
});

export const recentShape = z.object({
  name: z.string(),
  indicator: z.string(),
  care: z.string().nullable(),
  unit: z.string(),
  today: against.extend({ day: z.string() }),
  week: against.extend({ from: z.string(), to: z.string() }),
  days: z.array(z.object({ day: z.string(), value: decimalShape })),
});

const RECENT = [
  { name: "visits", indicator: "visits", care: null, unit: "visit" },
  { name: "inpatient_visits", indicator: "visits", care: "inpatient", unit: "visit" },
  { name: "paid", indicator: "fund_paid", care: null, unit: "yuan" },
] as const;

/** The last day and the last seven, against the same weekdays of the four weeks before. */
export async function recentDays(
  context: Context,
  insurance: string,
): Promise<z.input<typeof recentShape>[]> {
  const { lastDay } = context.file.snapshot;
  if (lastDay === null) return [];
  const end = Date.parse(`${lastDay}T00:00:00Z`);
  const dayAt = (back: number): string => new Date(end - back * 86_400_000).toISOString().slice(0, 10);
  const look = {
    from: dayAt(7 * (WEEKS + 1)),
    to: lastDay,
    measures: ["visits", "fund_paid"],
    insurances: [insurance],
  };
  const [all, inpatient] = await Promise.all([
    daySums(context.file, look),
    daySums(context.file, { ...look, care: "inpatient" }),
  ]);
  return RECENT.map(({ name, indicator, care, unit }) => {
    const scale = unit === "yuan" ? 10_000n : 1_000_000n;
    const byDay = new Map(
      (care === null ? all : inpatient).map((d) => [d.day, (d.sums[indicator] ?? 0n) * scale]),
    );
    const on = (back: number): bigint => byDay.get(dayAt(back)) ?? 0n;
    const sum = (from: number, to: number): bigint => {
      let total = 0n;
      for (let back = from; back >= to; back--) total += on(back);
      return total;
    };
    const weeks = BigInt(WEEKS);
    let sameDays = 0n;
    for (let w = 1; w <= WEEKS; w++) sameDays += on(7 * w);
    const beside = (value: bigint, before: bigint) => {
      const usual = decimal(divided(before, weeks));
      return { value: decimal(value), usual, difference_pct: relative(decimal(value), usual) };
    };
    const days = Array.from({ length: RECENT_DAYS }, (_, i) => RECENT_DAYS - 1 - i);
    return {
      name,
      indicator,
      care,
      unit,
      today: { day: lastDay, ...beside(on(0), sameDays) },
      week: { from: dayAt(6), to: lastDay, ...beside(sum(6, 0), sum(6 + 7 * WEEKS, 7)) },
      days: days.map((back) => ({ day: dayAt(back), value: decimal(on(back)) })),
    };
  });
}
