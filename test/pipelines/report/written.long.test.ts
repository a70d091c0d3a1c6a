import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { strFromU8 } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unzip } from "../../../pipelines/report/docx/zip.js";
import { readDocument } from "../../../pipelines/report/formats/document.js";
import { spread } from "../../../pipelines/report/formats/markdown.js";
import { cli, drainedFolder, golden, publishedOf, rowsOf, run } from "../../support/printed.js";

const PERIOD = "2024H1";
let folder: string;
let out: string;
let config: string;
beforeAll(async () => {
  folder = await drainedFolder("shandan-2024h1");
  config = join(folder, "fundpulse.yaml");
  out = mkdtempSync(join(tmpdir(), "fundpulse-report-"));
  await cli("report", PERIOD, "--format", "docx,xlsx,html,md", "--out", out, "--config", config);
}, 300_000);
afterAll(() => {
  rmSync(dirname(folder), { recursive: true, force: true });
  rmSync(out, { recursive: true, force: true });
});

const file = (format: string): Buffer => readFileSync(join(out, `county-half-year.${format}`));
const blocks = () => readDocument(unzip(file("docx")));
const prose = (): string =>
  blocks()
    .flatMap((b) => (b.kind === "paragraph" ? [b.text] : []))
    .join("\n");

describe("the county's half-year analysis, rendered from events", () => {
  // Each as the bureau printed it, but for its own words between the figures.
  test.each([
    "居民住院（含异地就医）17397人次，比上年同期17011人次增加386人次，增长2.27%",
    "住院总费用11647.62万元，比上年同期11612.58万元增加35.04万元，增长0.30%",
    "次均住院费用6695.19元，比上年同期6826.51元减少131.32元，下降1.92%",
    "政策范围内报销比例85.43%，比上年同期84.14%上升1.29个百分点",
    "实际报销比例61.84%，比上年同期60.73%上升1.11个百分点",
    "住院床日121875天，平均住院床日7.0天，比上年同期7.4天减少0.4天",
    "乡镇卫生院住院1049人次，比上年同期1150人次减少101人次，下降8.78%",
    "县内医疗机构次均费用3400.39元，比上年同期3702.04元减少301.64元，下降8.15%",
    "职工医保基金支出6876.62万元",
    "住院支出2675.77万元，占支出的38.91%",
    "门诊慢特病统筹支付1172.67万元，比上年同期982.56万元增加190.11万元，增长19.35%",
    "享受待遇60582人次，比上年同期47362人次增加13220人次，增长27.91%",
    "比统筹少支付422.51万元，预结付率81.50%",
    "比统筹多支付17.59万元，预结付率105.22%",
    "医疗救助住院5179人次，救助668.34万元",
  ])("says: %s", (sentence) => {
    expect(prose()).toContain(sentence);
  });

  test("has every table of its views, cell by cell, and every table that the bureau printed", async () => {
    const tables = blocks().flatMap((b, i, all) => {
      const before = all[i - 1];
      if (b.kind !== "table" || before?.kind !== "caption") return [];
      const columns = b.rows[0]!.cells.reduce((n, c) => n + c.columns, 0);
      const heads = b.rows.filter((r) => r.head).length;
      return [{ name: before.text, rows: spread(b.rows, columns).slice(heads) }];
    });
    expect(tables.length).toBeGreaterThanOrEqual(30);
    for (const { name, rows } of tables) {
      const view = await rowsOf(publishedOf(folder), `FROM "报表"."${name}"('${PERIOD}')`);
      const shown = rows.map((r) => r.map((c) => c.text));
      // One number for all rows stands in a merged cell.
      const expected = view.map((r, i) =>
        Object.entries(r).map(([heading, v]) =>
          /参保人数$|认定人次$/.test(heading) && i > 0 ? "" : (v ?? ""),
        ),
      );
      expect(shown, name).toEqual(expected);
    }
    const names = await rowsOf(publishedOf(folder), `SELECT "标识" AS id, "表名" AS name FROM "报表"."目录"`);
    const printed = new Set(golden("shandan-2024h1").tables.map((t) => t.id));
    const missing = names.filter((n) => printed.has(n.id!) && !tables.some((t) => t.name === n.name));
    expect(missing).toEqual([]);
  });

  test("has headings, a table of contents, page numbers, header rows and native charts", () => {
    const files = unzip(file("docx"));
    const document = strFromU8(files.get("word/document.xml")!);
    expect(document.match(/<w:tblHeader\/>/g)!.length).toBeGreaterThan(30);
    expect(document).toMatch(/PAGEREF _Toc/);
    expect(strFromU8(files.get("word/footer1.xml")!)).toContain(" PAGE ");
    expect(document).not.toMatch(/[{}]/);
    const charts = blocks().flatMap((b) => (b.kind === "chart" ? [b.chart] : []));
    expect(charts.length).toBeGreaterThanOrEqual(8);
    expect(charts.map((c) => c.type)).toContain("pie");
    const regions = charts.find((c) => c.title.startsWith("居民各区域住院人次"))!;
    expect(regions.categories).toEqual(["县内", "市内", "省内异地", "跨省异地"]);
    expect(regions.series.map((s) => s.values)).toEqual([
      [11165, 3242, 1924, 1066],
      [11581, 3055, 1428, 947],
    ]);
    expect([...files.keys()].filter((n) => n.startsWith("word/embeddings/"))).toHaveLength(charts.length);
  });

  test("is the same file, byte for byte, when it is written again", async () => {
    const again = mkdtempSync(join(tmpdir(), "fundpulse-report-"));
    try {
      await cli("report", PERIOD, "--format", "docx,xlsx", "--out", again, "--config", config);
      for (const format of ["docx", "xlsx"]) {
        expect(readFileSync(join(again, `county-half-year.${format}`)).equals(file(format)), format).toBe(
          true,
        );
      }
    } finally {
      rmSync(again, { recursive: true });
    }
  }, 120_000);

  test("as a workbook has formulas whose cached values are ours", async () => {
    const files = unzip(file("xlsx"));
    const workbook = strFromU8(files.get("xl/workbook.xml")!);
    const names = [...workbook.matchAll(/<sheet [^>]*name="([^"]+)"/g)].map((m) => m[1]!);
    const number = names.indexOf("居民医保住院各区域报销比例明细表") + 1;
    const sheet = strFromU8(files.get(`xl/worksheets/sheet${number}.xml`)!);
    const cell = (at: string): RegExpExecArray | null =>
      new RegExp(`<c r="${at}"[^>]*><f>([^<]*)</f><v>([^<]*)</v></c>`).exec(sheet);
    // Title, two lines of headings, four regions, the total in row 8; 实际住院报销比例 in column I.
    expect(cell("I8")![2]).toBe("61.84");
    expect(cell("I8")![1]).toMatch(/^IF\(\w+8=0,0,ROUND\(\w+8\/\w+8\*100,2\)\)$/);
    expect(sheet).toMatch(/<f>SUM\(\w+4:\w+7\)<\/f><v>/);
  });

  test("as a page and as Markdown has the same figures", () => {
    const html = file("html").toString("utf8");
    expect(html).toContain("<th rowspan=");
    expect(html).toContain("<svg");
    expect(html).not.toMatch(/<(script|link)|src="http/);
    expect(file("md").toString("utf8")).toContain("| 合计 | 146495 | 17397 |".replace("146495", ""));
  });
});

test("wrong tags are listed all at once with their places and what is near, and nothing is written", async () => {
  const template = join(out, "wrong.docx");
  await cli("report", "copy", "county-half-year", template);
  const files = unzip(readFileSync(template));
  const { setText, text, zip } = await import("../../../pipelines/report/docx/zip.js");
  const wrong = [
    "{人此|居民}",
    "{人次|居民|住元}",
    "{人次|居民|山丹县}",
    "{表 没有的表}",
    "{?增长 人次|居民}",
  ]
    .map((t) => `<w:p><w:r><w:t>${t}</w:t></w:r></w:p>`)
    .join("");
  setText(
    files,
    "word/document.xml",
    text(files, "word/document.xml").replace("<w:body>", `<w:body>${wrong}`),
  );
  const { writeFileSync } = await import("node:fs");
  writeFileSync(template, zip(files));
  const target = join(out, "nothing");
  const { code, err } = await run(
    "report",
    PERIOD,
    "--template",
    template,
    "--out",
    target,
    "--config",
    config,
  );
  expect(code).toBe(2);
  expect(err).toContain("[FP7001]");
  expect(err).toMatch(/\{人此\|居民\} in paragraph 1 .*near it is 人次/);
  expect(err).toMatch(/\{人次\|居民\|住元\}.*near it is 住院/);
  expect(err).toMatch(
    /\{人次\|居民\|山丹县\}.*can be read as .*district=620725.* or .*facility_district=620725/,
  );
  expect(err).toMatch(/\{表 没有的表\}.*there is no table/);
  expect(err).toMatch(/\{\?增长 人次\|居民\}.*its end \{\/\} is missing/);
  expect(() => readFileSync(join(target, "wrong.docx"))).toThrow();
}, 120_000);

const office = (() => {
  try {
    execFileSync("soffice", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

test.skipIf(!office)(
  "LibreOffice opens it and makes a PDF of all its pages",
  { tags: "long", timeout: 300_000 },
  async () => {
    await cli("report", PERIOD, "--format", "pdf", "--out", out, "--config", config);
    expect(file("pdf").subarray(0, 5).toString()).toBe("%PDF-");
    expect(file("pdf").length).toBeGreaterThan(100_000);
  },
);
