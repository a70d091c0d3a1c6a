import { afterAll, expect, test } from "vitest";
import { bill, drainedBureau, paperFigures } from "../../support/on-paper.js";
import type { Workspace } from "../../support/workspace.js";

const HOME = "620725";
const spaces: Workspace[] = [];
afterAll(() => {
  for (const space of spaces) space.remove();
});

const at = (day: string, updated = `${day} 10:00:00`) => ({
  setl_time: `${day} 10:00:00`,
  updt_time: updated,
});
const MARCH = at("2024-03-05");
const APRIL = at("2024-04-02");

/** A settlement of 100 yuan in March at a facility that stands for the case. */
const original = (id: string, more: object = {}, fee = 100): object =>
  bill(id, HOME, `F${id}`, fee, { psn_no: `person ${id}`, ...MARCH, ...more });
const refund = (of: string, n: number, fee: number, more: object = {}): object =>
  bill(`${of}-${n}`, HOME, `F${of}`, -fee, { psn_no: `person ${of}`, init_setl_id: of, ...APRIL, ...more });
const later = (minute: number, more: object = {}): object => ({
  updt_time: `2024-03-06 10:0${minute}:00`,
  ...more,
});

/** Case, its records in order of arrival, then visits and fee of March, of April and of the half-year. */
type Case = readonly [string, readonly object[], ...(readonly [number | null, number | null])[]];
const NONE = [null, null] as const;
const CASES: readonly Case[] = [
  ["FULL", [original("FULL"), refund("FULL", 1, 100)], [1, 100], [-1, -100], [0, 0]],
  ["PARTIAL", [original("PARTIAL"), refund("PARTIAL", 1, 40)], [1, 100], [-1, -40], [0, 60]],
  ["BEYOND", [original("BEYOND"), refund("BEYOND", 1, 150)], [1, 100], [-1, -150], [0, -50]],
  [
    "TWICE",
    [original("TWICE"), refund("TWICE", 1, 100), refund("TWICE", 2, 100)],
    [1, 100],
    [-2, -200],
    [-1, -100],
  ],
  ["ORPHAN", [refund("ORPHAN", 1, 100)], NONE, [-1, -100], [-1, -100]],
  ["EARLY", [refund("EARLY", 1, 100), original("EARLY")], [1, 100], [-1, -100], [0, 0]],
  [
    "INVALID",
    [original("INVALID"), original("INVALID", later(1, { vali_flag: "0" })), refund("INVALID", 1, 100)],
    NONE,
    [-1, -100],
    [-1, -100],
  ],
  // A refund of a refund counts as a refund.
  [
    "AGAIN",
    [original("AGAIN"), refund("AGAIN", 1, 100), refund("AGAIN", 2, 100, { init_setl_id: "AGAIN-1" })],
    [1, 100],
    [-2, -200],
    [-1, -100],
  ],
  // A bill in mid-stay gives its money alone, and so does its refund.
  ["MID", [original("MID", { mid_setl_flag: "1" })], [0, 100], NONE, [0, 100]],
  [
    "MIDBACK",
    [original("MIDBACK"), refund("MIDBACK", 1, 100, { mid_setl_flag: "1" })],
    [1, 100],
    [0, -100],
    [1, 0],
  ],
  [
    "WITHDRAWN",
    [original("WITHDRAWN"), refund("WITHDRAWN", 1, 100, { vali_flag: "0" })],
    [1, 100],
    NONE,
    [1, 100],
  ],
  ["CORRECTED", [original("CORRECTED"), original("CORRECTED", later(1), 130)], [1, 130], NONE, [1, 130]],
  // The older version comes after the newer one.
  ["LATE", [original("LATE", later(1), 130), original("LATE")], [1, 130], NONE, [1, 130]],
  ["SAME", [original("SAME"), original("SAME", later(1))], [1, 100], NONE, [1, 100]],
  ["TAKEN", [original("TAKEN"), original("TAKEN", later(1, { vali_flag: "0" }))], NONE, NONE, NONE],
  [
    "BACK",
    [original("BACK"), original("BACK", later(1, { vali_flag: "0" })), original("BACK", later(2), 120)],
    [1, 120],
    NONE,
    [1, 120],
  ],
  ["HELD", [original("HELD", { vali_flag: "2" })], NONE, NONE, NONE],
  ["FREED", [original("FREED", { vali_flag: "2" }), original("FREED", later(1))], [1, 100], NONE, [1, 100]],
  // Corrected to another month.
  [
    "MOVED",
    [
      original("MOVED"),
      original("MOVED", { setl_time: "2024-04-09 10:00:00", updt_time: "2024-04-09 11:00:00" }),
    ],
    NONE,
    [1, 100],
    [1, 100],
  ],
];

