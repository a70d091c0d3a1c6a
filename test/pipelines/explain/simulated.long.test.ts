import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { INDICATOR_NAMES } from "../../../aggregations/explain/formula.js";
import { publishedWorkspace } from "../../support/shared.js";
import { disagreements } from "./every-figure.js";

let folder: string;
beforeAll(async () => {
  folder = await publishedWorkspace("shandan-2024h1");
}, 300_000);

// Indicators that the simulated county has no records of.
const ABSENT = new Set([
  "balance_cumulative",
  "months_payable",
  "months_payable_net",
  "expense_to_available",
  "settled_progress",
  "expense_progress",
  "budget_expense",
  "enrolled_paid",
  "enrolment_progress",
  "beneficiaries",
]);

test("a simulated half-year: figures of every indicator are what the detail file gives", async () => {
  const found = await disagreements(
    { configFile: join(folder, "fundpulse.yaml") },
    { each: 3, where: "period IN ('2024H1', '2024Q2', '2023-05')" },
  );
  expect(found.differing).toEqual([]);
  expect(INDICATOR_NAMES.filter((name) => !found.indicators.has(name) && !ABSENT.has(name))).toEqual([]);
  expect(found.groupings.size).toBeGreaterThan(20);
}, 400_000);
