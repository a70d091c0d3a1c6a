import { districtName, E, HOME, R } from "./city.js";
import { line, type Paper, usualColumns } from "./paper.js";

/** By insurance, and by two things at once. */
export function crossedTables(p: Paper): void {
  const c = usualColumns(p.writer);
  const { wan } = c;
  const insurances = [
    ["职工医保", "employee"],
    ["居民医保", "resident"],
  ] as const;
  p.table(
    "inpatient.by_insurance",
    "住院情况表",
    "both",
    { insurance: "险种" },
    [c.visits, c.fee],
    { care: "inpatient" },
    [
      ...insurances.map(([name, insurance]) => line({ insurance: name }, { insurance })),
      line({ insurance: "合计" }, {}, "total"),
    ],
  );
  p.table(
    "inpatient.by_insurance_region",
    "住院情况表",
    "both",
    { insurance: "险种", region: "区域" },
    [c.visits],
    { care: "inpatient" },
    insurances.flatMap(([name, insurance]) => [
      line({ insurance: name, region: "市内" }, { insurance, region: HOME }),
      line({ insurance: name, region: "省外" }, { insurance, region: "national" }),
    ]),
  );
  p.given(
    "inpatient.by_region",
    "住院情况表",
    "both",
    { region: "区域", employee_visits: "职工住院人次 人次", resident_visits: "居民住院人次 人次" },
    (
      [
        ["市内", HOME],
        ["省外", "national"],
      ] as const
    ).map(([name, region]) => ({
      ...{ region: name, _kind: "detail" },
      employee_visits: String(p.of({ ...E, region }).visits),
      resident_visits: String(p.of({ ...R, region }).visits),
    })),
  );
  const placed = (tier: string, region: string | string[]) => String(p.of({ ...R, tier, region }).visits);
  p.given(
    "resident.inpatient.tier_by_region",
    "居民住院级别×区域",
    "resident",
    {
      tier: "级别",
      in_city_visits: "市内 人次",
      in_province_visits: "省内异地 人次",
      cross_province_visits: "跨省 人次",
    },
    (
      [
        ["三级", "3"],
        ["二级", "2"],
      ] as const
    ).map(([name, tier]) => ({
      ...{ tier: name, _kind: "detail" },
      in_city_visits: placed(tier, HOME),
      in_province_visits: placed(tier, "province"),
      cross_province_visits: placed(tier, "national"),
    })),
  );
  p.table(
    "resident.inpatient.district_tier",
    "居民分区级别",
    "resident",
    { district: "参保地", tier: "级别" },
    [c.visits],
    R,
    ["430602", "430621"].flatMap((district) => [
      line({ district: districtName(district), tier: "三级" }, { district, tier: "3" }),
      line({ district: districtName(district), tier: "二级" }, { district, tier: "2" }),
      line({ district: districtName(district), tier: "小计" }, { district }, "subtotal"),
    ]),
  );
  p.table(
    "resident.inpatient.category_region",
    "居民类别区域",
    "resident",
    { category: "类别", region: "区域" },
    [c.visits],
    R,
    ["普通住院", "康复住院"].flatMap((category) => [
      line({ category, region: "市内" }, { category, region: HOME }),
      line({ category, region: "省外" }, { category, region: "national" }),
      line({ category, region: "合计" }, { category }, "total"),
    ]),
  );
  p.table(
    "resident.inpatient.remote",
    "居民异地就医结算",
    "resident",
    { region: "类型" },
    [c.times, wan("fee_total_wan", "费用", (t) => t.fee)],
    R,
    [
      line({ region: "省内异地直接结算" }, { region: "province", channel: "direct" }),
      line({ region: "跨省异地直接结算" }, { region: "national", channel: "direct" }),
      line({ region: "跨省异地手工报销" }, { region: "national", channel: "manual" }),
    ],
  );
}
