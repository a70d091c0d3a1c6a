import { describe, expect, test } from "vitest";
import { arrive, bill, count, refund, testConfig } from "./fixtures.js";
import { positionKey, type Recount } from "./types.js";

const at = (time: string) => ({ setl_time: time, updt_time: time });
const figure = (r: Recount, period: string, group: string) => r.months.get(period)?.get(group);

describe("versions", () => {
  test("the greatest updt_time stands, whatever arrives last", () => {
    const late = bill({ updt_time: "2024-03-12T10:00:00+08:00", psn_cash_pay: "30", hosp_part_amt: "10" });
    for (const order of [
      [bill(), late],
      [late, bill()],
    ]) {
      const r = count(order);
      expect(figure(r, "2024-03", "all|total")).toMatchObject({ visits: 1, fee: 10000, cash_paid: 3000 });
    }
  });

  test("equal content at a later time moves the time on and so outlives a correction between", () => {
    const r = count([
      bill(),
      bill({ updt_time: "2024-03-14T10:00:00+08:00" }),
      bill({ updt_time: "2024-03-12T10:00:00+08:00", psn_no: "P2", psn_cash_pay: "30", hosp_part_amt: "10" }),
    ]);
    expect(figure(r, "2024-03", "all|total")).toMatchObject({ cash_paid: 4000 });
  });

  test("a version of vali_flag 0 takes the settlement out, one of 2 holds it", () => {
    const out = count([bill(), bill({ vali_flag: "0", updt_time: "2024-03-11T10:00:00+08:00" })]);
    expect(out.months.size).toBe(0);
    expect(out.currentHeld.size).toBe(0);
    const held = count([bill({ vali_flag: "2", updt_time: "2024-03-11T10:00:00+08:00" }), bill()]);
    expect(held.months.size).toBe(0);
    expect([...held.currentHeld]).toEqual(["S1"]);
  });

  test("an invalid version leaves the older one standing", () => {
    const broken = arrive("settlement", bill({ updt_time: "2024-03-12T10:00:00+08:00", hifp_pay: "59.99" }));
    const r = count([bill(), broken]);
    expect(figure(r, "2024-03", "all|total")).toMatchObject({ visits: 1, pool_paid: 6000 });
    expect([...r.quarantine]).toEqual([["identity_broken", new Set([positionKey(broken)])]]);
  });

  test("the same place delivered again is the same record", () => {
    const one = arrive("settlement", bill());
    expect(figure(count([one, one]), "2024-03", "all|total")).toMatchObject({ visits: 1, fee: 10000 });
  });

  test("two contents with one time are left to the caller", () => {
    expect(count([bill(), bill({ psn_no: "P2" })]).ambiguous).toHaveLength(1);
    expect(count([bill(), bill({ refd_setl_flag: "1" })]).ambiguous).toHaveLength(0);
  });
});

