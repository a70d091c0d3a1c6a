import { Decimal } from "decimal.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadConfig } from "../../../connectors/config/load.js";
import { readText } from "../../../pipelines/audit/document/text.js";
import { PeriodFigures, periodOf } from "../../../pipelines/audit/printed.js";
import { rowsOf } from "../../support/printed.js";
import { Workspace } from "../../support/workspace.js";
import { CITY } from "../audit-bureaus/city.js";
import { saidOf } from "./documents.js";
import { injections } from "./inject.js";

let space: Workspace;
let figures: PeriodFigures;
let text: string;

/** A bureau that speaks another way: 亿元 and 元, growth in brackets, hospitals in prose, insurances as columns. */
async function otherWords(file: string): Promise<string> {
  const rows = await rowsOf(
    file,
    `SELECT insurance, "grouping", coalesce(region, tier, category, '') AS member, indicator, value::VARCHAR AS value, previous::VARCHAR AS previous
     FROM indicators WHERE period = '2024Q2' AND care IS NOT DISTINCT FROM CASE WHEN "grouping" = 'total' THEN NULL ELSE 'inpatient' END
       AND "grouping" IN ('total', 'care', 'care+region', 'care+tier', 'care+category')`,
  );
  const at = (insurance: string, grouping: string, indicator: string, member = ""): [number, number] => {
    const row = rows.find(
      (r) =>
        r.insurance === insurance &&
        r.grouping === grouping &&
        r.indicator === indicator &&
        r.member === member,
    );
    return [Number(row?.value ?? 0), Number(row?.previous ?? 0)];
  };
  const growth = ([now, before]: [number, number]): string => {
    const pct = new Decimal(now).div(before).minus(1).times(100);
    return `${pct.isNeg() ? "下滑" : "上涨"}${pct.abs().toFixed(2)}%`;
  };
  const sentence = (zh: string, insurance: string): string => {
    const [visits, fee, avg, rate] = ["visits", "fee", "avg_fee", "reimb_rate"].map((i) =>
      at(insurance, "care", i),
    );
    return `${zh}参保人员出院${visits[0]}人次，上年同期为${visits[1]}人次，${growth(visits)}；医疗费用合计${fee[0].toFixed(2)}元，较上年同期的${fee[1].toFixed(2)}元${growth(fee)}。住院患者例均费用为${avg[0].toFixed(2)}元（上年同期${avg[1].toFixed(2)}元，${growth(avg)}），实际报销比例${new Decimal(rate[0]).times(100).toFixed(2)}%。`;
  };
  const columns = ["visits", "fee", "pool_paid", "avg_fee", "avg_bed_days"];
  const line = (zh: string, insurance: string, grouping: string, member = ""): string =>
    [
      zh,
      ...columns.map((c) =>
        at(insurance, grouping, c, member)[0].toFixed(c === "visits" ? 0 : c === "avg_bed_days" ? 1 : 2),
      ),
    ].join("\t");
  const table = (zh: string, insurance: string): string[] => [
    `表：${zh}住院按医院等级（元）`,
    ["医院等级", "出院人次", "医疗费用(元)", "统筹支付(元)", "例均费用(元)", "平均住院日(天)"].join("\t"),
    line("三级医院", insurance, "care+tier", "3"),
    line("二级医院", insurance, "care+tier", "2"),
    line("一级及以下", insurance, "care+tier", "1"),
    line("全部", insurance, "care"),
  ];
  return [
    "江陵市医疗保障局2024年第二季度基金使用情况通报",
    "一、总体情况",
    sentence("城镇职工", "employee"),
    sentence("城乡居民", "resident"),
    "二、分等级情况",
    ...table("职工", "employee"),
    "以上为职工情况，居民情况见下表。",
    ...table("居民", "resident"),
    "数据来源为结算系统，供各单位参考。",
  ].join("\n");
}

beforeAll(async () => {
  space = new Workspace({ groupings: undefined, ...CITY.config });
  for (const [name, csv] of Object.entries(CITY.reference))
    space.reference(name as keyof typeof CITY.reference, csv);
  for (const [stream, records] of Object.entries(CITY.files(CITY.bills)))
    space.put(`${stream}-1.ndjson`, records);
  await space.drain();
  text = await otherWords(space.published);
  const { config } = loadConfig(space.configFile);
  figures = await PeriodFigures.read(space.published, periodOf(readText(text), undefined), config);
}, 120_000);
afterAll(() => space.remove());

test("a report in other words, order and units: nine tenths of it are read, and nothing is called wrong", () => {
  const audit = figures.audit(readText(text));
  expect(audit).toMatchObject({ period: "2024Q2", jurisdiction: "江陵市", other: false });
  expect([...saidOf(audit.figures, "differs"), ...saidOf(audit.figures, "print-error")]).toEqual([]);
  expect(audit.counts.equal).toBeGreaterThanOrEqual(0.9 * audit.figures.length);
});

test("of numbers that are spoiled one at a time, most are found with the right correction, none is bound to another", () => {
  const result = injections(text, figures, 24, 1);
  expect(result.neighbours).toBe(0);
  expect(result.boundElsewhere).toBe(0);
  expect(result.corrected).toBeGreaterThanOrEqual(0.7 * (result.spoiled - result.alike));
});
