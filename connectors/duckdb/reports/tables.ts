import type { TableSettings } from "../../../schemas/config/report.js";
import type { Config } from "../../../schemas/config/schema.js";
import { type CategoryLine, CHANNEL_LABELS, REGION_LINES, TIER_LABELS } from "../../../schemas/labels.js";
import { type Cell, label, type ReportInsurance, reportColumns } from "./columns.js";
import {
  byCare,
  byCategory,
  byChannel,
  byDimension,
  byFacility,
  byRegionAndChannel,
  homeAndAway,
  type LineSettings,
  type Lines,
  single,
} from "./lines.js";
import { dipByFacility, enrolledByGroup, withCertified } from "./lines-given.js";
import { overallTables, wideTables } from "./tables-wide.js";

/** A printed table of schema 报表. `id` is stable: insurance and kind of table. */
export interface ReportTable {
  readonly id: string;
  readonly name: string;
  /** Insurance in Chinese. */
  readonly insurance: string;
  readonly comment: string;
  /** The row's label first. */
  readonly columns: readonly Cell[];
  readonly lines: Lines;
  /** Measures whose 合计 every line needs beside its own, as `total_` and the measure. */
  readonly totals: readonly string[];
}

const ZH = { resident: "居民医保", employee: "职工医保" } as const;

/** The printed tables of the reports, for both insurances, under the report settings. */
export function reportTables(config: Config): readonly ReportTable[] {
  const printed = (Object.keys(ZH) as ReportInsurance[]).flatMap((i) => insuranceTables(i, config));
  const wide = [
    ...(Object.keys(ZH) as ReportInsurance[]).flatMap((i) =>
      wideTables(i, ZH[i], config).map((t) => ({ ...t, insurance: ZH[i] as string })),
    ),
    ...overallTables(config).map((t) => ({ ...t, insurance: "全部" })),
  ].map(
    ({ id, name, insurance, first, columns, lines }): ReportTable => ({
      id,
      name,
      insurance,
      comment: `${name}（${roundingOf(config)}）`,
      columns: [first, ...columns],
      lines: lines(config.report.tables[id] ?? NONE),
      totals: [],
    }),
  );
  return [...printed, ...wide].map((t) => withSettings(t, config));
}

const roundingOf = (config: Config): string =>
  `金额${config.report.rounding === "half-up" ? "四舍五入" : "截尾"}至两位小数`;

const NONE: Partial<TableSettings> = {};

/** The table as its settings want it: columns picked, headings and labels as printed. */
function withSettings(table: ReportTable, config: Config): ReportTable {
  const { columns, headings }: Partial<TableSettings> = config.report.tables[table.id] ?? NONE;
  const [first, ...rest] = table.columns;
  const picked = columns?.flatMap((key) => rest.filter((c) => c.key === key)) ?? rest;
  const titled = [first, ...picked].map((c) => ({ ...c, heading: headings?.[c.key] ?? c.heading }));
  return { ...table, columns: titled };
}