describe("measures", () => {
  test("an inpatient bill fills every measure it has an amount for", () => {
    const r = count([
      bill({
        ...{ med_type: "21", insutype: "310", clr_way: "20", begndate: "2024-03-01", enddate: "2024-03-08" },
        ...{
          medfee_sumamt: "1000",
          inscp_scp_amt: "900",
          hifp_pay: "500",
          cvlserv_pay: "10",
          hifes_pay: "20",
        },
        ...{ hifmi_pay: "30", hifob_pay: "40", hifdm_pay: "5", maf_pay: "50", oth_pay: "5" },
        ...{ fund_pay_sumamt: "660", acct_pay: "100", psn_cash_pay: "230", hosp_part_amt: "10" },
      }),
    ]);
    expect(figure(r, "2024-03", "employee|care|inpatient")).toEqual({
      ...{ visits: 1, bed_days: 7, fee: 100000, in_scope_fee: 90000, pool_paid: 50000 },
      ...{ civil_servant_paid: 1000, supplementary_paid: 2000, critical_paid: 3000, large_paid: 4000 },
      ...{ disabled_paid: 500, aid_paid: 5000, other_paid: 500, fund_paid: 66000, account_paid: 10000 },
      ...{ cash_paid: 23000, hospital_paid: 1000, reimbursed: 62000, benefit_paid: 64000 },
      ...{ critical_visits: 1, large_visits: 1, aid_visits: 1, civil_servant_visits: 1, account_visits: 1 },
      ...{ critical_fee: 100000, large_fee: 100000, aid_fee: 100000, case_paid_visits: 1 },
    });
  });

  test("benefit_paid of all is the sum of what each insurance calls benefit", () => {
    const r = count([
      bill({ acct_pay: "15", psn_cash_pay: "25" }),
      bill({ setl_id: "S2", insutype: "310", acct_pay: "15", psn_cash_pay: "25" }),
    ]);
    expect(figure(r, "2024-03", "resident|total")?.benefit_paid).toBe(6000);
    expect(figure(r, "2024-03", "employee|total")?.benefit_paid).toBe(7500);
    expect(figure(r, "2024-03", "all|total")?.benefit_paid).toBe(13500);
  });

  test("the relative's account counts only where identity B needs it", () => {
    const inside = count([bill({ acct_pay: "15", psn_cash_pay: "25", acct_mulaid_pay: "5" })]);
    expect(figure(inside, "2024-03", "all|total")).toMatchObject({ account_paid: 1500, account_visits: 1 });
    const beside = count([bill({ psn_cash_pay: "35", acct_mulaid_pay: "5" })]);
    expect(figure(beside, "2024-03", "all|total")).toMatchObject({ account_paid: 500, account_visits: 1 });
    const broken = count([bill({ psn_cash_pay: "34", acct_mulaid_pay: "5" })]);
    expect([...broken.quarantine.keys()]).toEqual(["identity_broken"]);
  });

  test("a mid-stay bill brings its money and no visit, person or day", () => {
    const stay = { med_type: "21", begndate: "2024-03-01", enddate: "2024-03-08", hifmi_pay: "0" };
    const r = count([bill({ ...stay, mid_setl_flag: "1", maf_pay: "60", hifp_pay: "0" })]);
    expect(figure(r, "2024-03", "all|total")).toMatchObject({
      ...{ visits: 0, bed_days: 0, fee: 10000, aid_paid: 6000, aid_visits: 0, aid_fee: 10000 },
    });
    expect(r.persons.get("2024-03")?.size).toBe(0);
  });

  test("bed days: as sent with any sign, else the dates for inpatients alone and at least one", () => {
    const days = (changes: Record<string, string | number>) =>
      figure(
        count([bill({ begndate: "2024-03-10", enddate: "2024-03-10", ...changes })]),
        "2024-03",
        "all|total",
      )?.bed_days;
    expect(days({ med_type: "21" })).toBe(1);
    expect(days({ med_type: "21", ipt_days: 4 })).toBe(4);
    expect(days({ med_type: "21", ipt_days: 0 })).toBe(0);
    expect(days({ med_type: "11" })).toBe(0);
    expect(days({ med_type: "11", ipt_days: 2 })).toBe(2);
    const back = count([refund({ med_type: "11", ipt_days: -3 })]);
    expect(figure(back, "2024-03", "all|total")?.bed_days).toBe(-3);
  });
});

