import { strFromU8 } from "fflate";
import { describe, expect, test } from "vitest";
import { buildDocx } from "../../../pipelines/report/docx/build.js";
import { barsFromZero } from "../../../pipelines/report/docx/chart.js";
import { unzip } from "../../../pipelines/report/docx/zip.js";

const part = (files: ReadonlyMap<string, Uint8Array>, name: string): string => strFromU8(files.get(name)!);
const filled = (type: string, values: readonly number[]): string =>
  part(unzip(buildDocx(`@chart ${type} 住院人次{图 县区|住院: 人次}`)), "word/charts/chart1.xml").replace(
    /(<c:numCache>)[\s\S]*?(<\/c:numCache>)/,
    `$1${values.map((v, i) => `<c:pt idx="${i}"><c:v>${v}</c:v></c:pt>`).join("")}$2`,
  );

describe("a chart's bars", () => {
  test("begin at 0, whatever their numbers", () => {
    for (const type of ["bar", "columns"]) {
      const chart = barsFromZero(filled(type, [18_955, 18_408]));
      const [axis] = /<c:valAx>[\s\S]*?<\/c:scaling>/.exec(chart)!;
      expect(axis).toContain('<c:orientation val="minMax"/><c:min val="0"/></c:scaling>');
      expect(chart.match(/<c:min /g)).toHaveLength(1);
      expect(barsFromZero(chart)).toBe(chart);
    }
  });

  test("below 0, and lines and pies, are left to the axis", () => {
    for (const chart of [filled("bar", [5, -3]), filled("line", [18_955, 18_408]), filled("pie", [3, 4])])
      expect(barsFromZero(chart)).toBe(chart);
  });
});

test("a note above a table is its caption, and the line of a total is bold", () => {
  const document = part(
    unzip(buildDocx("> 各县区住院情况\n| 县区 | 人次 |\n| 甲县 | 1 |\n| 合计 | 1 |\n> 注")),
    "word/document.xml",
  );
  expect(document).toContain(
    '<w:pStyle w:val="TableCaption"/></w:pPr><w:r><w:t xml:space="preserve">各县区住院情况',
  );
  expect(document).toContain('<w:pStyle w:val="Note"/></w:pPr><w:r><w:t xml:space="preserve">注');
  const bold = [...document.matchAll(/<w:rPr><w:b\/><\/w:rPr><w:t xml:space="preserve">([^<]*)/g)];
  expect(bold.map((m) => m[1])).toEqual(["县区", "人次", "合计", "1"]);
});
