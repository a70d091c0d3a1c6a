import { afterAll, expect, test } from "vitest";
import { queryPublished } from "../../../connectors/duckdb/query.js";
import { Workspace } from "../../support/workspace.js";

const spaces: Workspace[] = [];
afterAll(() => {
  for (const space of spaces) space.remove();
});

/** A published workspace of a bureau; every default grouping. */
async function drained(
  config: object,
  files: Readonly<Record<string, readonly object[]>>,
): Promise<Workspace> {
  const space = new Workspace({ groupings: undefined, ...config });
  spaces.push(space);
  for (const [stream, records] of Object.entries(files)) space.put(`${stream}-1.ndjson`, records);
  await space.drain();
  return space;
}

interface Bill {
  readonly id: string;
  readonly of: string;
  readonly at: string;
  readonly fee: number;
  readonly more?: Readonly<Record<string, unknown>>;
}

const FUNDS = ["hifp_pay", "hifmi_pay", "hifob_pay", "maf_pay"];
/** A settlement whose identities hold: what no fund and no account pays is cash. */
function bill({ id, of, at, fee, more = {} }: Bill): object {
  const fund = FUNDS.reduce((sum, name) => sum + Number(more[name] ?? 0), 0);
  return {
    setl_id: id,
    mdtrt_id: `V${id}`,
    setl_time: "2024-01-15 10:00:00",
    updt_time: "2024-01-15 10:00:00",
    psn_no: `person of ${id}`,
    insutype: "390",
    psn_type: "1501",
    insu_admdvs: of,
    fixmedins_code: at,
    med_type: "11",
    medfee_sumamt: fee,
    fund_pay_sumamt: fund,
    psn_cash_pay: fee - fund - Number(more.acct_pay ?? 0),
    ...more,
  };
}

/** `insurance grouping values… indicator` → figure, for 2024Q1. */
async function figures(space: Workspace, wanted: readonly string[]): Promise<Record<string, number | null>> {
  const found: Record<string, number | null> = {};
  const sql = `SELECT insurance || ' ' || "grouping" || ' ' || concat_ws(' ', care, category, region, flow, tier,
      ownership, care_group, district, facility_district, channel, person_kind, facility, fund, subject,
      person_group, sex) || ' ' || indicator AS name, value, previous, change, change_pct
    FROM indicators WHERE period = '2024Q1'`;
  const { rows } = await queryPublished(space.published, sql);
  const number = (v: unknown): number | null => (v === null ? null : Number(v));
  for (const [name, value, previous, change, pct] of rows) {
    found[String(name)] = number(value);
    found[`${name} previous`] = number(previous);
    found[`${name} change`] = number(change);
    found[`${name} change_pct`] = number(pct);
  }
  return Object.fromEntries(wanted.map((name) => [name, found[name] ?? null]));
}

const facility = (code: string, admdvs: string, hosp_lv = "02", kind = "hospital", ownership = "public") => ({
  fixmedins_code: code,
  admdvs,
  hosp_lv,
  kind,
  ownership,
});

async function matches(space: Workspace, expected: Readonly<Record<string, number | null>>): Promise<void> {
  expect(await figures(space, Object.keys(expected))).toEqual(expected);
}

