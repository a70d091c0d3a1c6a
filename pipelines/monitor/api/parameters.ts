import { z } from "zod";
import { PERIOD_KINDS, parseDay, parsePeriod } from "../../../aggregations/calendar.js";
import { DIMENSIONS, groupingParts } from "../../../schemas/dimensions.js";

/** Parameters come as text; a list is parted by commas. */
const MOST_VALUES = 400;

export const period = z
  .string()
  .refine((id) => parsePeriod(id) !== null, "a period: 2024-03-31, 2024-03, 2024Q1, 2024H1, 2024, 2024YTD05")
  .meta({ examples: ["2024H1"] });

export const day = z
  .string()
  .refine((text) => parseDay(text) !== null, "a day YYYY-MM-DD")
  .meta({ examples: ["2024-03-31"] });

export const periodKind = z.enum(PERIOD_KINDS);

const WORD = /^[^,\s"'`;\\]{1,100}$/u;
/** A code or a name as the published tables have it. */
export const word = z.string().trim().min(1).max(100);
export const indicator = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, "an indicator such as avg_fee");

/** `a,b,c` as a list of one to 400. */
export const listOf = (item: z.ZodType<string, string>) =>
  z
    .string()
    .transform((text) => text.split(",").map((part) => part.trim()))
    .pipe(z.array(item).min(1).max(MOST_VALUES));

export const insurance = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, "an insurance such as resident, or all");
export const fund = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, "a fund such as employee_pool");
export const district = z.string().regex(/^(\d{6}|unknown)$/, "a division of six digits");
export const facility = z.string().regex(WORD, "a facility's code");

export const grouping = z
  .string()
  .default("total")
  .transform((text) => text.replaceAll(" ", "+"))
  .refine(
    (text) =>
      groupingParts(text).every((d) => d === "other" || (DIMENSIONS as readonly string[]).includes(d)),
    `total, or dimensions joined by + (write %2B): ${DIMENSIONS.join(", ")}`,
  )
  .meta({ examples: ["care+region"] });

export const count = (most: number, usual: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, "a whole number")
    .transform(Number)
    .pipe(z.number().int().min(1).max(most))
    .default(usual);

/** One parameter for each dimension: the values that are wanted. */
export const dimensionFilters = Object.fromEntries(
  DIMENSIONS.map((d) => [d, listOf(word).optional().describe(`Only these values of ${d}`)]),
) as { [K in (typeof DIMENSIONS)[number]]: z.ZodOptional<ReturnType<typeof listOf>> };
