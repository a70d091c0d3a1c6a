import { Decimal } from "decimal.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalDecimal, over, parseDecimal, roundHalfUp, whole } from "../../aggregations/rational.js";

it("rounds a half away from 0 and has no negative 0", () => {
  expect(roundHalfUp({ n: 1n, d: 2n }, 0)).toBe("1");
  expect(roundHalfUp({ n: -1n, d: 2n }, 0)).toBe("-1");
  expect(roundHalfUp({ n: -1n, d: 3n }, 0)).toBe("0");
  expect(roundHalfUp({ n: 5n, d: 1000n }, 2)).toBe("0.01");
});

it("agrees with decimal.js on ratios", () => {
  const Wide = Decimal.clone({ precision: 80, rounding: Decimal.ROUND_HALF_UP });
  const amount = fc.maxSafeInteger();
  fc.assert(
    fc.property(amount, amount, (a, b) => {
      const ratio = over(whole(a), whole(b));
      if (b === 0) {
        expect(ratio).toBeNull();
        return;
      }
      const text = roundHalfUp(ratio!, 6);
      const wanted = new Wide(a).div(b).toFixed(6);
      expect(text).toBe(wanted === "-0.000000" ? "0.000000" : wanted);
    }),
  );
});

it("gives equal decimals one spelling", () => {
  expect(["1", "1.0", "01.00", "+1", "1e0", "10e-1"].map(canonicalDecimal)).toEqual(Array(6).fill("1"));
  expect(["0", "-0", "0.000"].map(canonicalDecimal)).toEqual(["0", "0", "0"]);
  expect(["100", "1e2", "-.5", "5.", "0.050"].map(canonicalDecimal)).toEqual([
    "100",
    "100",
    "-0.5",
    "5",
    "0.05",
  ]);
  expect(["", ".", "x", "1,5", "NaN", "Infinity", "0x1", " 1", "1e9999"].map(parseDecimal)).toEqual(
    Array(9).fill(null),
  );
});