function insuranceTables(insurance: ReportInsurance, config: Config): ReportTable[] {
  const zh = ZH[insurance];
  const of = reportColumns(insurance, config);
  const settingsOf = (id: string): Partial<TableSettings> => config.report.tables[id] ?? NONE;

  /** A table; `lines` gets its settings and `columns` those that follow the label. */
  const table = (
    id: string,
    name: string,
    first: Cell,
    columns: readonly Cell[],
    lines: (settings: LineSettings) => Lines,
    totals: readonly string[] = [],
  ): ReportTable => ({
    id,
    name,
    insurance: id.startsWith("aid.") ? "医疗救助" : zh,
    comment: `${name}（${roundingOf(config)}）`,
    columns: [first, ...columns],
    lines: lines(settingsOf(id)),
    totals,
  });
  const own = (id: string): string => `${insurance}.${id}`;
  const facility = (id: string, name: string, columns: readonly Cell[]): ReportTable =>
    table(own(id), name, label("facility", "医疗机构"), columns, (s) =>
      byFacility(insurance, "inpatient", config, s),
    );
  const region = (id: string, name: string, columns: readonly Cell[]): ReportTable =>
    table(own(id), name, label("region", "住院区域"), columns, (s) =>
      byDimension(insurance, "inpatient", "region", REGION_LINES[config.jurisdiction.level], config, s),
    );
  const tier = (id: string, name: string, columns: readonly Cell[], totals: string[] = []): ReportTable =>
    table(
      own(id),
      name,
      label("tier", "医疗机构等级"),
      columns,
      (s) => byDimension(insurance, "inpatient", "tier", TIER_LABELS, config, s),
      totals,
    );
  const channel = (id: string, name: string, line: CategoryLine, columns: readonly Cell[]): ReportTable =>
    table(own(id), name, label("row_label", "项目"), columns, (s) =>
      byChannel(insurance, line, CHANNEL_LABELS, config, s),
    );
  const one = (id: string, name: string, row: string, line: CategoryLine | null, columns: readonly Cell[]) =>
    table(own(id), name, label("category", "支出类别"), columns, () => single(insurance, row, line, config));
  const within = { county: "县内", city: "市内", province: "省内" }[config.jurisdiction.level];
  const base = "inpatient.by_facility.base_comp";
  const dip = "dip.by_facility";
  const unsigned = settingsOf(own(dip)).unsigned === true;

  const tables = [
    table(
      own("fund_spend.structure"),
      `${zh}结构性支出明细表`,
      label("category", "医疗类别"),
      of.spend,
      (s) => byCategory(insurance, config, s),
    ),
    table(
      own("fund.composition"),
      `${zh}基金支出构成及占比表`,
      label("row_label", "项目"),
      of.composition,
      (s) => byCategory(insurance, config, s),
      ["benefit_paid"],
    ),
    region("inpatient.by_region.rate", `${zh}各区域住院率增长明细表`, of.rate),
    tier("inpatient.by_tier.visits_share", `${zh}各级医疗机构住院人次占比表`, of.share, ["visits"]),
    facility("inpatient.by_facility.visits", `${zh}${within}医疗机构住院人次增长率明细表`, of.facilityVisits),
    region("inpatient.by_region.avg_fee", `${zh}住院次均费用增长明细表`, of.regionAvg),
    tier("inpatient.by_tier.avg_fee", `${zh}住院各级医疗机构次均费用明细表`, [of.visits, of.fee, of.avg]),
    facility(
      "inpatient.by_facility.avg_fee",
      `${zh}${within}医疗机构住院次均费用增长率明细表`,
      of.facilityAvg,
    ),
    region("inpatient.by_region.reimb", `${zh}住院各区域报销比例明细表`, of.reimb),
    tier("inpatient.by_tier.reimb", `${zh}住院各级医疗机构报销比例明细表`, of.reimb),
    facility(base, `${zh}基本段报销实际补偿比增长明细表`, of.baseRate(settingsOf(own(base)).paid)),
    region("inpatient.by_region.bed_days", `${zh}各区域住院床日明细表`, of.bedDays),
    tier("inpatient.by_tier.bed_days", `${zh}各级医疗机构住院床日明细表`, of.bedDays),
    facility("inpatient.by_facility.visits_per_head", `${zh}住院人次人头比例明细表`, of.perHead),
    table(
      own("outpatient_chronic.by_tier"),
      `${zh}门诊慢特病各级医疗机构实际报销情况明细表`,
      label("tier", "医疗机构等级"),
      of.chronic,
      (s) =>
        withCertified(
          byDimension(insurance, "chronic", "tier", TIER_LABELS, config, s),
          insurance,
          config.report.categories.chronic,
        ),
    ),
    table(
      own(dip),
      `${zh}${within}医疗机构DIP支付情况表`,
      label("facility", "医疗机构"),
      of.dip(unsigned),
      (s) => dipByFacility(insurance, config, s),
    ),
    table(own("inpatient.by_region"), `${zh}住院补偿明细`, label("row_label", "项目"), of.paid, (s) =>
      byRegionAndChannel(insurance, s),
    ),
    channel("outpatient_chronic.by_channel", `${zh}门诊慢性特殊疾病补偿明细`, "chronic", [
      ...of.paid,
      of.drugs,
    ]),
    channel("negotiated_drug.by_channel", `${zh}门诊谈判药品补偿明细`, "negotiated", of.paid),
    one("outpatient_general", `${zh}普通门诊补偿明细`, "普通门诊", "general", of.paid),
    table(own("insured.by_group"), `${zh}参保情况`, label("group", "人员类别"), of.insured, (s) =>
      enrolledByGroup(insurance, s),
    ),
  ];
  if (insurance === "resident") {
    tables.push(
      one("two_disease", `${zh}门诊两病补偿明细`, "门诊“两病”", "two", of.paid),
      one("critical_illness", "城乡居民大病保险补偿明细", "大病保险", null, of.critical),
      table("aid.by_category", "医疗救助明细", label("category", "救助类别"), of.aid, (s) =>
        byCare("all", s),
      ),
    );
  } else {
    tables.push(
      table(
        own("large_amount.by_region"),
        `${zh}大额医疗补助明细`,
        label("region", "就医地"),
        of.large,
        (s) => homeAndAway(insurance, s),
      ),
    );
  }
  return tables;
}