describe("refunds and persons", () => {
  const inMay = at("2024-05-02T09:00:00+08:00");

  test("a refund in May takes the person out of the year, not out of March", () => {
    const r = count([bill(), refund(inMay)]);
    expect(figure(r, "2024-03", "all|total")).toMatchObject({ visits: 1, fee: 10000 });
    expect(figure(r, "2024-05", "all|total")).toMatchObject({ visits: -1, fee: -10000 });
    expect(figure(r, "2024H1", "all|total")).toMatchObject({ visits: 0, fee: 0 });
    expect(r.persons.get("2024-03")?.get("all|total")).toBe(1);
    expect(r.persons.get("2024YTD04")?.get("all|total")).toBe(1);
    expect(r.persons.get("2024YTD05")?.get("all|total")).toBeUndefined();
    expect(r.persons.get("2024")?.get("all|total")).toBeUndefined();
  });

  test("under original-period it goes where its original stands, and moves with it", () => {
    const config = testConfig({ refunds: "original-period" });
    const r = count([bill(), refund(inMay)], { config });
    expect([...r.months.keys()].sort()[0]).toBe("2024");
    expect(r.months.has("2024-05")).toBe(false);
    expect(figure(r, "2024-03", "all|total")).toMatchObject({ visits: 0, fee: 0 });
    const moved = bill({ setl_time: "2024-02-29T23:59:59+08:00", updt_time: "2024-03-20T10:00:00+08:00" });
    expect(count([bill(), refund(inMay), moved], { config }).months.has("2024-03")).toBe(false);
    const orphan = count([refund(inMay)], { config });
    expect(figure(orphan, "2024-05", "all|total")).toMatchObject({ visits: -1 });
    expect([...orphan.orphanRefunds]).toEqual(["R1"]);
  });

  test("a person with two insurances is one person of all", () => {
    const r = count([bill(), bill({ setl_id: "S2", insutype: "310" })]);
    expect(r.persons.get("2024")?.get("all|total")).toBe(1);
    expect(r.persons.get("2024")?.get("employee|total")).toBe(1);
    expect(r.persons.get("2024")?.get("resident|total")).toBe(1);
  });
});

describe("groups", () => {
  test("a category counts in its parent's row too", () => {
    const stay = { med_type: "21", dise_no: "D1", begndate: "2024-03-01", enddate: "2024-03-08" };
    const r = count([bill({ ...stay, insutype: "310" }), bill({ ...stay, setl_id: "S2" })]);
    expect(figure(r, "2024-03", "all|care+category|inpatient|单病种住院")?.visits).toBe(1);
    expect(figure(r, "2024-03", "all|care+category|inpatient|普通住院")?.visits).toBe(1);
    expect(figure(r, "2024-03", "all|care+category|inpatient|居民单病种")?.visits).toBe(1);
    expect(r.persons.get("2024-03")?.get("all|care+category|inpatient|普通住院")).toBe(1);
    expect(figure(r, "2024-03", "all|care|inpatient")?.visits).toBe(2);
  });

  test("inbound settlements stand only where flow does", () => {
    const r = count([bill({ insu_admdvs: "620702" })]);
    const groups = [...(r.months.get("2024-03")?.keys() ?? [])];
    expect(groups).toContain("all|care+flow|outpatient|inbound");
    expect(groups.filter((g) => !g.split("|")[1].includes("flow"))).toEqual([]);
    expect([...(r.persons.get("2024-03")?.keys() ?? [])]).toContain("resident|care+flow|outpatient|inbound");
    expect(r.days.size).toBe(0);
  });

  test("a facility version holds from its first to its last local day", () => {
    const change = arrive("facility", {
      ...{ fixmedins_code: "H1", admdvs: "620725", hosp_lv: "01" },
      ...{ valid_from: "2024-03-11", valid_to: "2024-03-12" },
    });
    const tiers = (time: string) => {
      const r = count([bill(at(time)), change]);
      return [...(r.current.values() ?? [])][0].dimensions.tier;
    };
    expect(tiers("2024-03-10T23:59:59.999+08:00")).toBe("2");
    expect(tiers("2024-03-11T00:00:00+08:00")).toBe("3");
    expect(tiers("2024-03-12T15:59:59Z")).toBe("3");
    expect(tiers("2024-03-12T16:00:00Z")).toBe("2");
  });

  test("an unknown facility reads from the record, and is listed", () => {
    const r = count([
      bill({ fixmedins_code: "X", hosp_lv: "09", fix_blng_admdvs: "620702" }),
      bill({ setl_id: "S2", fixmedins_code: "Y" }),
    ]);
    expect(r.current.get("S1")?.dimensions).toMatchObject({
      ...{ tier: "1", region: "city", flow: "outbound", ownership: "unknown", facility_district: "620702" },
    });
    expect(r.current.get("S2")?.dimensions).toMatchObject({
      ...{ tier: "0", region: "unknown", flow: "unknown", facility_district: "unknown", facility: "Y" },
    });
    expect(r.unmappedFacilities).toEqual(new Set(["X", "Y"]));
  });

  test("the first care group that matches is taken", () => {
    const careGroups = [
      { name: "市外", when: { region: ["province", "national"] } },
      { name: "县级公立", when: { tier: ["2"], ownership: ["public"], kind: ["hospital"] } },
      { name: "其他" },
    ];
    const config = testConfig({ careGroups });
    const group = (changes: Record<string, string>) =>
      count([bill(changes)], { config }).current.get("S1")?.dimensions.care_group;
    expect(group({})).toBe("县级公立");
    expect(group({ fixmedins_code: "H2" })).toBe("其他");
    expect(group({ fixmedins_code: "X", fix_blng_admdvs: "610102" })).toBe("市外");
    expect(count([bill()]).current.get("S1")?.dimensions.care_group).toBe("unknown");
  });

  test("days are counted back from the latest one, facilities for a shorter time", () => {
    const config = testConfig({ periods: { keepDays: 3, keepFacilityDays: 2 } });
    const days = ["2024-03-10", "2024-03-11", "2024-03-12", "2024-03-13"];
    const r = count(
      days.map((d, i) => bill({ setl_id: `S${i}`, ...at(`${d}T00:00:00+08:00`) })),
      { config },
    );
    expect([...r.days.keys()]).toEqual(["2024-03-11", "2024-03-12", "2024-03-13"]);
    expect(r.days.get("2024-03-11")?.has("all|care+facility|outpatient|H1")).toBe(false);
    expect(r.days.get("2024-03-12")?.get("all|care+facility|outpatient|H1")?.fee).toBe(10000);
    expect(r.lastDay).toBe("2024-03-13");
  });
});

