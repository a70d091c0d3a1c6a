import { cell, type Guess } from "./profile.js";
import { IN_COUNTY, TOWNSHIPS } from "./shandan-facilities.js";
import type { Cell } from "./targets.js";

type Year = 0 | 1;

/** Outside the county: share of a region's stays by tier, and its guessed average fee and stay. */
const OUTSIDE_TIERS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  city: [0.6, 0.3, 0.08, 0.02],
  province: [0.9, 0.08, 0.015, 0.005],
  national: [0.86, 0.11, 0.02, 0.01],
};
const TIER_NAMES = ["t3", "t2", "t1", "t0"];
const TIER_FEE = [1.12, 0.75, 0.35, 0.5];
/** Stays, average fee and bed days by region: [residents, employees] for [this year, last year]. */
const REGIONS: Readonly<Record<string, readonly (readonly (readonly number[])[])[]>> = {
  city: [
    [
      [3242, 8550, 7.4],
      [3055, 9601, 7.9],
    ],
    [
      [1576, 7494, 7.4],
      [1819, 8520, 8.2],
    ],
  ],
  province: [
    [
      [1924, 16886, 9.0],
      [1428, 16327, 9.4],
    ],
    [
      [778, 14023, 7.8],
      [672, 14821, 8.4],
    ],
  ],
  national: [
    [
      [1066, 17170, 7.2],
      [947, 21761, 7.6],
    ],
    [
      [567, 18149, 7.3],
      [509, 20720, 7.8],
    ],
  ],
};

function ordinary(insurance: "resident" | "employee", year: Year): Cell[] {
  const employee = insurance === "employee";
  const cells: Cell[] = [];
  for (const [i, [id, , now, before]] of IN_COUNTY.entries()) {
    const [visits, avgFee, rate] = (year === 0 ? now : before).slice(employee ? 3 : 0, employee ? 6 : 3);
    if (visits === 0) continue;
    const township = i < TOWNSHIPS;
    const group = township ? "township t1" : "county_level t2";
    const guess = employee
      ? {
          inScope: Math.max(0.82, rate * 1.05),
          pool: rate * 0.99,
          aid: 0.005,
          aidVisits: visits > 10 ? 0.04 : 0,
        }
      : { inScope: township ? 0.86 : 0.745, pool: rate, critical: 0.005, aid: 0.073, aidVisits: 0.26 };
    const aid = employee && township ? { aid: 0, pool: rate } : {};
    cells.push(
      cell(year, `${insurance} inpatient ordinary county ${group} ${id}`, {
        visits,
        avgFee,
        days: year === 0 ? (employee ? 6.4 : 6.5) : employee ? 7 : 7.1,
        visitsPerHead: year === 1 && employee ? 1.14 : 1.11,
        ...guess,
        ...aid,
      }),
    );
  }
  for (const [region, data] of Object.entries(REGIONS)) {
    const [visits, avgFee, days] = data[employee ? 1 : 0][year];
    for (const [k, tier] of TIER_NAMES.entries()) {
      const plain = k >= 2;
      const guess = employee
        ? {
            inScope: 0.79,
            pool: 0.65,
            large: plain ? 0 : 0.035,
            aid: tier === "t0" ? 0 : 0.004,
            aidVisits: 0.03,
          }
        : { inScope: 0.71, pool: 0.47, critical: 0.05, aid: 0.045, aidVisits: 0.22 };
      cells.push(
        cell(year, `${insurance} inpatient ordinary ${region} ${tier}`, {
          visits: visits * OUTSIDE_TIERS[region][k],
          avgFee: avgFee * TIER_FEE[k],
          days,
          ...guess,
        }),
      );
    }
  }
  return cells;
}

/** One cell of another category: tokens, guessed pool in 万元 for [this year, last year], and the shape of a bill. */
function other(tokens: string, wan: readonly [number, number], g: Omit<Guess, "visits">): Cell[] {
  const share = (g.pool ?? 0) + (g.account ?? 0);
  return ([0, 1] as const).map((year) =>
    cell(year, tokens, { ...g, visits: Math.round((wan[year] * 10_000) / (g.avgFee * share)) }),
  );
}

