import { describe, expect, it } from "vitest";
import { type Catalogue, placesOf, type Scope } from "../../../pipelines/audit/wording/catalogue.js";
import { regionOfLabel, tiersOfLabel, unreadOf } from "../../../pipelines/audit/wording/subjects.js";

const catalogue: Catalogue = {
  period: "2024",
  level: "city",
  previousKnown: false,
  kept: ["care+flow", "care+region", "care+person_kind"].flatMap((grouping) =>
    ["visits", "persons"].map((indicator) => ({ insurance: "resident", grouping, indicator, unit: "" })),
  ),
  lines: [],
  facilities: [],
  divisions: [],
  careGroups: [],
  categories: { inpatient: [], chronic: [], general: [], two: [], negotiated: [] },
  booked: [],
};
const inpatient = (filters: Scope["filters"]): Scope => ({
  insurance: "resident",
  lines: [{ care: "inpatient", category: null }],
  filters,
  rename: {},
});

describe("labels of printed rows", () => {
  it("reads 及以下 and 及以上 as every tier on that side", () => {
    expect(tiersOfLabel("一级及以下医疗机构")).toEqual(["0", "1"]);
    expect(tiersOfLabel("二级及以上")).toEqual(["2", "3"]);
    expect(tiersOfLabel("三级")).toEqual(["3"]);
  });

  it("leaves the words of a label that are not understood", () => {
    expect(unreadOf("市内三级医院")).toBe("");
    expect(unreadOf("跨省异地手工报销")).toBe("");
    expect(unreadOf("市内三级中医医院")).not.toBe("");
  });

  it("tells the place of the pool from the county", () => {
    expect(regionOfLabel("本地")).toBe("own");
    expect(regionOfLabel("县内住院")).toBe("county");
    expect(regionOfLabel("市外省内")).toBe("province");
  });
});

describe("places of a scope", () => {
  it("takes persons of a city's pool from the local flow, not from two regions", () => {
    const places = placesOf(inpatient({ region: ["county", "city"] }), "persons", catalogue);
    expect(places).toHaveLength(1);
    expect(places[0]).toMatchObject({ grouping: "care+flow" });
  });

  it("adds no persons of several regions", () => {
    const places = placesOf(inpatient({ region: ["province", "national"] }), "persons", catalogue);
    expect(places).toMatch(/cannot be added up/);
  });

  it("gives no figure to a subject without a category", () => {
    expect(placesOf({ ...inpatient({}), lines: [] }, "visits", catalogue)).toMatch(/report\.categories/);
  });

  it("tells retired persons' stays apart by the kind of person", () => {
    const places = placesOf(inpatient({ person_group: ["retired"] }), "visits", catalogue);
    expect(places[0]).toMatchObject({ grouping: "care+person_kind" });
  });
});