test("a city with districts: every grouping, refund, mid-stay bill, inbound person and last year's figure", async () => {
  const P1 = { psn_no: "P1" };
  const P2 = { psn_no: "P2", insutype: "310", psn_type: "1101" };
  const P3 = { psn_no: "P3", insutype: "310", psn_type: "1201" };
  const P4 = { psn_no: "P4" };
  const stay = (days: number) => ({
    med_type: "21",
    begndate: "2024-01-02",
    enddate: "2024-01-15",
    ipt_days: days,
  });
  const february = { setl_time: "2024-02-10 10:00:00", updt_time: "2024-02-10 10:00:00" };
  const before = { setl_time: "2023-01-15 10:00:00", updt_time: "2023-01-15 10:00:00" };
  const bills: Bill[] = [
    {
      id: "S1",
      of: "370602",
      at: "A",
      fee: 10_000,
      more: { ...P1, ...stay(10), inscp_scp_amt: 8000, hifp_pay: 5000, hifmi_pay: 1000 },
    },
    {
      id: "S2",
      of: "370602",
      at: "B",
      fee: 4000,
      more: { ...P1, ...stay(5), inscp_scp_amt: 3500, hifp_pay: 2500 },
    },
    {
      id: "S3",
      of: "370602",
      at: "C",
      fee: 1000,
      more: { ...P4, ...stay(4), inscp_scp_amt: 900, hifp_pay: 800, maf_pay: 50, clr_way: "20" },
    },
    {
      id: "S4",
      of: "370602",
      at: "D",
      fee: 600,
      more: { ...P4, med_type: "14", inscp_scp_amt: 500, hifp_pay: 300 },
    },
    {
      id: "S5",
      of: "370611",
      at: "B",
      fee: 6000,
      more: { ...P2, ...stay(6), inscp_scp_amt: 5000, hifp_pay: 4000, hifob_pay: 500, acct_pay: 200 },
    },
    {
      id: "S6",
      of: "370613",
      at: "E",
      fee: 20_000,
      more: { ...P3, ...stay(12), inscp_scp_amt: 15_000, hifp_pay: 10_000, setl_type: "1" },
    },
    { id: "S7", of: "370613", at: "F", fee: 300, more: { ...P3, inscp_scp_amt: 200, hifp_pay: 100 } },
    { id: "S8", of: "370611", at: "G", fee: 150, more: { ...P2, med_type: "41", acct_pay: 150 } },
    {
      id: "S9",
      of: "500112",
      at: "A",
      fee: 9000,
      more: { ...february, ...stay(9), inscp_scp_amt: 8000, hifp_pay: 6000 },
    },
    {
      id: "S10",
      of: "370602",
      at: "B",
      fee: -4000,
      more: { ...february, ...P1, ...stay(5), init_setl_id: "S2", inscp_scp_amt: -3500, hifp_pay: -2500 },
    },
    { id: "S11", of: "110101", at: "F", fee: 300, more: february },
    {
      id: "S12",
      of: "370602",
      at: "A",
      fee: 2000,
      more: { ...february, ...P1, ...stay(3), inscp_scp_amt: 1500, hifp_pay: 1000, mid_setl_flag: "1" },
    },
    {
      id: "S13",
      of: "370602",
      at: "A",
      fee: 8000,
      more: { ...before, ...P1, ...stay(8), inscp_scp_amt: 6400, hifp_pay: 4000 },
    },
    {
      id: "S14",
      of: "370611",
      at: "B",
      fee: 3000,
      more: { ...before, ...P2, ...stay(3), inscp_scp_amt: 2500, hifp_pay: 2000 },
    },
  ];
  const enrolled = (admdvs: string, insurance: string, group: string, persons: number): object => ({
    as_of: "2024-02-29",
    admdvs,
    insurance,
    group,
    persons,
    updt_time: "2024-02-29 12:00:00",
  });
  const space = await drained(
    {
      jurisdiction: { name: "某市", admdvs: "370600", level: "city" },
      careGroups: [
        { name: "市外", when: { region: ["province", "national"] } },
        { name: "市内三级", when: { tier: ["3"] } },
        { name: "市内二级", when: { tier: ["2"] } },
        { name: "市内一级及以下" },
      ],
    },
    {
      facility: [
        facility("A", "370602"),
        facility("B", "370611", "05", "hospital", "private"),
        facility("C", "370613", "08", "township"),
        facility("D", "370600"),
        facility("E", "370100"),
        facility("F", "110101"),
        facility("G", "370602", "11", "pharmacy", "private"),
      ],
      enrolment: [
        enrolled("370602", "resident", "all", 1000),
        enrolled("370611", "resident", "all", 500),
        enrolled("370611", "employee", "active", 200),
        enrolled("370611", "employee", "retired", 50),
        enrolled("370613", "employee", "active", 80),
        enrolled("370613", "employee", "retired", 100),
      ],
      settlement: bills.map(bill),
    },
  );
  const R = "resident care inpatient";
  const by = (dimension: string, value: string): string => `resident care+${dimension} inpatient ${value}`;
  const emp = (dimension: string, value: string): string => `employee care+${dimension} inpatient ${value}`;
  await matches(space, {
    "resident total  visits": 3,
    "resident total  fee": 13_600,
    "resident total  pool_paid": 7100,
    "resident total  persons": 2,
    [`${R} visits`]: 2,
    [`${R} fee`]: 13_000,
    [`${R} in_scope_fee`]: 10_400,
    [`${R} pool_paid`]: 6800,
    [`${R} reimbursed`]: 7850,
    [`${R} bed_days`]: 14,
    [`${R} avg_fee`]: 6500,
    [`${R} avg_bed_days`]: 7,
    [`${R} reimb_rate`]: 0.603846,
    [`${R} reimb_rate_in_scope`]: 0.754808,
    [`${R} pool_rate`]: 0.523077,
    [`${R} fee previous`]: 8000,
    [`${R} fee change`]: 5000,
    [`${R} fee change_pct`]: 0.625,
    [`${R} avg_fee change`]: -1500,
    [`${R} avg_fee change_pct`]: -0.1875,
    [`${R} hospitalization_rate`]: 0.001333,
    [`${R} case_paid_visits`]: 1,
    [`${R} case_paid_rate`]: 0.5,
    [`${R} critical_visits`]: 1,
    [`${R} critical_fee`]: 10_000,
    [`${R} aid_visits`]: 1,
    [`${R} aid_fee`]: 1000,
    [`${R} share_fee`]: 0.955882,
    [`${by("district", "370602")} hospitalization_rate`]: 0.002,
    [`${by("region", "county")} visits`]: 1,
    [`${by("region", "county")} fee`]: 12_000,
    [`${by("region", "county")} share_in_care_fee`]: 0.923077,
    [`${by("region", "city")} visits`]: 1,
    [`${by("region", "city")} fee`]: 1000,
    [`${by("region", "province")} fee`]: null,
    [`${by("tier", "3")} fee`]: 12_000,
    [`${by("tier", "2")} visits`]: 0,
    [`${by("tier", "2")} fee`]: 0,
    [`${by("tier", "2")} avg_fee`]: null,
    [`${by("tier", "1")} fee`]: 1000,
    [`${by("care_group", "市内三级")} fee`]: 12_000,
    [`${by("care_group", "市内二级")} fee`]: 0,
    [`${by("care_group", "市内一级及以下")} fee`]: 1000,
    [`${by("facility_district", "370602")} fee`]: 12_000,
    [`${by("facility_district", "370613")} fee`]: 1000,
    [`${by("facility", "A")} persons`]: 1,
    [`${by("facility", "B")} persons`]: 0,
    [`${by("category+region", "普通住院 county")} fee`]: 12_000,
    [`${by("category+tier", "普通住院 3")} fee`]: 12_000,
    [`${by("category+care_group", "普通住院 市内三级")} fee`]: 12_000,
    [`${by("category+district", "普通住院 370602")} fee`]: 13_000,
    [`${by("category+channel", "普通住院 direct")} fee`]: 13_000,
    [`${by("category+facility", "普通住院 C")} fee`]: 1000,
    [`${by("region+tier", "city 1")} fee`]: 1000,
    "resident care+region outpatient city fee": 600,
    "resident care+facility_district outpatient 370600 fee": 600,
    "resident care+category outpatient 门诊慢特病 pool_paid": 300,
    "employee total  visits": 4,
    "employee total  fee": 26_450,
    "employee total  persons": 2,
    "employee total  account_paid": 350,
    "employee total  account_visits": 2,
    "employee care inpatient visits": 2,
    "employee care inpatient fee": 26_000,
    "employee care inpatient pool_paid": 14_000,
    "employee care inpatient benefit_paid": 14_700,
    "employee care inpatient fee change_pct": 7.666667,
    [`${emp("ownership", "private")} fee`]: 6000,
    [`${emp("region", "county")} fee`]: 6000,
    [`${emp("region", "province")} fee`]: 20_000,
    [`${emp("care_group", "市外")} fee`]: 20_000,
    [`${emp("channel", "manual")} fee`]: 20_000,
    [`${emp("region+channel", "province manual")} fee`]: 20_000,
    [`${emp("region+facility", "province E")} fee`]: 20_000,
    [`${emp("tier+ownership", "2 private")} fee`]: 6000,
    [`${emp("ownership+care_group", "private 市内二级")} fee`]: 6000,
    [`${emp("person_kind", "retired")} hospitalization_rate`]: 0.006667,
    [`${emp("district", "370611")} hospitalization_rate`]: 0.004,
    [`${emp("district+person_kind", "370611 active")} fee`]: 6000,
    "employee care+region outpatient national fee": 300,
    "employee care+care_group pharmacy 市内一级及以下 fee": 150,
    "all total  visits": 7,
    "all total  fee": 40_050,
    "all total  persons": 4,
    "all care+flow inpatient inbound visits": 1,
    "all care+flow inpatient inbound fee": 9000,
    "all care+flow inpatient local fee": 19_000,
    "all care+flow inpatient outbound fee": 20_000,
    "resident care+region+flow+channel inpatient national inbound direct fee": 9000,
    "employee fund employee_pool settled_expense": 14_100,
    "employee fund employee_account settled_expense": 350,
    "employee fund large_amount settled_expense": 500,
    "resident fund resident settled_expense": 7100,
    "resident fund critical_illness settled_expense": 1000,
    "resident total  enrolled": 1500,
    "employee total  enrolled": 430,
    "employee person_group retired enrolled": 150,
    "employee district 370613 enrolled": 180,
    "all total  enrolled": 1930,
  });
  const { rows } = await queryPublished(space.published, "SELECT stream, reason FROM quality_quarantine");
  expect(rows).toEqual([["settlement", "out_of_jurisdiction"]]);
});

