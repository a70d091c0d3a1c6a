import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { split, splitCapped } from "../../../pipelines/simulate/split.js";

const places = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 40 });
const sum = (a: Float64Array): number => a.reduce((x, y) => x + y, 0);

describe("splitting a total", () => {
  it("gives everything away, no place less than the floor", () => {
    fc.assert(
      fc.property(places, fc.nat(1_000_000), fc.nat(5), (weights, extra, floor) => {
        const total = floor * weights.length + extra;
        const parts = split(total, Float64Array.from(weights), floor);
        expect(sum(parts)).toBe(total);
        expect(parts.every((p) => Number.isInteger(p) && p >= floor)).toBe(true);
      }),
    );
  });

  it("keeps every place within its cap as long as the caps suffice", () => {
    fc.assert(
      fc.property(places, fc.nat(100), (caps, share) => {
        const c = Float64Array.from(caps);
        const total = Math.floor((sum(c) * share) / 100);
        const parts = splitCapped(
          total,
          Float64Array.from(caps, (_, i) => i % 3),
          c,
        );
        expect(sum(parts)).toBe(total);
        expect(parts.every((p, i) => Number.isInteger(p) && p >= 0 && p <= c[i])).toBe(true);
      }),
    );
  });

  it("refuses a total beyond the caps", () => {
    expect(() => splitCapped(3, Float64Array.of(1, 1), Float64Array.of(1, 1))).toThrow(/without a place/);
  });
});
