import { expect, it } from "vitest";
import { byItsText, unreadWord } from "../../../pipelines/audit/wording/id-words.js";

it("an id of known and neutral words is read", () => {
  expect(unreadWord({ id: "resident.inpatient.in_county.visits", values: {} })).toBeNull();
});

it("a word of an id that nobody knows is named", () => {
  expect(unreadWord({ id: "resident.village", values: {} })).toBe("village");
  expect(unreadWord({ id: "resident.drg.total", values: {} })).toBe("drg");
});

it("the insurance alone in dims does not say what an unknown word means", () => {
  expect(unreadWord({ id: "employee.retired", values: {}, dims: { insurance: "employee" } })).toBe("retired");
  expect(unreadWord({ id: "resident.tertiary", values: {}, dims: { tier: "三级" } })).toBeNull();
});

it("a text that is understood to its last word speaks for an id that is not", () => {
  const said = (text: string) => byItsText({ id: "employee.pooling.x", values: {}, text }).id;
  expect(said("职工门诊统筹")).toBe("employee.general");
  expect(said("退休人员住院")).toBe("employee.pooling.x");
});
