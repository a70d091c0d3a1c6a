import { expect, test } from "vitest";
import { CategoryTable } from "../../../aggregations/dimensions/categories.js";
import { FacilityTable } from "../../../aggregations/dimensions/facilities.js";
import { GroupTable } from "../../../aggregations/dimensions/groups.js";
import { DimensionIndex } from "../../../aggregations/dimensions/tuples.js";
import { Settlement } from "../../../schemas/input/settlement.js";

const rule = { dise_no: null, insurance: null, parent: null, display_order: null };

function table(): DimensionIndex {
  const categories = new CategoryTable(
    [{ ...rule, med_type: "11", category: "普通门诊", care: "outpatient" }],
    [],
  );
  const facilities = new FacilityTable([{ fixmedins_code: "H1", admdvs: "620725", tier: "2" }]);
  const rules = {
    jurisdiction: { admdvs: "620725", level: "county" as const },
    insurances: new Map([["390", "resident"]]),
    personKinds: {},
    channels: {},
    careGroups: [],
    groupings: ["total", "care+district"],
    personGroupings: ["total"],
    dayGroupings: ["total"],
  };
  return new DimensionIndex(rules, categories, facilities, new GroupTable());
}

function bill(changes: Partial<Settlement>): Settlement {
  const s = new Settlement();
  const base = {
    insutype: "390",
    insu_admdvs: "620725",
    fixmedins_code: "H1",
    med_type: "11",
    setl_type: "2",
  };
  return Object.assign(s, base, changes);
}

test("codes beyond any number that is remembered still find their own dimension values", () => {
  const dimensionIndex = table();
  // Unknown med_types and divisions of dirty input, more than the remembered ones.
  for (let i = 0; i < 5000; i++) {
    expect(dimensionIndex.find(bill({ med_type: `X${i}` }), 0)).toMatchObject({ reason: "unknown_category" });
  }
  expect(dimensionIndex.find(bill({}), 0)).toMatchObject({
    values: { category: "普通门诊", district: "620725" },
  });
  for (let i = 0; i < 70_000; i++) dimensionIndex.find(bill({ insu_admdvs: String(100_000 + i) }), 0);
  for (const district of ["620725", "620702", "999999", "100007"]) {
    expect(dimensionIndex.find(bill({ insu_admdvs: district }), 0)).toMatchObject({ values: { district } });
  }
});
