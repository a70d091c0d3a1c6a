import type { PrintedReport } from "../../../pipelines/audit/wording/report.js";
import type { Bill } from "./bills.js";
import { BOOKS, ENROLLED, WORLD } from "./county-city.js";
import { EventWriter, line, Paper, usualColumns, type Where } from "./paper.js";

const R: Where = { insurance: "resident", care: "inpatient" };
const OUTSIDE = ["city", "province", "national"];
const writer = new EventWriter("cut-off");
const wan = (fen: number): string => writer.wan(fen, 4);

/** Fen in the books. */
const booked = (funds: readonly string[], kind: string, subject?: string): number =>
  BOOKS.reduce((sum, [f, k, s, amount]) => {
    const met = funds.includes(f) && k === kind && (subject === undefined || s === subject);
    return met ? sum + Math.round(Number(amount) * 100) : sum;
  }, 0);
const ALLOWANCE = booked(["employee_pool"], "expense", "allowance");

/** The year as the bureau prints it. */
export function countyCityReport(bills: readonly Bill[]): PrintedReport {
  const p = new Paper(bills, 2024, writer);
  residentTables(p);
  employeeTables(p);
  fundTables(p);
  sentences(p);
  return {
    title: "临湖市2024年度医保基金运行情况",
    period: { from: "2024-01-01", to: "2024-12-31" },
    tables: p.tables,
    statements: p.statements,
    facilities: [],
    indicators: [],
    inconsistencies: [],
  };
}

function residentTables(p: Paper): void {
  const c = usualColumns(writer, 4);
  const { column } = c;
  const percent = (key: string, label: string, of: (t: ReturnType<Paper["of"]>) => [number, number]) =>
    column(key, label, "%", (t) => writer.percent(...of(t)));
  p.table(
    "resident.inpatient.by_region",
    "城乡居民住院分布表",
    "resident",
    { region: "区域" },
    [
      // With thousands set apart.
      column("visits", "住院人次", "人次", (t) => t.visits.toLocaleString("en-US")),
      c.wan("fee_total_wan", "总费用", (t) => t.fee),
      c.wan("in_scope_fee_wan", "合规费用", (t) => t.scope),
      c.wan("basic_paid_wan", "基本医保", (t) => t.pool),
      c.wan("critical_paid_wan", "大病保险", (t) => t.critical),
      c.wan("aid_paid_wan", "医疗救助", (t) => t.aid),
      c.wan("reimb_total_wan", "合计", (t) => t.reimbursed),
      percent("reimb_rate_in_scope_pct", "政策范围内报销比", (t) => [t.reimbursed, t.scope]),
      column("avg_bed_days", "平均住院日", "天", (t) => writer.quotient(t.days, t.visits, 1)),
      percent("hospitalization_rate_pct", "住院率", (t) => [t.visits, ENROLLED.resident[0]]),
    ],
    R,
    [
      line({ region: "县域内" }, { region: "county" }),
      line({ region: "县域外" }, { region: OUTSIDE }),
      line({ region: "合 计" }, {}, "total"),
    ],
  );
  p.table("resident.inpatient.by_region2", "居民住院", "resident", { region: "区域" }, [c.visits], R, [
    line({ region: "本市" }, { region: "county" }),
    line({ region: "市外省内" }, { region: ["city", "province"] }),
    line({ region: "省外" }, { region: "national" }),
  ]);
  p.table(
    "resident.by_facility_kind",
    "居民按机构类别",
    "resident",
    { row_label: "机构类别" },
    [c.times, c.pool],
    { insurance: "resident", region: "county" },
    [
      line({ row_label: "县级医院" }, { facilityKind: "hospital" }),
      line({ row_label: "乡镇卫生院" }, { facilityKind: "township" }),
      line({ row_label: "村卫生室" }, { facilityKind: "village" }),
    ],
  );
  const inside = ["a1", "a2", "t1", "v1"];
  p.table(
    "resident.inpatient.by_facility",
    "居民分机构",
    "resident",
    { facility: "医院" },
    [
      c.visits,
      column("heads", "住院人头", "人", (t) => String(t.heads)),
      column("visits_per_head", "人次人头比", "", (t) => writer.quotient(t.visits, t.heads, 2)),
    ],
    R,
    [
      ...inside.map((facility) => line({ facility: WORLD.facilities[facility]![1] }, { facility })),
      line({ facility: "合计" }, { facility: inside }, "total"),
    ],
  );
  const outpatient = p.of({ insurance: "resident", care: "outpatient" });
  const share = percent("share_pct", "统筹支付占比", (t) => [t.pool, outpatient.pool]);
  const category = (label: string, name: string) => line({ category: label }, { category: name });
  p.table(
    "resident.benefit.by_category",
    "居民待遇分类",
    "resident",
    { category: "类别" },
    [c.times, c.pool, share],
    { insurance: "resident" },
    [
      category("普通门诊", "普通门诊"),
      category("慢特病门诊", "门诊慢特病"),
      category("“两病”门诊", "高血压糖尿病门诊用药"),
      category("国谈药门诊", "国谈药门诊"),
      line({ category: "门诊合计" }, { care: "outpatient" }, "subtotal"),
      line({ category: "住院" }, { care: "inpatient" }, "detail", ["share_pct"]),
    ],
  );
}

