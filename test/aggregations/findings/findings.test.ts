import { expect, test } from "vitest";
import { qualityFinding, restatementsFinding } from "../../../aggregations/findings/data.js";
import { type FundBookFacts, fundsFinding } from "../../../aggregations/findings/funds.js";
import { type FundFacts, overviewFinding } from "../../../aggregations/findings/overview.js";
import type { Finding } from "../../../aggregations/findings/words.js";

const zh = (finding: Finding): string => finding.zh.map((p) => p.text).join("");
const fund = (name: string, more: Partial<FundFacts>): FundFacts => ({
  ...{ name: [name, name], settled: "1000000", settledChangePct: "0.02", lead: "0.000000" },
  ...{ paceFrom: "last_year", exhaustedOn: null, holds: null, why: null, monthsPayable: "12" },
  ...more,
});
const NONE = { critical: 0, warning: 0 };

test("the overview begins with the fund whose money runs out, and says why; others last", () => {
  const said = zh(
    overviewFinding(
      [
        fund("甲", { settled: "9000000", holds: "surely", lead: "-0.02" }),
        fund("乙", {
          ...{ settled: "5000000", lead: "0.028", exhaustedOn: "2024-12-12" },
          why: { name: ["普通门诊", "普通门诊"], difference: "6236200.00" },
        }),
        fund("丙", { settled: "100", exhaustedOn: "2024-11-30" }),
        fund("丁", { settled: "50", monthsPayable: "4.26" }),
        fund("戊", { settled: "50", monthsPayable: "3.5" }),
      ],
      { critical: 0, warning: 9 },
    ),
  );
  expect(said).toBe(
    "丙支出与上年同期持平，按此节奏 11 月 30 日前后用完全年预算；" +
      "乙支出比上年同期快 2.8 个百分点，按此节奏 12 月 12 日前后用完全年预算，主要是普通门诊比上年多 623.62 万元；" +
      "甲支出比上年同期慢 2.0 个百分点，预测全年预算够用；" +
      "累计结余偏少的还有丁（4.3 个月）、戊（3.5 个月）；9 条预警未处理。",
  );
});

test("a budget that holds only just is said to; without an outlook nothing is said of it", () => {
  expect(zh(overviewFinding([fund("甲", { holds: "narrowly" })], NONE))).toContain("预测全年预算刚够");
  expect(zh(overviewFinding([fund("甲", {})], NONE))).not.toContain("预测");
});

test("of many funds that run short the three in most need are named, and how many more there are", () => {
  const book = (name: string, balance: string, months: string | null): FundBookFacts => ({
    ...{ name: [name, name], income: "1", expense: "1", cumulative: null, incomeProgress: null },
    ...{ balance, months },
  });
  const said = zh(
    fundsFinding(book("全部", "-5", null), [
      book("甲", "-10000", "20"),
      book("乙", "-20000", "4"),
      book("丙", "-30000", "2"),
      book("丁", "-90000", null),
      book("戊", "-1", null),
      book("己", "5", "12"),
    ]),
  );
  expect(said).toContain("；丙当期收不抵支 3.00 万元，累计结余可支付 2.0 个月；乙当期");
  expect(said).toMatch(/；丁当期收不抵支 9.00 万元；另有 2 只基金收不抵支或结余偏少。$/);
  expect(said).not.toMatch(/[甲戊己]/);
});

test("late facilities are counted, whatever the list beside the count holds", () => {
  const said = zh(
    qualityFinding({
      ...{ balanced: true, share: "0.9", waiting: 0, overADay: 0, unmapped: 0, orphans: 0 },
      ...{ verified: null, received: 5, late: 80, lagging: ["甲", "乙", "丙"] },
    }),
  );
  expect(said).toContain("80 家机构迟报：甲、乙 等");
});

test("restatements are spoken of for the period that is asked about", () => {
  const facts = { closed: 3, isClosed: true, restated: 5, worst: null };
  expect(zh(restatementsFinding({ ...facts, period: null }))).toBe("已结 3 个期间，结账后 5 个数字有更正。");
  expect(zh(restatementsFinding({ ...facts, period: "2024-03" }))).toBe(
    "2024-03 已结，结账后 5 个数字有更正。",
  );
  expect(zh(restatementsFinding({ ...facts, period: "2024-05", isClosed: false }))).toBe(
    "2024-05 还没有结账。",
  );
});
