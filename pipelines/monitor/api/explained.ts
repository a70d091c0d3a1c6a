import { z } from "zod";
import { decimal, micros, microsOr0 } from "../../../aggregations/micros.js";
import { contributions } from "../../../aggregations/monitor/curve.js";
import { partsOfFund } from "../../../aggregations/monitor/fund-measures.js";
import type { Dimension } from "../../../schemas/dimensions.js";
import { ask, labels, type only } from "./ask.js";
import type { Context } from "./route.js";
import { decimal as decimalShape } from "./shapes.js";

/** How many of the largest contributions are named. */
const NAMED = 5;

const part = z.object({
  key: z.string().nullable(),
  name: z.string(),
  value: decimalShape,
  previous: decimalShape,
  difference: decimalShape,
});
export const explained = z
  .object({
    rows: z.array(part).describe("The five that explain most of the difference"),
    rest: part,
    total: part.describe("The sum of the rows and the rest"),
  })
  .nullable();

export type Explained = z.input<typeof explained>;

/**
 * What a fund's difference to last year is made of, by one dimension; null where that is not published or nothing is
 * known of last year.
 */
export async function explainedBy(
  context: Context,
  period: string,
  fund: string,
  dimension: Dimension,
  grouping: string,
  where: ReturnType<typeof only>,
): Promise<Explained> {
  if (!context.config.groupings.includes(grouping)) return null;
  const names = await labels(context);
  const rows = new Map<string, { key: string; value: bigint; previous: bigint }>();
  const total = { value: 0n, previous: 0n };
  for (const { insurance, measure } of partsOfFund(fund)) {
    const figures = await ask(context, {
      periods: [period],
      grouping,
      insurances: [insurance],
      indicators: [measure],
      where,
    });
    for (const f of figures) {
      const key = f.dimensions[dimension]!;
      // A category counts in its parent's row too: here the parents stand, else a yuan would be told twice.
      if (dimension === "category" && hasParent(names.parents, insurance, key)) continue;
      // Without a year before there is no difference to explain.
      if (f.previous === null) return null;
      const row = rows.get(key) ?? { key, value: 0n, previous: 0n };
      rows.set(key, row);
      const [value, previous] = [microsOr0(f.value), micros(f.previous)];
      row.value += value;
      row.previous += previous;
      total.value += value;
      total.previous += previous;
    }
  }
  if (rows.size === 0) return null;
  const found = contributions([...rows.values()], total, NAMED);
  const told = (key: string | null, name: string, r: { value: bigint; previous: bigint }) => ({
    key,
    name,
    value: decimal(r.value),
    previous: decimal(r.previous),
    difference: decimal(r.value - r.previous),
  });
  return {
    rows: found.rows.map((r) => told(r.key, names.nameOf(dimension, r.key).zh, r)),
    rest: told(null, "其他", found.rest),
    total: told(null, "合计", total),
  };
}

const hasParent = (parents: ReadonlyMap<string, string>, insurance: string, category: string): boolean =>
  insurance === "all"
    ? [...parents.keys()].some((key) => key.endsWith(` ${category}`))
    : parents.has(`${insurance} ${category}`);
