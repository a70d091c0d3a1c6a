import { expect, test } from "vitest";
import {
  type FrozenSums,
  packFigures,
  packSums,
  unpackFigures,
  unpackSums,
} from "../../../connectors/state/frozen-codec.js";
import { MEASURES } from "../../../schemas/measures.js";

const frozen: FrozenSums = {
  groupings: ["total", "care", "care+category"],
  personGroupings: ["total"],
  groups: [
    { insurance: "resident", grouping: "total", dimensions: {} },
    { insurance: "resident", grouping: "care", dimensions: { care: "inpatient" } },
    { insurance: "all", grouping: "care+category", dimensions: { care: "inpatient", category: "普通住院" } },
  ],
  sums: MEASURES.map((_, m) => Float64Array.of(m, -1 - m, m * 9_000_000_000_000)),
  persons: Float64Array.of(3, Number.NaN, Number.NaN),
};

test("frozen sums come back as they were, in the order of each group's dimensions", () => {
  const back = unpackSums(packSums(frozen), "2024-03");
  expect(back).toEqual(frozen);
  expect(Object.keys(back.groups[2]!.dimensions)).toEqual(["care", "category"]);
});

test("a period without groups comes back too", () => {
  const empty = {
    ...frozen,
    groups: [],
    sums: MEASURES.map(() => new Float64Array(0)),
    persons: new Float64Array(0),
  };
  expect(unpackSums(packSums(empty), "2024-03")).toEqual(empty);
});

test("frozen figures come back as they were", () => {
  const figure = {
    ...{ period: "2024-03", insurance: "resident", grouping: "fund", dimensions: { fund: "resident" } },
    ...{ other: null, indicator: "expense", unit: "yuan", value: "450.10", previous: null },
  };
  expect(unpackFigures(packFigures([figure]), "2024-03")).toEqual([figure]);
});

test("one changed bit is damage, and no other figure", () => {
  for (const packed of [packSums(frozen), packFigures([])]) {
    for (let at = 0; at < packed.length; at += 7) {
      const corrupted = Buffer.from(packed);
      corrupted[at]! ^= 4;
      expect(() => unpackSums(corrupted, "2024-03")).toThrow(
        expect.objectContaining({ code: "FP2004" }) as never,
      );
    }
  }
});
