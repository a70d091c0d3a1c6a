import { expect, test } from "vitest";
import { FACT_INDICATORS } from "../../schemas/fact-indicators.js";
import { COMPUTED_INDICATORS } from "../../schemas/indicators.js";

test("no indicator has two entries, and none that is reported has the name of one that is computed", () => {
  const names = FACT_INDICATORS.map((i) => i.name);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  expect(names.filter((name) => COMPUTED_INDICATORS.has(name))).toEqual([]);
});