function chronic(
  insurance: string,
  rows: readonly (readonly number[])[],
  last: number,
  rate: number,
): Cell[] {
  const employee = insurance === "employee";
  const total = rows.reduce((sum, [visits]) => sum + visits, 0);
  return TIER_NAMES.flatMap((tier, k) =>
    ([0, 1] as const).map((year) => {
      const where = tier === "t3" ? "city" : "county";
      const [visits, avgFee] = rows[k];
      return cell(year, `${insurance} outpatient chronic ${where} ${tier}`, {
        visits: year === 0 ? visits : (visits * last) / total,
        avgFee,
        visitsPerHead: 3,
        inScope: 0.96,
        pool: rate,
        aid: employee ? 0.005 : 0.08,
        aidVisits: employee ? 0.02 : 0.34,
      });
    }),
  );
}

const STAY = { avgFee: 3_000, days: 6, inScope: 0.8 };
const aid = { aid: 0.04, aidVisits: 0.15 };

/** The cells of both half-years with guesses of their sums, for the solver to start from. */
export function cells(): Cell[] {
  return [
    ...([0, 1] as const).flatMap((y) => [...ordinary("resident", y), ...ordinary("employee", y)]),
    ...other("resident inpatient single county t2", [40.63, 36], { ...STAY, pool: 0.6 }),
    ...other("resident inpatient injury county t2", [389.82, 350], {
      ...STAY,
      avgFee: 6_000,
      pool: 0.5,
      ...aid,
    }),
    ...other("resident inpatient psychiatric city t2", [17.62, 16], {
      ...STAY,
      avgFee: 9_000,
      days: 40,
      pool: 0.6,
      ...aid,
    }),
    ...other("resident outpatient general county", [531.63, 651.95], {
      avgFee: 200,
      visitsPerHead: 2,
      inScope: 0.9,
      pool: 0.6,
    }),
    ...chronic(
      "resident",
      [
        [5273, 638],
        [45366, 330],
        [8938, 129],
        [1005, 926],
      ],
      47362,
      0.57,
    ),
    ...other("resident outpatient two county t1", [12.39, 17.57], {
      avgFee: 90,
      visitsPerHead: 2,
      inScope: 0.95,
      pool: 0.6,
    }),
    ...other("resident outpatient negotiated city t3", [230.31, 157], {
      avgFee: 2_400,
      visitsPerHead: 3,
      inScope: 0.95,
      pool: 0.6,
    }),
    ...other("resident outpatient daysurgery county t2", [37.95, 12.77], {
      avgFee: 3_000,
      inScope: 0.85,
      pool: 0.6,
    }),
    ...other("resident outpatient reproductive city t3", [10.13, 8], {
      avgFee: 1_500,
      inScope: 0.9,
      pool: 0.5,
    }),
    ...other("employee inpatient injury county t2", [88.24, 80], {
      ...STAY,
      avgFee: 6_500,
      pool: 0.6,
      large: 0.01,
      aid: 0.002,
      aidVisits: 0.02,
    }),
    ...other("employee inpatient psychiatric city t2", [5.46, 5], {
      ...STAY,
      avgFee: 9_000,
      days: 35,
      pool: 0.7,
    }),
    ...other("employee outpatient general county", [1179.35, 555.73], {
      avgFee: 380,
      visitsPerHead: 3,
      inScope: 0.92,
      pool: 0.6,
    }),
    ...chronic(
      "employee",
      [
        [6464, 443],
        [13092, 334],
        [1142, 162],
        [1767, 484],
      ],
      19078,
      0.72,
    ),
    ...other("employee outpatient negotiated city t3", [114.98, 84.05], {
      avgFee: 2_600,
      visitsPerHead: 3,
      inScope: 0.95,
      pool: 0.7,
    }),
    ...other("employee outpatient daysurgery county t2", [15.56, 7.24], {
      avgFee: 3_200,
      inScope: 0.85,
      pool: 0.7,
    }),
    ...other("employee outpatient account county pharmacy", [2153.29, 2665.81], {
      avgFee: 420,
      visitsPerHead: 4,
      account: 0.9,
    }),
    ...other("employee maternity maternity_outpatient county t2", [14.24, 15], {
      avgFee: 600,
      inScope: 0.9,
      pool: 0.7,
    }),
    ...other("employee maternity maternity_inpatient county t2", [38.85, 40], {
      ...STAY,
      avgFee: 4_200,
      pool: 0.75,
    }),
    ...other("employee maternity reproductive city t3", [6.1, 5], {
      avgFee: 1_600,
      inScope: 0.9,
      pool: 0.6,
    }),
  ];
}