function employeeTables(p: Paper): void {
  const c = usualColumns(writer, 4);
  const of = (care: string) => p.of({ insurance: "employee", care });
  // 支出 of employees' funds, as the configuration has it.
  const spend = (care: string): number => of(care).pool + of(care).large + of(care).account;
  p.given("employee.maternity", "生育待遇情况", "employee", { category: "项目", spend_wan: "支出 万元" }, [
    { category: "生育医疗费", spend_wan: wan(spend("maternity")), _kind: "detail" },
    { category: "生育津贴", spend_wan: wan(ALLOWANCE), _kind: "detail" },
    { category: "生育待遇合计", spend_wan: wan(spend("maternity") + ALLOWANCE), _kind: "total" },
  ]);
  p.given(
    "employee.fund_spend.structure",
    "职工支出结构",
    "employee",
    { category: "类别", fund_spend_wan: "支出 万元" },
    [
      { category: "住院", fund_spend_wan: wan(spend("inpatient")), _kind: "detail" },
      { category: "生育待遇", fund_spend_wan: wan(spend("maternity") + ALLOWANCE), _kind: "detail" },
      { category: "个人账户购药", fund_spend_wan: wan(spend("pharmacy")), _kind: "detail" },
    ],
  );
  p.given("all.insured", "参保情况", "all", { row_label: "险种", insured: "参保人数 人" }, [
    { row_label: "职工医保", insured: String(ENROLLED.employee[0]), _kind: "detail" },
    { row_label: "居民医保", insured: String(ENROLLED.resident[0]), _kind: "detail" },
  ]);
  p.table(
    "all.inpatient",
    "住院情况",
    "all",
    { row_label: "险种" },
    [c.times, c.fee],
    { care: "inpatient" },
    [
      line({ row_label: "职工医保" }, { insurance: "employee" }),
      line({ row_label: "居民医保" }, { insurance: "resident" }),
    ],
  );
  p.table("inpatient.by_region", "住院情况", "both", { region: "区域" }, [c.times], { care: "inpatient" }, [
    line({ region: "县内" }, { region: "county" }),
    line({ region: "县外" }, { region: OUTSIDE }),
  ]);
}

