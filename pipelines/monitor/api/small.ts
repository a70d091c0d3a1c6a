import { type Figure, type FigureQuery, figuresOf } from "../../../connectors/duckdb/monitor/figures.js";
import { DIMENSIONS } from "../../../schemas/dimensions.js";
import { groupKey } from "./group-key.js";
import type { Context } from "./route.js";

const COUNTS = ["visits", "persons"] as const;

const keyOf = (f: Figure): string => `${f.period} ${groupKey(f)}`;
/** Rows that add up to one: all that differ in the last dimension alone. */
const siblingsKey = (f: Figure): string => {
  const last = Object.keys(f.dimensions).at(-1);
  return JSON.stringify([
    f.period,
    f.insurance,
    ...DIMENSIONS.map((d) => (d === last ? "" : (f.dimensions[d] ?? ""))),
  ]);
};

/**
 * Figures as a viewer may see them: of a group with fewer visits or persons than `monitor.smallCell`, this year or
 * last, nothing is shown, and neither of the next smallest beside it where it alone could be worked out from a total.
 * Officers see all.
 */
export async function hideSmall(
  context: Pick<Context, "file" | "caller" | "config">,
  query: FigureQuery,
  figures: readonly Figure[],
): Promise<Figure[]> {
  const limit = context.config.monitor.smallCell;
  if (limit === 0 || context.caller.role !== "viewer") return [...figures];
  const counts = await figuresOf(context.file, { ...query, where: {}, indicators: COUNTS });
  const hidden = hiddenGroups(counts, limit);
  return figures.map((f) =>
    hidden.has(keyOf(f))
      ? { ...f, value: null, previous: null, change: null, change_pct: null, reported: null, hidden: true }
      : f,
  );
}

function hiddenGroups(counts: readonly Figure[], limit: number): Set<string> {
  const hidden = new Set<string>();
  const smallest = new Map<string, number>();
  const siblings = new Map<string, Set<string>>();
  for (const f of counts) {
    const key = keyOf(f);
    const together = siblings.get(siblingsKey(f)) ?? new Set();
    siblings.set(siblingsKey(f), together.add(key));
    for (const value of [f.value, f.previous]) {
      const n = Math.abs(Number(value ?? 0));
      if (n === 0) continue;
      if (n < limit) hidden.add(key);
      smallest.set(key, Math.min(n, smallest.get(key) ?? n));
    }
  }
  for (const together of siblings.values()) {
    const [alone, second] = [...together].filter((key) => hidden.has(key));
    if (alone === undefined || second !== undefined) continue;
    const others = [...together].filter((key) => key !== alone && smallest.has(key));
    others.sort((a, b) => smallest.get(a)! - smallest.get(b)! || (a < b ? -1 : 1));
    if (others[0] !== undefined) hidden.add(others[0]);
  }
  return hidden;
}