const FEE = "resident care+";
test("a municipality is one city, its own division is at city level", { tags: "long" }, async () => {
  const codes = ["500103", "500112", "500230", "500100", "510107"];
  const space = await drained(
    { jurisdiction: { name: "某直辖市", admdvs: "500100", level: "city" } },
    {
      facility: codes.map((code) => facility(`H${code}`, code)),
      settlement: [
        ...codes.map((at, i) => bill({ id: `M${i + 1}`, of: "500103", at: `H${at}`, fee: 100 * 2 ** i })),
        bill({ id: "M6", of: "510107", at: "H500112", fee: 3200 }),
      ],
    },
  );
  await matches(space, {
    [`${FEE}region outpatient county fee`]: 100,
    [`${FEE}region outpatient city fee`]: 1400,
    [`${FEE}region outpatient province fee`]: null,
    [`${FEE}region outpatient national fee`]: 1600,
    [`${FEE}flow outpatient local fee`]: 1500,
    [`${FEE}flow outpatient outbound fee`]: 1600,
    [`${FEE}flow outpatient inbound fee`]: 3200,
  });
});

test("county-level cities run by a province are never one city", { tags: "long" }, async () => {
  const codes = ["429004", "429005", "420102", "500112"];
  const space = await drained(
    { jurisdiction: { name: "某直管市", admdvs: "429004", level: "county" } },
    {
      facility: codes.map((code) => facility(`H${code}`, code)),
      settlement: codes.map((at, i) =>
        bill({ id: `N${i + 1}`, of: "429004", at: `H${at}`, fee: 100 * 2 ** i }),
      ),
    },
  );
  await matches(space, {
    [`${FEE}region outpatient county fee`]: 100,
    [`${FEE}region outpatient city fee`]: null,
    [`${FEE}region outpatient province fee`]: 600,
    [`${FEE}region outpatient national fee`]: 800,
    [`${FEE}flow outpatient local fee`]: 100,
    [`${FEE}flow outpatient outbound fee`]: 1400,
  });
});
