import { expect, test } from "vitest";
import { dayOf } from "../../../aggregations/calendar.js";
import { enrolmentBehind, type KeyedRow } from "../../../aggregations/explain/enrolment.js";

const OWN = { admdvs: "370600", level: "city" } as const;
const row = (
  key: string,
  admdvs: string,
  persons: number,
  more: Partial<KeyedRow> & { month?: number } = {},
): KeyedRow => ({
  key,
  day: dayOf(2024, more.month ?? 1, 31),
  admdvs,
  insurance: "resident",
  group: "all",
  sex: "all",
  enrolled: { persons, paid: null, target: null },
  ...more,
});
const behind = (
  rows: KeyedRow[],
  dimensions: Record<string, string> = {},
  insurance = "resident",
  reported = rows.map((r) => r.insurance),
) => {
  const group = { insurance, dimensions, endDay: dayOf(2024, 6, 30) };
  const found = enrolmentBehind(rows, OWN, group, reported);
  return found && [found.persons, found.rows];
};

test("the whole is the own division's row, where there is one", () => {
  expect(behind([row("whole", "370600", 100), row("a", "370602", 60), row("b", "370611", 50)])).toEqual([
    100,
    ["whole"],
  ]);
});

test("else the sum of the divisions, each by its latest row", () => {
  const rows = [row("a1", "370602", 60), row("a2", "370602", 65, { month: 5 }), row("b", "370611", 50)];
  expect(behind(rows)).toEqual([115, ["a2", "b"]]);
  expect(behind(rows, { district: "370602" })).toEqual([65, ["a2"]]);
});

test("active and retired, not the sum of groups that overlap them", () => {
  const group = (g: string, n: number) => row(g, "370602", n, { group: g, insurance: "employee" });
  const rows = [group("active", 30), group("retired", 10), group("enterprise", 25)];
  expect(behind(rows, {}, "employee")).toEqual([40, ["active", "retired"]]);
  expect(behind(rows, { person_group: "enterprise" }, "employee")).toEqual([25, ["enterprise"]]);
});

test("all insurances are employees and residents, not maternity", () => {
  const rows = [
    row("r", "370600", 100),
    row("e", "370600", 40, { insurance: "employee" }),
    row("m", "370600", 40, { insurance: "maternity" }),
  ];
  expect(behind(rows, {}, "all")?.[0]).toBe(140);
  expect(behind(rows, {}, "all")?.[1]).toEqual(expect.arrayContaining(["r", "e"]));
});

test("all insurances are unknown where one that is reported in another year is; a group is not", () => {
  const rows = [row("r", "370602", 100), row("a", "370602", 9, { group: "active" })];
  expect(behind(rows, {}, "all", ["resident", "employee"])).toBeNull();
  expect(behind(rows, {}, "all", ["resident"])).toEqual([100, ["r"]]);
  expect(behind(rows, { person_group: "active" }, "all", ["resident", "employee"])).toEqual([9, ["a"]]);
});

test("a row after the period's end does not stand yet", () => {
  expect(behind([row("later", "370600", 100, { month: 7 })])).toBeNull();
});
