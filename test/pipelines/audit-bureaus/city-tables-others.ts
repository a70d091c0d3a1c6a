import { districtName, E, ENROLLED, R } from "./city.js";
import { line, type Paper, usualColumns } from "./paper.js";

/** By group of people, in one line, and under headings that no key explains. */
export function otherTables(p: Paper): void {
  const { writer } = p;
  const c = usualColumns(p.writer);
  const { column, wan } = c;
  const enrolled = (insurance: string, group: string): number =>
    ENROLLED.reduce((sum, [, i, g, n]) => sum + (i === insurance && g === group ? n : 0), 0);
  p.given(
    "employee.inpatient.by_person_kind",
    "职工在职退休住院情况",
    "employee",
    {
      group: "人员类别",
      insured: "参保人数 人",
      visits: "住院人次 人次",
      hospitalization_rate_pct: "住院率 %",
      avg_fee_yuan: "次均费用 元",
    },
    (
      [
        ["在职", "active"],
        ["退休", "retired"],
      ] as const
    ).map(([name, group]) => {
      const [t, people] = [p.of({ ...E, personKind: group }), enrolled("employee", group)];
      return {
        ...{ group: name, insured: String(people), visits: String(t.visits), _kind: "detail" },
        ...{
          hospitalization_rate_pct: writer.percent(t.visits, people),
          avg_fee_yuan: writer.yuan(t.fee, t.visits),
        },
      };
    }),
  );
  p.table(
    "employee.inpatient.misc",
    "职工住院情况",
    "employee",
    { tier: "级别" },
    [
      wan("fund_paid_wan", "基金支付总额", (t) => t.fund),
      column("visits_2024", "2024年住院人次", "人次", (t) => String(t.visits)),
      column("visits_2023", "2023年住院人次", "人次", (_, b) => String(b.visits)),
      column("visits_growth_pct", "住院人次增长(%)", "%", (t, b) => writer.growth(t.visits, b.visits)),
      column("cost_per_head_yuan", "人均住院费用", "元", (t) => writer.yuan(t.fee, t.heads)),
      wan("policy_fee_wan", "政策范围内医疗费用", (t) => t.scope),
      wan("self_pay_wan", "个人负担住院费用", (t) => t.fee - t.fund - t.account),
      column("large_visits", "大额补助人次", "人次", (t) => String(t.largeVisits)),
      column("fund_rate_pct", "基金支付比例", "%", (t) => writer.percent(t.fund, t.fee)),
      column("avg_bed", "平均住院日", "天", (t) => writer.quotient(t.days, t.visits, 1)),
      column("visits_yoy", "同比增减", "人次", (t, b) => String(t.visits - b.visits)),
      wan("civil_wan", "公务员补助", (t) => t.civil),
    ],
    E,
    [line({ tier: "三级" }, { tier: "3" }), line({ tier: "二级" }, { tier: "2" })],
  );
  const [now, before] = [p.of(R), p.of(R, 2023)];
  p.given(
    "resident.inpatient.overview",
    "居民住院主要指标",
    "resident",
    { indicator: "指标", unit: "单位", value: "本期", value_prev: "上年同期", value_yoy_pct: "同比 %" },
    [
      {
        ...{
          indicator: "住院人次",
          unit: "人次",
          value: String(now.visits),
          value_prev: String(before.visits),
        },
        ...{ value_yoy_pct: writer.growth(now.visits, before.visits), _kind: "detail" },
      },
      { indicator: "次均费用", unit: "元", value: writer.yuan(now.fee, now.visits), _kind: "detail" },
    ],
  );
  p.table(
    "resident.inpatient.sum",
    "居民住院情况",
    "resident",
    {},
    [c.times, wan("fee_total_wan", "费用", (t) => t.fee)],
    R,
    [line({}, {})],
  );
  p.table(
    "employee.inpatient.reimb",
    "职工报销",
    "employee",
    { tier: "级别" },
    [wan("reimb_total_wan", "报销合计", (t) => t.fund)],
    E,
    [line({ tier: "三级" }, { tier: "3" }), line({ tier: "二级" }, { tier: "2" })],
  );
  p.given(
    "resident.insured.by_district",
    "居民参保",
    "resident",
    { district: "县区", insured: "参保人数 人", paid_persons: "缴费人数 人" },
    ENROLLED.filter(([, i]) => i === "resident").map(([code, , , n]) => ({
      district: districtName(code),
      insured: String(n),
      paid_persons: String(n - 150),
    })),
  );
}
