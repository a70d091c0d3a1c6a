import { expect, test } from "vitest";
import { tierOfLevel } from "../../../aggregations/dimensions/facilities.js";

test.each([
  ["01", "3"],
  ["04", "3"],
  ["05", "2"],
  ["07", "2"],
  ["08", "1"],
  ["10", "1"],
  ["11", "0"],
  ["99", "0"],
  ["00", "0"],
  // Without its zero it is no national code; in other lists 1 is 一级.
  ["1", "0"],
  ["", "0"],
])("hosp_lv %s is tier %s", (level, tier) => {
  expect(tierOfLevel(level)).toBe(tier);
});
