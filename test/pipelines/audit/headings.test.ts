import { describe, expect, it } from "vitest";
import {
  formByUnit,
  otherThanKey,
  otherTime,
  readHeading,
  unitFits,
  unitOfTitle,
} from "../../../pipelines/audit/wording/headings.js";

const period = { from: "2024-04-01", to: "2024-06-30" };

describe("readHeading", () => {
  it("takes the year before the report's for last year's figure", () => {
    expect(readHeading("2023年住院人次", 2024)).toEqual({
      stem: "visits",
      form: "previous",
      prefixes: ["inpatient"],
    });
  });

  it("names the words that it does not understand", () => {
    expect(readHeading("个人负担住院费用", 2024)).toBe("个人负担住院费用");
    expect(readHeading("目录内报销比例", 2024)).toBe("目录内报销比例");
    expect(readHeading("住院药占比", 2024)).toBe("药占比");
    expect(readHeading("2021年住院人次", 2024)).toBe("2021年");
  });

  it("keeps the insurance that stands before the amount", () => {
    expect(readHeading("职工住院人次", 2024)).toMatchObject({ prefixes: ["employee", "inpatient"] });
  });

  it("tells a fee per person, per visit and in all apart", () => {
    const stem = (label: string) => (readHeading(label, 2024) as { stem: string }).stem;
    expect(["人均住院费用(元)", "例均费用", "总费用", "政策范围内医疗费用"].map(stem)).toEqual([
      "fee_per_head",
      "avg_fee",
      "fee_total",
      "in_scope_fee",
    ]);
  });

  it("tells visits that a fund took part in from all visits", () => {
    expect(readHeading("大病保险报销人次", 2024)).toMatchObject({ stem: "critical_visits" });
  });

  it("takes a share of what stands before it", () => {
    expect(readHeading("费用占比(%)", 2024)).toMatchObject({ stem: "fee_total_share" });
  });

  it("tells growth from a difference", () => {
    expect(readHeading("住院人次增长(%)", 2024)).toMatchObject({ form: "growth" });
    expect(readHeading("住院人次同比增减", 2024)).toMatchObject({ form: "difference" });
  });
});

describe("the unit of a column", () => {
  it("makes a difference of points and amounts, growth of a percentage", () => {
    expect(formByUnit("reimb_rate", "growth", "pp")).toBe("difference");
    expect(formByUnit("visits", "growth", "人次")).toBe("difference");
    expect(formByUnit("fee_total", "growth", "wan")).toBe("difference");
    expect(formByUnit("visits", "growth", "%")).toBe("growth");
    expect(formByUnit("visits", "difference", "%")).toBe("growth");
    expect(formByUnit("reimb_rate", "difference", "%")).toBe("difference");
  });

  it("must be one that the amount can have", () => {
    expect(unitFits("visits", "value", "%")).toBe(false);
    expect(unitFits("fee_total", "value", "人次")).toBe(false);
    expect(unitFits("avg_fee", "value", "元")).toBe(true);
    expect(unitFits("avg_bed_days", "value", "元")).toBe(false);
    expect(unitFits("visits", "growth", "%")).toBe(true);
  });

  it("may stand in the title alone", () => {
    expect(unitOfTitle("支出结构表（单位：万元）")).toBe("万元");
    expect(unitOfTitle("支出结构表")).toBeNull();
  });
});

describe("otherTime", () => {
  it("names months and years that the report is not about", () => {
    expect(otherTime("1-6月累计住院人次", "value", period)).toBe("1-6月");
    expect(otherTime("4—6月人次", "value", period)).toBeNull();
    expect(otherTime("2023年住院人次", "value", period)).toBe("2023年");
    expect(otherTime("2023年住院人次", "previous", period)).toBeNull();
    expect(otherTime("204年次均费用", "value", period)).toBeNull();
  });
});

it("a heading that says another amount than its key is found", () => {
  expect(otherThanKey("个人负担住院费用", "fee_total", "2024-01-01")).toBe("个人负担");
  expect(otherThanKey("次均费用", "fee_total", "2024-01-01")).toBe("次均");
  expect(otherThanKey("累计住院人次", "visits", "2024-04-01")).toBe("累计");
  expect(otherThanKey("累计住院人次", "visits", "2024-01-01")).toBeNull();
  expect(otherThanKey("次均费用", "avg_fee", "2024-01-01")).toBeNull();
});
