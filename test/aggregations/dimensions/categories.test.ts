import { expect, test } from "vitest";
import { CategoryTable } from "../../../aggregations/dimensions/categories.js";

const rule = { care: "outpatient", dise_no: null, insurance: null, parent: null, display_order: null };

test("a category has its parents, nearest first, under every insurance", () => {
  const table = new CategoryTable(
    [{ ...rule, med_type: "1", category: "糖尿病", parent: "门诊慢特病" }],
    [{ ...rule, med_type: "2", category: "门诊慢特病", parent: "门诊" }],
  );
  expect(table.parentsOf("糖尿病", "resident")).toEqual(["门诊慢特病", "门诊"]);
  expect(table.parentsOf("门诊", "resident")).toEqual([]);
});

test("a parent that stands in the row of one insurance is the parent under that insurance alone", () => {
  const drug = { ...rule, med_type: "910302", category: "谈判药品" };
  const table = new CategoryTable(
    [],
    [
      { ...drug, insurance: "employee", parent: "门诊慢特病" },
      { ...drug, insurance: "resident" },
    ],
  );
  expect(table.parentsOf("谈判药品", "employee")).toEqual(["门诊慢特病"]);
  expect(table.parentsOf("谈判药品", "resident")).toEqual([]);
  expect(table.parentsOf("谈判药品", "maternity")).toEqual([]);
});

test("a row of an insurance takes its category out of the parent that all others have", () => {
  const table = new CategoryTable(
    [],
    [
      { ...rule, med_type: "2", category: "谈判药品", parent: "门诊慢特病" },
      { ...rule, med_type: "2", category: "谈判药品", insurance: "resident" },
    ],
  );
  expect(table.parentsOf("谈判药品", "employee")).toEqual(["门诊慢特病"]);
  expect(table.parentsOf("谈判药品", "resident")).toEqual([]);
});
