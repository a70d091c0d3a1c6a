import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cell } from "../../../pipelines/simulate/profile.js";
import { type Demand, solveIntegers } from "../../../pipelines/simulate/solve.js";
import { solveCells } from "../../../pipelines/simulate/solve-cells.js";

const value = (row: Demand, x: Float64Array): number =>
  row.vars.reduce((sum, v, k) => sum + row.coefs[k] * x[v], 0);

/** Row and column sums of a table, as a report prints them. */
function tableDemands(table: readonly (readonly number[])[]): Demand[] {
  const columns = table[0].length;
  const sums = [
    ...table.map((row, r) => ({
      cells: row.map((_, c) => r * columns + c),
      sum: row.reduce((a, b) => a + b),
    })),
    ...table[0].map((_, c) => ({
      cells: table.map((_, r) => r * columns + c),
      sum: table.reduce((a, row) => a + row[c], 0),
    })),
  ];
  return sums.map(({ cells, sum }, i) => ({
    vars: cells,
    coefs: cells.map(() => 1),
    lo: sum - 0.5,
    hi: sum + 0.5,
    name: `sum ${i}`,
  }));
}

describe("the integer solver", () => {
  it("finds a table with the row and column sums of a hidden one", () => {
    const tables = fc.array(fc.array(fc.integer({ min: 20, max: 4_000 }), { minLength: 3, maxLength: 3 }), {
      minLength: 2,
      maxLength: 5,
    });
    fc.assert(
      fc.property(tables, (table) => {
        const demands = tableDemands(table);
        const prior = table.flat().map((v) => v * 0.7 + 100);
        const x = solveIntegers(prior, demands);
        expect(x.every(Number.isInteger)).toBe(true);
        for (const d of demands) {
          expect(value(d, x)).toBeGreaterThanOrEqual(d.lo);
          expect(value(d, x)).toBeLessThanOrEqual(d.hi);
        }
      }),
      { numRuns: 300, seed: 9 },
    );
  });

  it("leaves what has no prior at zero and names a demand that cannot be met", () => {
    const demand = { vars: [0, 1], coefs: [1, 1], lo: 9.5, hi: 10.5, name: "ten" };
    expect([...solveIntegers([3, 0], [demand])]).toEqual([10, 0]);
    expect(() => solveIntegers([0, 0], [demand])).toThrow(/ten/);
  });

  it("chooses fen that print as an amount, an average, a difference and a ratio at once", () => {
    const cells = [
      cell(0, "a", { visits: 57, avgFee: 1_200, inScope: 0.9, pool: 0.6 }),
      cell(1, "a", { visits: 72, avgFee: 1_300, inScope: 0.9, pool: 0.6 }),
    ];
    const [now, before] = solveCells(
      cells,
      [
        ["visits", "a", "57", "72", "", ""],
        ["fee", "a", "7.26", "", "", ""],
        ["avg_fee", "a", "1274.30", "1258.87", "15.43", "1.23"],
        ["pool_rate", "a", "71.64", "70.41", "1.23", ""],
      ],
      "half-up",
    );
    expect([now.visits, before.visits]).toEqual([57, 72]);
    expect((now.fee / now.visits / 100).toFixed(2)).toBe("1274.30");
    expect((before.fee / before.visits / 100).toFixed(2)).toBe("1258.87");
    expect((now.fee / now.visits / 100 - before.fee / before.visits / 100).toFixed(2)).toBe("15.43");
    expect(((now.pool / now.fee) * 100).toFixed(2)).toBe("71.64");
    expect(((before.pool / before.fee) * 100).toFixed(2)).toBe("70.41");
  });
});
