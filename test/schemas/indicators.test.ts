import { expect, test } from "vitest";
import { FACT_INDICATORS } from "../../schemas/fact-indicators.js";
import { INDICATOR_WORDS } from "../../schemas/indicator-words.js";
import { COMPUTED_INDICATORS } from "../../schemas/indicators.js";

test("no indicator has two entries, and none that is reported has the name of one that is computed", () => {
  const names = FACT_INDICATORS.map((i) => i.name);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  expect(names.filter((name) => COMPUTED_INDICATORS.has(name))).toEqual([]);
});

test("every computed indicator has an English name and says which way worries", () => {
  expect([...COMPUTED_INDICATORS].filter((name) => !(name in INDICATOR_WORDS))).toEqual([]);
});
