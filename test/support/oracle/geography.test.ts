import { expect, test } from "vitest";
import { flowOf, regionOf } from "./geography.js";

test.each([
  ["620725", "620725", "county"],
  ["620725", "620702", "city"],
  ["620725", "620799", "city"],
  ["620700", "620700", "city"],
  ["620725", "620102", "province"],
  ["620725", "629900", "province"],
  ["620725", "610102", "national"],
  ["620725", "", "unknown"],
  ["310101", "310101", "county"],
  ["310101", "310230", "city"],
  ["310199", "310199", "city"],
  ["429004", "429005", "province"],
  ["429004", "429004", "county"],
  ["429004", "420102", "province"],
])("insured in %s and treated in %s is %s", (insured, facility, region) => {
  expect(regionOf(insured, facility)).toBe(region);
});

const county = { name: "县", admdvs: "620725", level: "county" } as const;
const city = { name: "市", admdvs: "620700", level: "city" } as const;
const province = { name: "省", admdvs: "620000", level: "province" } as const;
const municipality = { name: "市", admdvs: "310000", level: "city" } as const;

test.each([
  [county, "620725", "620725", "local"],
  [county, "620725", "620799", "outbound"],
  [county, "620702", "620725", "inbound"],
  [county, "620702", "620799", "nowhere"],
  [city, "620725", "620702", "local"],
  [city, "620725", "620102", "outbound"],
  [province, "629900", "620102", "local"],
  [province, "610102", "629900", "inbound"],
  [municipality, "310101", "310230", "local"],
  [county, "620702", "", "unknown"],
] as const)("%j: %s treated in %s is %s", (jurisdiction, insured, facility, flow) => {
  expect(flowOf(insured, facility, jurisdiction)).toBe(flow);
});
