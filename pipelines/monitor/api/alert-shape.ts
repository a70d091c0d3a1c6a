import { z } from "zod";
import { withOffsetOrNull } from "../http/times.js";
import type { Context } from "./route.js";

/** An alert as `alert` has it; times with offset. */
export const alertShape = z
  .looseObject({
    id: z.string(),
    rule: z.string(),
    severity: z.string(),
    state: z.string().describe("open, acknowledged or cleared"),
    finding: z.string().nullable().optional(),
    finding_en: z.string().nullable().optional(),
  })
  .meta({ id: "Alert", description: "The columns of table `alert`" });

const TIMES = /_at$|^at$|_since$/;

/** A row with its times as everywhere in the API. */
export const withTimes = (
  context: Context,
  row: Readonly<Record<string, unknown>>,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      TIMES.test(name) && typeof value === "string" ? withOffsetOrNull(context.calendar, value) : value,
    ]),
  );

export const alertAnswer = (
  context: Context,
  row: Readonly<Record<string, unknown>>,
): z.input<typeof alertShape> => withTimes(context, row) as z.input<typeof alertShape>;
