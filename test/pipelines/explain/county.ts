import { Workspace } from "../../support/workspace.js";

const at = (day: string): string => `${day} 10:00:00`;

interface Bill {
  readonly id: string;
  readonly person: string;
  readonly facility: string;
  readonly day: string;
  readonly fee: number;
  readonly scope: number;
  readonly pool: number;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** What no fund and no account pays is cash. */
function bill({ id, person, facility, day, fee, scope, pool, more = {} }: Bill): object {
  const other = ["hifmi_pay", "hifob_pay"].reduce((sum, name) => sum + Number(more[name] ?? 0), 0);
  return {
    setl_id: id,
    mdtrt_id: `V${id}`,
    setl_time: at(day),
    updt_time: at(day),
    psn_no: `620725 ${person}`,
    insutype: "390",
    psn_type: "1501",
    insu_admdvs: "620725",
    fixmedins_code: facility,
    med_type: "21",
    begndate: "2023-03-01",
    enddate: day,
    medfee_sumamt: fee,
    inscp_scp_amt: scope,
    hifp_pay: pool,
    fund_pay_sumamt: pool + other,
    psn_cash_pay: fee - pool - other - Number(more.acct_pay ?? 0),
    ...more,
  };
}

/** Clear person numbers: no output may hold one. */
export const PERSONS = ["P1", "P2", "P3", "P4", "P5", "P6", "P7"].map((p) => `620725 ${p}`);

const S7 = { id: "S7", person: "P4", facility: "H1", day: "2024-03-01" };

export const BILLS: readonly object[] = [
  bill({
    id: "S0",
    person: "P2",
    facility: "H1",
    day: "2023-03-10",
    fee: 1500,
    scope: 1200,
    pool: 600,
    more: { ipt_days: 4 },
  }),
  bill({
    id: "S1",
    person: "P1",
    facility: "H1",
    day: "2024-01-10",
    fee: 1000,
    scope: 800,
    pool: 500,
    more: { ipt_days: 5 },
  }),
  bill({
    id: "S2",
    person: "P1",
    facility: "H1",
    day: "2024-03-05",
    fee: -1000,
    scope: -800,
    pool: -500,
    more: { ipt_days: 5, init_setl_id: "S1" },
  }),
  bill({
    id: "S3",
    person: "P2",
    facility: "H1",
    day: "2024-02-20",
    fee: 2000,
    scope: 1500,
    pool: 900,
    more: { ipt_days: 7, hifmi_pay: 100 },
  }),
  bill({
    id: "S4",
    person: "P2",
    facility: "H2",
    day: "2024-03-15",
    fee: 3000,
    scope: 2400,
    pool: 1200,
    more: { ipt_days: 9, hifmi_pay: 600 },
  }),
  bill({
    id: "S5",
    person: "P3",
    facility: "H1",
    day: "2024-03-20",
    fee: 400,
    scope: 300,
    pool: 200,
    more: { ipt_days: 8, mid_setl_flag: "1" },
  }),
  bill({
    id: "S6",
    person: "P3",
    facility: "H1",
    day: "2024-03-25",
    fee: 600,
    scope: 500,
    pool: 300,
    more: { ipt_days: 12 },
  }),
  bill({ ...S7, fee: 100, scope: 90, pool: 60, more: { med_type: "11" } }),
  bill({ ...S7, fee: 120, scope: 100, pool: 70, more: { med_type: "11", updt_time: at("2024-03-02") } }),
  bill({
    id: "S8",
    person: "P5",
    facility: "H2",
    day: "2024-03-18",
    fee: 5000,
    scope: 4000,
    pool: 2500,
    more: { insutype: "310", psn_type: "1101", ipt_days: 10, hifob_pay: 500, acct_pay: 300 },
  }),
  bill({
    id: "S9",
    person: "P6",
    facility: "H1",
    day: "2024-03-02",
    fee: 7000,
    scope: 6000,
    pool: 4000,
    more: { insu_admdvs: "620702", ipt_days: 6 },
  }),
  bill({
    id: "S10",
    person: "P7",
    facility: "H1",
    day: "2024-02-02",
    fee: 800,
    scope: 700,
    pool: 400,
    more: { ipt_days: 3 },
  }),
  bill({
    id: "S10",
    person: "P7",
    facility: "H1",
    day: "2024-02-02",
    fee: 800,
    scope: 700,
    pool: 400,
    more: { ipt_days: 3, vali_flag: "0", updt_time: at("2024-02-03") },
  }),
];

const entry = (
  entry_id: string,
  fund: string,
  kind: string,
  subject: string,
  book_date: string,
  amount: number,
  beneficiaries?: number,
): object => ({
  entry_id,
  fund,
  kind,
  subject,
  book_date,
  amount,
  beneficiaries,
  admdvs: "620725",
  updt_time: at("2024-04-01"),
});

const ENTRIES = [
  entry("E1", "resident", "opening_balance", "other", "2023-12-31", 10_000),
  entry("E2", "resident", "income", "levy", "2024-01-15", 6000),
  entry("E3", "resident", "income", "prepayment", "2024-02-10", 1000),
  entry("E4", "resident", "expense", "benefit", "2024-02-28", 3000, 40),
  entry("E5", "resident", "expense", "benefit", "2024-03-31", 1500, 20),
  entry("E6", "resident", "budget_income", "levy", "2024-01-01", 20_000),
  entry("E7", "resident", "budget_expense", "benefit", "2024-01-01", 12_000),
  entry("E8", "employee_pool", "income", "levy", "2024-03-03", 4000),
];

const head = (as_of: string, insurance: string, more: object): object => ({
  as_of,
  admdvs: "620725",
  insurance,
  updt_time: at("2024-04-01"),
  ...more,
});

const ENROLMENT = [
  head("2024-01-31", "resident", { persons: 1000 }),
  head("2024-03-31", "resident", { persons: 1200, paid_persons: 900, target_persons: 1500 }),
  head("2024-03-31", "employee", { group: "active", persons: 300 }),
  head("2024-03-31", "employee", { group: "retired", persons: 100 }),
];

const dip = (
  settled_month: string,
  cases: number,
  ffs: number,
  amount: number,
  more: object = {},
): object => ({
  result_id: `D${settled_month}`,
  fixmedins_code: "H1",
  insurance: "resident",
  settled_month,
  cases,
  fee_for_service_amount: ffs,
  dip_amount: amount,
  updt_time: at("2024-04-01"),
  ...more,
});

const fact = (fact_id: string, value: string, day: string, more: object = {}): object => ({
  fact_id,
  indicator: "inspected",
  period: "2024Q1",
  admdvs: "620725",
  value,
  unit: "家",
  updt_time: at(day),
  ...more,
});

/** The county of README.md beside this file. */
export function county(config: Record<string, unknown> = {}): Workspace {
  const space = new Workspace({
    groupings: undefined,
    careGroups: [
      { name: "县内", when: { region: ["county"] } },
      { name: "市内", when: { region: ["city"] } },
      { name: "其他" },
    ],
    ...config,
  });
  space.reference(
    "facilities",
    [
      "fixmedins_code,name,admdvs,hosp_lv,ownership,kind,valid_from,valid_to",
      "H1,县医院,620725,05,public,hospital,,2024-02-29",
      "H1,县医院,620725,02,public,hospital,2024-03-01,",
      "H2,市医院,620702,01,public,hospital,,",
    ].join("\n"),
  );
  space.put("settlement-1.ndjson", BILLS);
  space.put("fund-entry-1.ndjson", ENTRIES);
  space.put("enrolment-1.ndjson", ENROLMENT);
  space.put("dip-result-1.ndjson", [
    dip("2024-02", 10, 1000, 900),
    dip("2024-03", 5, 500, 600, { deposit_rate: "0.1" }),
  ]);
  space.put("reported-fact-1.ndjson", [
    fact("F1", "12", "2024-04-01"),
    fact("F1", "14", "2024-04-02"),
    fact("F2", "7", "2024-04-01", { dimensions: { facility_kind: "village" } }),
    fact("F3", "15", "2024-04-03"),
  ]);
  return space;
}