describe("rejections", () => {
  test.each([
    ["missing_field", { psn_no: "" }],
    ["missing_field", { med_type: "21" }],
    ["bad_value", { insutype: "999" }],
    ["bad_value", { setl_time: "10.03.2024" }],
    ["bad_value", { insu_admdvs: "62072" }],
    ["bad_value", { medfee_sumamt: "100.001" }],
    ["identity_broken", { fund_pay_sumamt: "60.01" }],
    ["identity_broken", { psn_cash_pay: "40.01" }],
    ["sign_broken", { act_pay_dedc: "-0.01" }],
    ["sign_broken", { init_setl_id: "S0" }],
    ["unknown_category", { med_type: "ZZ" }],
    ["future_time", { updt_time: "2025-01-02T00:00:00.001Z" }],
    ["too_old", { setl_time: "2022-12-31T23:59:59+08:00" }],
    ["out_of_jurisdiction", { insu_admdvs: "620702", fixmedins_code: "H2" }],
  ])("%s: %j", (reason, changes) => {
    const r = count([bill(changes as Record<string, string>)]);
    expect([...r.quarantine.keys()]).toEqual([reason]);
    expect(r.current.size).toBe(0);
  });

  test("the edges of time are inside", () => {
    expect(count([bill({ updt_time: "2025-01-02T00:00:00Z" })]).rejected.size).toBe(0);
    expect(count([bill({ setl_time: "2023-01-01 00:00:00" })]).rejected.size).toBe(0);
    expect(count([bill({ inscp_scp_amt: "100.01" })]).rejected.size).toBe(0);
  });

  test("a facility that comes or moves changes who is out of the jurisdiction", () => {
    const visitor = bill({ insu_admdvs: "620702", fixmedins_code: "H2", updt_time: "2024-03-12T00:00:00Z" });
    const moved = arrive("facility", {
      ...{ fixmedins_code: "H2", admdvs: "620725", updt_time: "2024-01-01T00:00:00Z" },
    });
    expect(count([bill(), visitor]).current.get("S1")?.dimensions.facility).toBe("H1");
    expect(count([bill(), visitor, moved]).current.get("S1")?.dimensions.flow).toBe("inbound");
  });
});
