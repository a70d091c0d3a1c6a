import { expect, test } from "vitest";
import { csvText } from "../../../connectors/files/csv.js";
import { neutralText } from "../../../schemas/neutral-text.js";

test.each([
  "=1+1",
  "+cmd|' /C calc'!A0",
  "-2+3",
  "@SUM(A1)",
  "\t=1",
  "\r=1",
  "\n=1",
  " =HYPERLINK(1)",
  "＝1+1",
  "＋1",
  "－1",
  "＠a",
  "\u200b=1",
])("%j is no formula in a spreadsheet", (text) => {
  expect(neutralText(text)).toBe(`'${text}`);
  expect(csvText([[text]], "excel").replaceAll(/^\ufeff|"/g, "")).toMatch(/^'/);
});

test.each(["-12.50", "+3", "0", "县人民医院", "a=b", "a - b", ""])("%j stays as it is", (text) =>
  expect(neutralText(text)).toBe(text),
);