const PERIODS = ["2024-03", "2024-04", "2024H1"];

async function figuresOf(space: Workspace, names: readonly string[]): Promise<Record<string, unknown[]>> {
  const wanted = names.flatMap((n) =>
    ["visits", "fee"].map((i) => `resident care+facility outpatient F${n} ${i}`),
  );
  const found: Record<string, unknown[]> = Object.fromEntries(names.map((n) => [n, []]));
  for (const period of PERIODS) {
    const figures = await paperFigures(space, period, wanted);
    for (const [i, name] of names.entries())
      found[name]!.push([figures[wanted[2 * i]!], figures[wanted[2 * i + 1]!]]);
  }
  return found;
}

/** Where sums come to nothing a row may stand with 0, or none. */
const zero = (pair: unknown): unknown => {
  const [visits, fee] = pair as (number | null)[];
  return [visits ?? 0, fee ?? 0];
};

async function withCases(refunds: string, cases: readonly Case[]): Promise<Workspace> {
  const facilities = cases.map(([name]) => ({ fixmedins_code: `F${name}`, admdvs: HOME, hosp_lv: "05" }));
  const settlement = cases.flatMap(([, records]) => records);
  const space = await drainedBureau({ refunds }, { facility: facilities, settlement });
  spaces.push(space);
  return space;
}

test("refunds and corrections in open periods, each in its own period", async () => {
  const space = await withCases("own-period", CASES);
  const found = await figuresOf(
    space,
    CASES.map(([name]) => name),
  );
  const of = (list: readonly unknown[]): unknown[] => list.map(zero);
  expect(Object.fromEntries(Object.entries(found).map(([name, list]) => [name, of(list)]))).toEqual(
    Object.fromEntries(CASES.map(([name, , ...expected]) => [name, of(expected)])),
  );
}, 120_000);

test("refunds in the period of what they reverse, moving with its corrections", async () => {
  const february = { setl_time: "2024-02-20 10:00:00", updt_time: "2024-04-09 11:00:00" };
  const space = await withCases("original-period", [
    ["FULL", [original("FULL"), refund("FULL", 1, 100)]],
    ["ORPHAN", [refund("ORPHAN", 1, 100)]],
    ["MOVED", [original("MOVED"), refund("MOVED", 1, 40), original("MOVED", february)]],
  ]);
  const found = await figuresOf(space, ["FULL", "ORPHAN", "MOVED"]);
  expect(found.FULL!.map(zero)).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  expect(found.ORPHAN!.map(zero)).toEqual([
    [0, 0],
    [-1, -100],
    [-1, -100],
  ]);
  expect(found.MOVED!.map(zero)).toEqual([
    [0, 0],
    [0, 0],
    [0, 60],
  ]);
}, 120_000);

test("a person whose stay is refunded later was there at the time, and not in the whole", async () => {
  const space = await withCases("own-period", [["FULL", [original("FULL"), refund("FULL", 1, 100)]]]);
  const name = "resident care outpatient persons";
  const persons = async (period: string) => (await paperFigures(space, period, [name]))[name];
  expect([await persons("2024-03"), await persons("2024Q1"), await persons("2024H1")]).toEqual([1, 1, 0]);
}, 120_000);
