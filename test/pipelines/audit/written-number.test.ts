import { expect, test } from "vitest";
import { directed, isBlank, plainNumber } from "../../../pipelines/audit/wording/written-number.js";

test.each([
  ["1,234", "人次", "1234"],
  ["１２．５％", "%", "12.5"],
  ["－9.9", "%", "-9.9"],
  ["−9.9", "%", "-9.9"],
  ["↓9.9", "%", "-9.9"],
  ["▼9.9%", "%", "-9.9"],
  ["↑9.9", "%", "9.9"],
  ["9.9↓", "%", "-9.9"],
  ["9.9(▲)", "%", "9.9"],
  ["同比下降了9.9%", "%", "-9.9"],
  ["增长9.9", "%", "9.9"],
  ["下降-9.9", "%", "-9.9"],
  ["↓-9.9", "%", "-9.9"],
  ["提高0.5个百分点", "百分点", "0.5"],
  ["10人次", "人次", "10"],
  ["持平", "%", "0"],
])("%s in %s is %s", (written, unit, number) => {
  expect(plainNumber(written, unit)).toBe(number);
});

test.each([
  ["约9.9", "%"],
  ["1O8", "人次"],
  ["9.9.9", "%"],
  ["大增", "%"],
  ["增长-9.9", "%"],
  ["↓+9.9", "%"],
  ["↑9.9↓", "%"],
  ["(9.9)", "%"],
  ["提高0.5个百分点", "%"],
  ["3.5万", "元"],
])("%s in %s is no number", (written, unit) => {
  expect(plainNumber(written, unit)).toBeNull();
});

test("a direction gives a sign once, and none against the written one", () => {
  expect([directed("9.9", "down"), directed("-9.9", "down"), directed("+9.9", "down")]).toEqual([
    "-9.9",
    "-9.9",
    null,
  ]);
  expect([directed("9.9", "up"), directed("-9.9", "up")]).toEqual(["9.9", null]);
});

test("dashes and strokes say that there is no figure; words do not", () => {
  expect(["", " ", "-", "--", "——", "/", "…", "无"].filter(isBlank)).toHaveLength(8);
  expect(["约3", "不详", "0", "-1"].filter(isBlank)).toEqual([]);
});
