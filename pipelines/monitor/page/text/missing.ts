import type { Texts } from "./text.js";

/** What has not been set up, and how it is. */
export const MISSING = {
  "missing.title": ["尚未接入：{what}（点开看怎么做）", "Not set up yet: {what} (open for how)"],
  "missing.settlements": ["结算数据", "settlements"],
  "missing.last_year": ["上年同期", "the year before"],
  "missing.facilities": ["医疗机构资料", "facilities"],
  "missing.divisions": ["行政区划名称", "names of divisions"],
  "missing.enrolment": ["参保人数", "enrolment"],
  "missing.budgets": ["基金预算", "budgets"],
  "missing.books": ["基金收支账", "the funds' books"],
  "missing.opening_balances": ["期初结余", "opening balances"],
  "missing.dip": ["DIP 预结算结果", "DIP results"],
  "missing.how.settlements": [
    "还没有一笔结算计入：把 settlement-….avro 或 .ndjson 放进 inbox（或接通 Kafka 的 fund.settlement），再看“数据质量”里有没有被隔离的记录。",
    "No settlement has been counted: put settlement-….avro or .ndjson into the inbox (or connect Kafka's fund.settlement), and look at 数据质量 for quarantined records.",
  ],
  "missing.how.last_year": [
    "没有上年数据，同比与按往年进度的预测都空着：把 periods.firstDay 设到上年 1 月 1 日，并补送上年的结算。",
    "Without last year's data there is no change and no outlook by earlier years: set periods.firstDay to 1 January of last year and send last year's settlements.",
  ],
  "missing.how.facilities": [
    "reference/facilities.csv 没有内容：机构名称、等级、性质、区域都为“未知”。每家一行：fixmedins_code, name, admdvs, hosp_lv, ownership, kind。",
    "reference/facilities.csv is empty: names, tiers, ownership and regions are unknown. A row a facility: fixmedins_code, name, admdvs, hosp_lv, ownership, kind.",
  ],
  "missing.how.divisions": [
    "reference/divisions.csv 没有内容，区县只显示代码。两列：admdvs, name。",
    "reference/divisions.csv is empty, so divisions are shown by code. Two columns: admdvs, name.",
  ],
  "missing.how.enrolment": [
    "没有 enrolment 记录，住院率与参保人数为空：送 enrolment-….ndjson（as_of, admdvs, insurance, persons）。",
    "No enrolment records, so admission rates and enrolment are empty: send enrolment-….ndjson (as_of, admdvs, insurance, persons).",
  ],
  "missing.how.budgets": [
    "没有预算，完成进度与超支预警为空：送 fund-entry 记录，kind 为 budget_expense 与 budget_income。",
    "No budgets, so progress and its alerts are empty: send fund-entry records of kind budget_expense and budget_income.",
  ],
  "missing.how.books": [
    "没有收支账，收入、入账支出与结余为空：送 fund-entry 记录，kind 为 income 与 expense。",
    "No books, so income, booked expense and balances are empty: send fund-entry records of kind income and expense.",
  ],
  "missing.how.opening_balances": [
    "没有期初结余，累计结余与可支付月数为空：送 fund-entry 记录，kind 为 opening_balance，book_date 为当年 1 月 1 日。",
    "No opening balances, so cumulative balances and months payable are empty: send fund-entry records of kind opening_balance, booked on 1 January.",
  ],
  "missing.how.dip": [
    "没有 dip-result 记录：送 dip-result-….ndjson（fixmedins_code, insurance, settled_month, cases, fee_for_service_amount, dip_amount）。不按 DIP 付费的统筹区可不管。",
    "No dip-result records: send dip-result-….ndjson (fixmedins_code, insurance, settled_month, cases, fee_for_service_amount, dip_amount). Where DIP is not used this needs nothing.",
  ],
} as const satisfies Texts;
