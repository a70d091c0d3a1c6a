import type { Config } from "../../../schemas/config/schema.js";
import { FACT_INDICATORS, SUPERVISION_INDICATORS } from "../../../schemas/fact-indicators.js";
import { type Cell, cell, label, type ReportInsurance, reportColumns } from "./columns.js";
import { byDimension, type LineSettings, type Lines } from "./lines.js";
import {
  acrossProvinces,
  aidByDistrict,
  byFacilityDistrict,
  careGroupLabels,
  categoriesOf,
  figuresByDistrict,
  supervised,
} from "./lines-wide.js";
import { over, type Printed, Printer, type Ratio, sum } from "./print.js";

/** A table before the report settings are applied. */
export interface PlainTable {
  readonly id: string;
  readonly name: string;
  readonly first: Cell;
  readonly columns: readonly Cell[];
  readonly lines: (settings: LineSettings) => Lines;
}

/** A figure and its relative change. */
function withGrowth(
  print: Printer,
  key: string,
  heading: string,
  sql: string | Printed,
  of: Ratio,
  comment: string,
): Cell[] {
  const plain = heading.replace(/\(.*\)$/, "");
  return [
    cell(key, heading, sql, comment),
    cell(
      `${key.replace(/_(wan|yuan|pct)$/, "")}_yoy_pct`,
      `${plain}同比(%)`,
      print.change(of),
      `${plain}同比增长（%）`,
    ),
  ];
}

/** The analyses that a city makes besides: by care group, by category, by division; in every line with growth. */
export function wideTables(insurance: ReportInsurance, zh: string, config: Config): PlainTable[] {
  const print = new Printer(config.report);
  const { visits, fee, avg, insured } = reportColumns(insurance, config);
  const avgFee = over("fee", "visits");
  const inScope = over("reimbursed", "in_scope_fee");
  const grow = (c: Cell, of: Ratio): Cell[] => withGrowth(print, c.key, c.heading, c, of, c.comment);
  const stays = [...grow(visits, sum("visits")), ...grow(fee, sum("fee")), ...grow(avg, avgFee)];
  const reimbursed = [
    ...withGrowth(
      print,
      "reimb_total_wan",
      "报销金额(万元)",
      print.wan("reimbursed"),
      sum("reimbursed"),
      "报销金额合计（万元）",
    ),
    ...withGrowth(
      print,
      "avg_reimb_yuan",
      "次均报销(元)",
      print.yuan(over("reimbursed", "visits")),
      over("reimbursed", "visits"),
      "报销金额 ÷ 人次（元）",
    ),
    ...withGrowth(
      print,
      "reimb_rate_in_scope_pct",
      "政策范围内报销比例(%)",
      print.percent(inScope),
      inScope,
      "报销金额 ÷ 政策范围内费用（%）",
    ),
    cell(
      "reimb_rate_in_scope_delta_pp",
      "政策范围内报销比例增减(百分点)",
      print.difference(inScope, 100, 2),
      "本期比例 − 上年同期比例（百分点）",
    ),
  ];
  const paid = over("benefit_paid", "visits");
  const outpatient = [
    ...withGrowth(print, "visits", "人次", print.count("visits"), sum("visits"), "人次"),
    ...withGrowth(
      print,
      "fund_paid_wan",
      "基金支付(万元)",
      print.wan("benefit_paid"),
      sum("benefit_paid"),
      "基金支出（万元）",
    ),
    ...withGrowth(print, "avg_paid_yuan", "次均支付(元)", print.yuan(paid), paid, "基金支出 ÷ 人次（元）"),
  ];
  const FEN = 100;
  const books = { income: FEN, expense: FEN, balance_period: FEN, balance_cumulative: FEN };
  const months = { months_payable: 1_000_000, months_payable_net: 1_000_000 };
  const own = (id: string): string => `${insurance}.${id}`;
  const groups = careGroupLabels(config);
  return [
    ...(groups.length === 0
      ? []
      : [
          {
            id: own("inpatient.by_care_group"),
            name: `${zh}住院分机构类别情况表`,
            first: label("care_group", "机构类别"),
            columns: [...stays, ...reimbursed],
            lines: (s: LineSettings) => byDimension(insurance, "inpatient", "care_group", groups, config, s),
          },
        ]),
    {
      id: own("outpatient.by_category"),
      name: `${zh}门诊分类别情况表`,
      first: label("category", "医疗类别"),
      columns: outpatient,
      lines: (s) => categoriesOf(insurance, ["outpatient", "pharmacy"], "合计", s),
    },
    {
      id: own("inpatient.by_facility_district"),
      name: `${zh}分县区医疗机构住院情况表`,
      first: label("district", "机构所在县区"),
      columns: stays,
      lines: (s) => byFacilityDistrict(insurance, config, s),
    },
    {
      id: own("insured.by_district"),
      name: `${zh}分县区参保情况表`,
      first: label("district", "县区"),
      columns: grow(insured[0], sum("enrolled")),
      lines: (s) => figuresByDistrict(insurance, { enrolled: 1 }, s),
    },
    {
      id: own("fund.by_district"),
      name: `${zh}分县区基金收支情况表`,
      first: label("district", "县区"),
      columns: [
        ...grow(cell("income_wan", "收入(万元)", print.wan("income"), "记账收入（万元）"), sum("income")),
        ...grow(cell("expense_wan", "支出(万元)", print.wan("expense"), "记账支出（万元）"), sum("expense")),
        cell("balance_period_wan", "当期结余(万元)", print.wan("balance_period"), "收入 − 支出（万元）"),
        cell("balance_cumulative_wan", "累计结余(万元)", print.wan("balance_cumulative"), "累计结余（万元）"),
        cell("months_payable", "可支付月数", print.amount("r.months_payable", 10_000), "可支付月数（月）"),
        cell(
          "months_payable_net",
          "可支付月数(剔除一次性预缴)",
          print.amount("r.months_payable_net", 10_000),
          "剔除一次性预缴后的可支付月数（月）",
        ),
      ],
      lines: (s) => figuresByDistrict(insurance, { ...books, ...months }, s),
    },
  ];
}