function fundTables(p: Paper): void {
  const income = (name: string, subject?: string) => ({
    ...{ row_label: name, income_wan: wan(booked(["resident"], "income", subject)) },
    _kind: subject === undefined ? "total" : "detail",
  });
  p.given(
    "resident.fund.income",
    "居民基金收入",
    "resident",
    { row_label: "项目", income_wan: "收入 万元" },
    [
      income("个人缴费收入", "levy"),
      income("中央财政补助", "subsidy_central"),
      income("利息收入", "interest"),
      income("合计"),
    ],
  );
  const rows = [
    ["职工统筹基金", "employee_pool"],
    ["职工个人账户", "employee_account"],
    ["居民医保基金", "resident"],
    ["医疗救助基金", "aid"],
  ].map(([name, fund]) => {
    const [got, spent] = [booked([fund!], "income"), booked([fund!], "expense")];
    return {
      name: name!,
      figures: { income_wan: wan(got), expense_wan: wan(spent), balance_period_wan: wan(got - spent) },
    };
  });
  const columns = { income_wan: "收入 万元", expense_wan: "支出 万元", balance_period_wan: "当期结余 万元" };
  for (const [id, key] of [
    ["fund.balance", "fund"],
    ["all.fund.balance", "row_label"],
  ] as const) {
    p.given(
      id,
      "基金收支",
      "all",
      { [key]: "基金", ...columns },
      rows.map(({ name, figures }) => ({ [key]: name, ...figures, _kind: "detail" })),
    );
  }
}

function sentences(p: Paper): void {
  const amount = (fen: number): string => writer.wan(fen);
  const resident = ["resident"];
  const employee = ["employee_pool", "employee_account"];
  const [people, target] = ENROLLED.resident;
  p.say(
    "resident.insured",
    { insured: String(people), budget_completion_pct: writer.percent(people - 5, target) },
    { dims: { insurance: "resident" } },
  );
  p.say("resident.income", {
    income_wan: amount(booked(resident, "income")),
    personal_income_wan: amount(booked(resident, "income", "levy")),
    central_income_wan: amount(booked(resident, "income", "subsidy_central")),
  });
  const kept = booked(resident, "opening_balance") + booked(resident, "income") - booked(resident, "expense");
  p.say("resident.fund.balance", {
    expense_wan: amount(booked(resident, "expense")),
    balance_cumulative_wan: amount(kept),
    balance_yi: writer.quotient(kept, 10_000_000_000, 2),
  });
  p.say("employee.fund.balance", {
    income_wan: "7000",
    expense_wan: amount(booked(employee, "expense")),
  });
  const maternity = p.of({ insurance: "employee", care: "maternity" });
  p.say(
    "employee.maternity.total",
    {
      spend_wan: amount(maternity.pool + maternity.large + maternity.account + ALLOWANCE),
      visits: String(maternity.visits),
      maternity_allowance_wan: amount(ALLOWANCE),
    },
    { dims: { insurance: "employee" } },
  );
  const whole = p.of({ insurance: "resident" });
  p.say("resident.critical_illness", {
    visits: String(whole.criticalVisits),
    critical_paid_wan: amount(whole.critical),
  });
  const everyone = p.of({});
  p.say("aid.total", { visits: String(everyone.aidVisits), aid_paid_wan: amount(everyone.aid) });
  const aided = p.of({ care: "inpatient" });
  p.say(
    "aid.inpatient",
    { visits: String(aided.aidVisits), aid_paid_wan: amount(aided.aid) },
    { dims: { category: "住院" } },
  );
  const stays = p.of(R);
  p.say("resident.inpatient.all", {
    visits: String(stays.visits),
    fee_total_wan: amount(stays.fee),
    avg_fee_yuan: writer.yuan(stays.fee, stays.visits),
  });
  const general = p.of({ insurance: "resident", category: "普通门诊" });
  p.say("resident.outpatient.general", {
    visits: String(general.visits),
    fee_total_wan: amount(general.fee),
  });
  p.say("resident.village", {
    visits: String(p.of({ insurance: "resident", facilityKind: "village" }).visits),
  });
  p.say("resident.township_total", {
    township_visits: String(p.of({ insurance: "resident", facilityKind: "township" }).visits),
  });
}
