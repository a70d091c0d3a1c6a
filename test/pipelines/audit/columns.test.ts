import { expect, it } from "vitest";
import { shareOf, splitColumn, wordsBeside } from "../../../pipelines/audit/wording/columns.js";

it("every word before a stem is taken off a key", () => {
  expect(splitColumn("employee_in_city_visits")).toMatchObject({
    prefixes: ["employee", "in_city"],
    stem: "visits",
  });
  expect(splitColumn("inpatient_fee_wan")).toMatchObject({
    prefixes: ["inpatient"],
    stem: "fee",
    unit: "wan",
  });
});

it("a word beside a stem that nobody knows is named", () => {
  expect(wordsBeside("tertiary_visits")).toBe("tertiary");
  expect(wordsBeside("visits_retired")).toBe("retired");
  expect(wordsBeside("visits_2024")).toBeNull();
  expect(wordsBeside("total_visits")).toBeNull();
});

it("a key says what its share is of", () => {
  expect(shareOf("fee_share")).toBe("fee");
  expect(shareOf("share")).toBeNull();
});
