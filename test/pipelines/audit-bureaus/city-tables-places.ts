import { AWAY, districtName, E, HOME, R, WORLD } from "./city.js";
import { line, type Paper, usualColumns, type Where } from "./paper.js";

/** By region, level and division. */
export function placeTables(p: Paper): void {
  const { writer } = p;
  const c = usualColumns(p.writer);
  const { column, wan } = c;
  const rate = (key: string, label: string, of: "fee" | "scope") =>
    column(key, label, "%", (t) => writer.percent(t.reimbursed, t[of]));
  p.table(
    "resident.inpatient.by_region",
    "居民医保住院分区域情况表",
    "resident",
    { region: "住院区域" },
    [
      c.visits,
      column("visits_prev", "上年同期", "人次", (_, before) => String(before.visits)),
      c.growth,
      c.heads,
      c.fee,
      c.avgFee,
      wan("in_scope_fee_wan", "政策范围内费用(万元)", (t) => t.scope),
      rate("reimb_rate_actual_pct", "实际报销比例", "fee"),
      rate("reimb_rate_in_scope_pct", "政策范围内报销比例", "scope"),
      column("reimb_rate_in_scope_yoy_pp", "政策范围内报销比例同比(百分点)", "百分点", (t, b) =>
        writer.quotient(t.reimbursed * b.scope - b.reimbursed * t.scope, t.scope * b.scope, 2, 100),
      ),
    ],
    R,
    [
      line({ region: "市内住院" }, { region: HOME }),
      line({ region: "市外省内住院" }, { region: "province" }),
      line({ region: "省外住院" }, { region: "national" }),
      line({ region: "合计" }, {}, "total"),
    ],
  );
  p.table(
    "employee.inpatient.home_away",
    "职工医保住院本地异地情况",
    "employee",
    { region: "就医地" },
    [c.times, c.fee],
    E,
    [
      line({ region: "本地" }, { region: HOME }),
      line({ region: "异地" }, { region: AWAY }, "subtotal"),
      line({ region: "合计" }, {}, "total"),
    ],
  );
  const districts = WORLD.districts.map((district) => ({ district, name: districtName(district) }));
  p.given(
    "resident.by_district",
    "居民医保各县区待遇享受情况",
    "resident",
    {
      district: "参保地",
      inpatient_visits: "住院人次 人次",
      outpatient_visits: "门诊人次 人次",
      inpatient_fee_wan: "住院总费用 万元",
    },
    districts.map(({ district, name }) => {
      const [stays, visits] = [p.of({ ...R, district }), p.of({ ...R, care: "outpatient", district })];
      return {
        ...{
          district: name,
          inpatient_visits: String(stays.visits),
          outpatient_visits: String(visits.visits),
        },
        ...{ inpatient_fee_wan: writer.wan(stays.fee), _kind: "detail" },
      };
    }),
  );
  const whole = p.of(E);
  p.table(
    "employee.inpatient.by_tier",
    "职工医保各级医疗机构住院情况",
    "employee",
    { tier: "级别" },
    [
      c.visits,
      column("visits_share_pct", "人次占比(%)", "%", (t) => writer.percent(t.visits, whole.visits)),
      wan("fee_total_wan", "住院总费用(万元)", (t) => t.fee),
      column("fee_share_pct", "费用占比(%)", "%", (t) => writer.percent(t.fee, whole.fee)),
    ],
    E,
    [
      line({ tier: "三级医疗机构" }, { tier: "3" }),
      line({ tier: "二级医疗机构" }, { tier: "2" }),
      line({ tier: "一级及以下医疗机构" }, { tier: ["1", "0"] }),
      line({ tier: "合计" }, {}, "total"),
    ],
  );
  const levels: readonly (readonly [string, Where])[] = [
    ["市内三级", { tier: "3", region: HOME }],
    ["市内二级", { tier: "2", region: HOME }],
    ["市内一级及以下", { tier: ["1", "0"], region: HOME }],
    ["市外", { region: AWAY }],
  ];
  p.table(
    "employee.inpatient.by_level",
    "职工医保住院分级别情况",
    "employee",
    { tier: "医院级别" },
    [c.visits, c.avgFee],
    E,
    levels.map(([name, where]) => line({ tier: `${name}医院` }, where)),
  );
  p.table(
    "employee.inpatient.by_care_group",
    "职工医保住院分级别情况",
    "employee",
    { care_group: "就医级别" },
    [c.visits, c.heads, c.avgFee],
    E,
    levels.map(([name, where]) => line({ care_group: name }, where)),
  );
}
