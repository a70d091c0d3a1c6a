import { z } from "zod";

/** Shapes that more than one answer has. A decimal is exact text in the published unit. */
export const decimal = z.string().nullable().describe("Exact decimal as text; null where there is no figure");

export const figureShape = z
  .object({
    period: z.string(),
    insurance: z.string(),
    grouping: z.string(),
    dimensions: z
      .record(z.string(), z.string())
      .describe("The group's value of each dimension of the grouping"),
    facility_name: z.string().optional(),
    indicator: z.string(),
    value: decimal,
    unit: z.string(),
    previous: decimal.describe("The same figure of the same period one year earlier"),
    change: decimal.describe("value − previous"),
    change_pct: decimal.describe("change over previous, as a fraction"),
    reported: decimal.describe("The figure frozen at close; null while the period is open"),
    status: z.enum(["open", "closed", "restated"]),
    hidden: z.literal(true).optional().describe("Below monitor.smallCell: not shown to this role"),
    compared: decimal.optional().describe("The same figure of the period `compare`"),
    compared_change: decimal.optional().describe("value − compared"),
    compared_change_pct: decimal.optional().describe("That over `compared`, as a fraction"),
  })
  .meta({ id: "Figure" });

const TONES = ["plain", "strong", "watch", "critical"] as const;
const sentence = z.array(z.object({ text: z.string(), tone: z.enum(TONES) })).readonly();
/** What a view found, in words: pieces of one sentence, each with its weight. */
export const findingShape = z.object({ zh: sentence, en: sentence }).meta({ id: "Finding" });