/** Analyses over all insurances. */
export function overallTables(config: Config): PlainTable[] {
  const print = new Printer(config.report);
  const aid = (care: string, zh: string): Cell[] => [
    cell(`${care}_visits`, `${zh}救助人次`, `r.${care}_aid_visits::BIGINT`, `${zh}救助人次`),
    cell(
      `${care}_aid_paid_wan`,
      `${zh}救助资金(万元)`,
      print.wan(`${care}_aid_paid`),
      `${zh}医疗救助支付（万元）`,
    ),
  ];
  const figure = (name: string): Cell => {
    const { zh, unit, formula } = FACT_INDICATORS.find((i) => i.name === name)!;
    return unit === "yuan"
      ? cell(
          `${name}_wan`,
          `${zh}(万元)`,
          print.amount(`(r.${name} * 100)::BIGINT`, 10_000),
          `${formula}（万元）`,
        )
      : cell(name, zh, `r.${name}`, formula);
  };
  return [
    {
      id: "aid.by_district",
      name: "医疗救助分县区情况表",
      first: label("district", "县区"),
      columns: [...aid("inpatient", "住院"), ...aid("outpatient", "门诊"), ...aid("other", "其他")],
      lines: (s) => aidByDistrict(s),
    },
    {
      id: "cross_province.direct",
      name: "跨省异地就医直接结算情况表",
      first: label("flow", "就医类型"),
      columns: [
        ...withGrowth(print, "visits", "人次", print.count("visits"), sum("visits"), "人次"),
        ...withGrowth(
          print,
          "fee_total_wan",
          "总费用(万元)",
          print.wan("fee"),
          sum("fee"),
          "医疗费总额（万元）",
        ),
        ...withGrowth(
          print,
          "fund_paid_wan",
          "报销金额(万元)",
          print.wan("reimbursed"),
          sum("reimbursed"),
          "报销金额合计（万元）",
        ),
      ],
      lines: () => acrossProvinces(),
    },
    {
      id: "supervision.by_kind",
      name: "基金监管情况表",
      first: label("kind", "机构类别"),
      columns: SUPERVISION_INDICATORS.map((i) => figure(i.name)),
      lines: (s) =>
        supervised(
          SUPERVISION_INDICATORS.map((i) => i.name),
          config,
          s,
        ),
    },
  ];
}
