import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type EditionRow, suppressed } from "../../../aggregations/privacy/suppress.js";

const THRESHOLD = 10;

/** A tree of counts: a whole, parts of it, and parts of those in two ways; every partition adds up. */
const trees = fc
  .array(
    fc.array(fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((insurances) => {
    const rows: EditionRow[] = [];
    const row = (key: string, parent: string | null, partition: string, count: number): void => {
      rows.push({ key, parent, partition, count, persons: null, anything: count !== 0 });
    };
    const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
    const wholes = insurances.map((cares) => sum(cares.map(sum)));
    row("all", null, "root", sum(wholes));
    insurances.forEach((cares, i) => {
      row(`i${i}`, "all", "insurance", wholes[i]!);
      cares.forEach((parts, c) => {
        row(`i${i}c${c}`, `i${i}`, "care", sum(parts));
        for (const [p, n] of parts.entries()) row(`i${i}c${c}r${p}`, `i${i}c${c}`, "region", n);
        // The same people cut otherwise: two halves of everything, and the rest.
        const half = Math.floor(sum(parts) / 2);
        row(`i${i}c${c}t0`, `i${i}c${c}`, "tier", half);
        row(`i${i}c${c}t1`, `i${i}c${c}`, "tier", sum(parts) - half);
      });
    });
    return rows;
  });

/**
 * What a reader can work out: every sum of the tree solved for each of its members, from the numbers that are
 * published and from what the other sums have told, until nothing more follows. Counts are never below 0.
 */
function attack(rows: readonly EditionRow[], hidden: ReadonlySet<string>): Map<string, [number, number]> {
  const known = new Map<string, [number, number]>(
    rows.map((r) => [r.key, hidden.has(r.key) ? [0, Number.POSITIVE_INFINITY] : [r.count, r.count]]),
  );
  const sums = new Map<string, EditionRow[]>();
  for (const r of rows) {
    if (r.parent === null) continue;
    const name = `${r.parent}\n${r.partition}`;
    sums.set(name, [...(sums.get(name) ?? []), r]);
  }
  for (let changed = true; changed; ) {
    changed = false;
    const narrow = (key: string, low: number, high: number): void => {
      const [a, b] = known.get(key)!;
      const next: [number, number] = [Math.max(a, low), Math.min(b, high)];
      if (next[0] !== a || next[1] !== b) {
        known.set(key, next);
        changed = true;
      }
    };
    for (const parts of sums.values()) {
      const total = parts[0]!.parent!;
      const at = (i: 0 | 1, but?: string): number =>
        parts.reduce((s, p) => s + (p.key === but ? 0 : known.get(p.key)![i]), 0);
      narrow(total, at(0), at(1));
      for (const { key } of parts)
        narrow(key, known.get(total)![0] - at(1, key), known.get(total)![1] - at(0, key));
    }
  }
  return known;
}

describe("a public edition", () => {
  test("tells no suppressed count to an interval narrower than the threshold, however its sums are solved", () => {
    fc.assert(
      fc.property(trees, (rows) => {
        const hidden = suppressed(rows, THRESHOLD);
        for (const r of rows)
          if (r.count > 0 && r.count < THRESHOLD) expect(hidden.has(r.key), r.key).toBe(true);
        const known = attack(rows, hidden);
        for (const key of hidden) {
          const [low, high] = known.get(key)!;
          const row = rows.find((r) => r.key === key)!;
          // A zero below a suppressed row is no person's.
          if (row.count > 0) expect(high - low, key).toBeGreaterThanOrEqual(THRESHOLD);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("hides the smallest siblings first, and no more of them than it needs", () => {
    const rows: EditionRow[] = [
      { key: "all", parent: null, partition: "root", count: 165, persons: 150, anything: true },
      ...[100, 40, 20, 3, 2].map((count, i) => ({
        ...{ key: `r${i}`, parent: "all", partition: "region", count, persons: count, anything: true },
      })),
    ];
    expect([...suppressed(rows, THRESHOLD)].sort()).toEqual(["r2", "r3", "r4"]);
    expect(suppressed(rows, 0).size).toBe(0);
  });

  test("few people behind many visits are hidden, and so is a row that was hidden before", () => {
    const rows: EditionRow[] = [
      { key: "all", parent: null, partition: "root", count: 90, persons: 40, anything: true },
      { key: "a", parent: "all", partition: "tier", count: 30, persons: 3, anything: true },
      { key: "b", parent: "all", partition: "tier", count: 30, persons: 20, anything: true },
      { key: "c", parent: "all", partition: "tier", count: 30, persons: 17, anything: true },
    ];
    expect([...suppressed(rows, THRESHOLD)].sort()).toEqual(["a", "b"]);
    const again = rows.map((r) => ({ ...r, persons: null, withheld: r.key === "c" }));
    expect([...suppressed(again, THRESHOLD)].sort()).toEqual(["a", "c"]);
  });
});
