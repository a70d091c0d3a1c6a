import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { aboutOf, periodsIn } from "../../../pipelines/audit/document/about.js";
import { arranged } from "../../../pipelines/audit/document/arrange.js";
import { type Grid, gridOf } from "../../../pipelines/audit/document/grid.js";
import { readHtml } from "../../../pipelines/audit/document/html.js";
import type { PrintedDocument } from "../../../pipelines/audit/document/model.js";
import { writtenNumbers } from "../../../pipelines/audit/document/numbers.js";
import { readSheets } from "../../../pipelines/audit/document/sheets.js";
import { readText } from "../../../pipelines/audit/document/text.js";
import { readWordXml } from "../../../pipelines/audit/document/word.js";
import { paragraphXml, tableXml } from "../../../pipelines/audit/word-file.js";

const gridsOf = ({ blocks }: PrintedDocument): Grid[] =>
  blocks.flatMap((b) => {
    const table = b.kind === "run" ? arranged(b, () => 1, null) : b.kind === "table" ? b : null;
    const grid = table === null ? null : gridOf(table);
    return grid === null ? [] : [grid];
  });
const shown = (grid: Grid): string[][] => [
  [grid.corner, ...grid.heads],
  ...grid.rows.map((r) => [r.label, ...r.cells.map((c) => c?.text ?? "")]),
];
const FEES = [
  ["区域", "人次", "费用(万元)", "同比(%)"],
  ["县内", "1142", "433.52", "-16.09"],
  ["市内", "1576", "1181.11", "-13.36"],
  ["合计", "2718", "1614.63", "-14.50"],
];

describe("tables come out of a document cell for cell", () => {
  test("as text with tabs", () => {
    const text = `标题表\n${FEES.map((r) => r.join("\t")).join("\n")}\n后文。`;
    expect(gridsOf(readText(text)).map(shown)).toEqual([FEES]);
  });

  test("as text with one cell a line and empty lines between rows", () => {
    const text = `标题表\n\n${FEES.map((r) => r.join("\n")).join("\n\n")}\n\n后文在这里，说明情况。`;
    expect(gridsOf(readText(text)).map(shown)).toEqual([FEES]);
  });

  test("as text with one cell a line and no ends of rows", () => {
    const text = `这是上面的一段话，说明情况。\n\n${FEES.flat().join("\n\n")}\n\n后文在这里，说明情况。`;
    expect(gridsOf(readText(text)).map(shown)).toEqual([FEES]);
  });

  test("of a web page, with cells that span rows and columns", () => {
    const html = `<h1>报告</h1><table><tr><th rowspan=2>区域</th><th colspan=2>报销(万元)</th></tr>
      <tr><th>基本</th><th>大病</th></tr><tr><td>县内</td><td>2275.80</td><td>18.93</td></tr>
      <tr><td>市内</td><td>1483.64</td><td>84.61</td></tr></table>`;
    expect(gridsOf(readHtml(html)).map(shown)).toEqual([
      [
        ["区域", "报销(万元)/基本", "报销(万元)/大病"],
        ["县内", "2275.80", "18.93"],
        ["市内", "1483.64", "84.61"],
      ],
    ]);
  });

  test("of a Word document, whose paragraphs say where their text stands", () => {
    const document = readWordXml(
      `<w:document><w:body>${paragraphXml("住院 17397 人次。", null)}${tableXml(FEES)}</w:body></w:document>`,
      "",
    );
    expect(gridsOf(document).map(shown)).toEqual([FEES]);
    expect(document.paragraphs[0]).toMatchObject({ number: 1, text: "住院 17397 人次。" });
  });

  test("of a workbook, with numbers as they are shown", () => {
    const cell = (ref: string, v: string, s = 0): string => `<c r="${ref}" s="${s}"><v>${v}</v></c>`;
    const text = (ref: string, t: string): string => `<c r="${ref}" t="inlineStr"><is><t>${t}</t></is></c>`;
    const sheet = `<worksheet><sheetData><row r="1">${text("A1", "区域")}${text("B1", "人次")}${text("C1", "占比")}</row>
      <row r="2">${text("A2", "县内")}${cell("B2", "1142")}${cell("C2", "0.4202", 1)}</row>
      <row r="3">${text("A3", "市内")}${cell("B3", "1576")}${cell("C3", "0.5798", 1)}</row></sheetData></worksheet>`;
    const styles = '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="10"/></cellXfs></styleSheet>';
    const files = { "xl/worksheets/sheet1.xml": strToU8(sheet), "xl/styles.xml": strToU8(styles) };
    expect(gridsOf(readSheets(zipSync(files))).map(shown)).toEqual([
      [
        ["区域", "人次", "占比"],
        ["县内", "1142", "42.02%"],
        ["市内", "1576", "57.98%"],
      ],
    ]);
  });
});

test("numbers that are no figures are left: dates, ordinals, years, documents, telephones", () => {
  const of = (text: string): string[] => writtenNumbers(text).map((n) => `${n.printed}${n.unit ?? ""}`);
  expect(
    of("2024年1—6月，山医保中心〔2024〕12号，第3季度，电话：0936-2721234，发布时间:2024-04-19 11:14"),
  ).toEqual([]);
  expect(of("（1）住院人次。居民住院 17,397 人次，比上年同期增加386人次，增长2.27%，平均 7 天。")).toEqual([
    "17,397人次",
    "386人次",
    "2.27%",
    "7天",
  ]);
});

test("a document says its period and its jurisdiction", () => {
  expect(periodsIn("2024年1—6月、2024年前三季度、2023年第二季度、2024年上半年、2024年5月")).toEqual([
    ...["2024H1", "2024YTD09", "2023Q2", "2024H1", "2024-05"],
  ]);
  expect(aboutOf(readText("某县2024年一季度基金运行情况公示\n\n一、情况。"))).toEqual({
    title: "某县2024年一季度基金运行情况公示",
    period: "2024Q1",
    jurisdiction: "某县",
  });
});
