import { afterAll, expect, test } from "vitest";
import { bill, drainedBureau, paperFigures } from "../../support/on-paper.js";
import type { Workspace } from "../../support/workspace.js";

const spaces: Workspace[] = [];
afterAll(() => {
  for (const space of spaces) space.remove();
});

/** Fee 1, 2, 4 … at each place in turn, so that a sum says which of them it holds. */
async function sums(
  jurisdiction: object,
  trips: readonly (readonly [string, string])[],
): Promise<Record<string, number | null>> {
  const places = [...new Set(trips.map(([, at]) => at))];
  const space = await drainedBureau(
    { jurisdiction },
    {
      facility: places.map((admdvs) => ({ fixmedins_code: `H${admdvs}`, admdvs, hosp_lv: "05" })),
      settlement: trips.map(([of, at], i) => bill(`T${i}`, of, `H${at}`, 2 ** i)),
    },
  );
  spaces.push(space);
  const values = ["county", "city", "province", "national"].map(
    (r) => `resident care+region outpatient ${r} fee`,
  );
  const flows = ["local", "outbound", "inbound"].map((f) => `resident care+flow outpatient ${f} fee`);
  const found = await paperFigures(space, "2024Q1", [...values, ...flows]);
  return Object.fromEntries(Object.entries(found).map(([name, v]) => [name.split(" ").at(-2), v]));
}

test("divisions run by a city or a province are never one county, those of a city are one city", async () => {
  const found = await sums({ name: "某市", admdvs: "620700", level: "city" }, [
    ["620725", "620725"], // 1: the same county
    ["620725", "620702"], // 2
    ["620725", "620799"], // 4: run by the city
    ["620725", "620700"], // 8: the city itself
    ["620799", "620799"], // 16: both run by the city
    ["620700", "620700"], // 32
    ["620799", "620725"], // 64
    ["620725", "629900"], // 128: run by the province
    ["620725", "620102"], // 256: another city
    ["620725", "650102"], // 512
    ["620102", "620725"], // 1024: somebody from elsewhere
  ]);
  expect(found).toEqual({
    ...{ county: 1, city: 2 + 4 + 8 + 16 + 32 + 64, province: 128 + 256, national: 512 },
    ...{ local: 127, outbound: 128 + 256 + 512, inbound: 1024 },
  });
});

test("a municipality is one city, from end to end, and no city of its neighbours", async () => {
  const found = await sums({ name: "某直辖市", admdvs: "310000", level: "province" }, [
    ["310101", "310101"], // 1
    ["310101", "310151"], // 2: a far county
    ["310101", "310099"], // 4
    ["310101", "320505"], // 8
    ["320505", "310101"], // 16
  ]);
  expect(found).toEqual({
    ...{ county: 1, city: 2 + 4, province: null, national: 8 },
    ...{ local: 7, outbound: 8, inbound: 16 },
  });
});

test("county-level cities run by a province are no city of one another", async () => {
  const found = await sums({ name: "某省", admdvs: "460000", level: "province" }, [
    ["469001", "469001"], // 1
    ["469001", "469002"], // 2: begins alike
    ["469001", "460105"], // 4
    ["460105", "460106"], // 8: two districts of a real city
    ["469001", "440103"], // 16
  ]);
  expect(found).toEqual({
    ...{ county: 1, city: 8, province: 2 + 4, national: 16 },
    ...{ local: 15, outbound: 16, inbound: null },
  });
});
