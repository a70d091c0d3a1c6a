import { z } from "zod";
import { SUMMARY_CARE_GROUPS, SUMMARY_CATEGORIES, SUMMARY_FACILITIES } from "../labels.js";

const name = (usual: string) => z.string().min(1).default(usual);
const each = <K extends string>(names: readonly K[]) =>
  z.strictObject(Object.fromEntries(names.map((n) => [n, name(n)])) as Record<K, ReturnType<typeof name>>);

/**
 * `report.summary`: which of the bureau's own names stand on which line of the half-year summary 工作总结. A line
 * whose name does not exist is empty, never 0.
 */
export const summarySettings = z.strictObject({
  /** Care group (of `careGroups`) of each level. */
  careGroups: each(SUMMARY_CARE_GROUPS).prefault({}),
  /** Categories (of categories.csv) that a line adds up. */
  categories: z
    .strictObject(
      Object.fromEntries(
        Object.entries(SUMMARY_CATEGORIES).map(([line, names]) => [
          line,
          z.array(z.string().min(1)).default([...names]),
        ]),
      ) as Record<keyof typeof SUMMARY_CATEGORIES, z.ZodDefault<z.ZodArray<z.ZodString>>>,
    )
    .prefault({}),
  /** Code of each hospital that has a line, or the end of its name. */
  facilities: each(SUMMARY_FACILITIES).prefault({}),
});
export type SummarySettings = z.infer<typeof summarySettings>;
