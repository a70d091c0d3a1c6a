import { addChart, type ChartType } from "./chart.js";
import { STYLES } from "./styles.js";
import { escapeXml, type Files, setText, zip } from "./zip.js";

/**
 * Makes a Word template of plain text, a line a paragraph:
 *
 *     % title             @contents           table of contents on a page of its own
 *     %% line below it    @table NAME         caption and table of schema 报表, where it has rows
 *     # ## ### headings   @chart bar TITLE {图 …}   a native chart: bar, columns, line or pie
 *     | a | b |           @landscape @portrait      sections
 *     > note              @notes              where notes go
 *
 * A note right above a table is its caption; a row `合计` or `小计` is bold.
 * Every other line is a paragraph of the text; empty lines only part them.
 */
export function buildDocx(source: string): Uint8Array {
  const files: Files = new Map();
  const body: string[] = [];
  const state = { charts: 0, landscape: false };
  const lines = source.split("\n").map((l) => l.trimEnd());
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (line.trim() === "") continue;
    if (line.startsWith("|")) {
      const rows = [line];
      while (lines[i + 1]?.startsWith("|")) rows.push(lines[++i]!);
      body.push(grid(rows, state.landscape));
    } else if (line.startsWith(">") && lines[i + 1]?.startsWith("|"))
      body.push(paragraph("TableCaption", line.slice(1).trim()));
    else body.push(lineXml(line, files, state));
  }
  const document = `<w:document ${NAMESPACES}><w:body>${body.join("")}${sectionProperties(state.landscape)}</w:body></w:document>`;
  writePackage(files, document, state.charts);
  return zip(files);
}

const NAMESPACES =
  'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"';
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGES = "http://schemas.openxmlformats.org/package/2006";
const TYPE = "application/vnd.openxmlformats-officedocument";

/** Millimetres in twentieths of a point. */
const mm = (n: number): number => Math.round((n * 1440) / 25.4);
const WIDTH = mm(210);
const HEIGHT = mm(297);
/** Margins of an official document. */
const MARGINS = { top: mm(37), bottom: mm(35), left: mm(28), right: mm(26) };
const PORTRAIT_TEXT = WIDTH - MARGINS.left - MARGINS.right;
const LANDSCAPE_TEXT = HEIGHT - mm(25) * 2;

function sectionProperties(landscape: boolean): string {
  const size = landscape
    ? `<w:pgSz w:w="${HEIGHT}" w:h="${WIDTH}" w:orient="landscape"/><w:pgMar w:top="${mm(26)}" w:right="${mm(25)}" w:bottom="${mm(24)}" w:left="${mm(25)}" w:header="851" w:footer="992" w:gutter="0"/>`
    : `<w:pgSz w:w="${WIDTH}" w:h="${HEIGHT}"/><w:pgMar w:top="${MARGINS.top}" w:right="${MARGINS.right}" w:bottom="${MARGINS.bottom}" w:left="${MARGINS.left}" w:header="851" w:footer="1247" w:gutter="0"/>`;
  return `<w:sectPr><w:footerReference w:type="default" r:id="rIdFooter"/>${size}</w:sectPr>`;
}

function lineXml(line: string, files: Files, state: { charts: number; landscape: boolean }): string {
  const [, mark, rest] = /^(%%?|#{1,3}|>|@\w+)\s*(.*)$/.exec(line) ?? [null, "", line];
  switch (mark) {
    case "%":
      return paragraph("Title", rest!);
    case "%%":
      return paragraph("Subtitle", rest!);
    case "#":
    case "##":
    case "###":
      return paragraph(`Heading${mark.length}`, rest!);
    case ">":
      return paragraph("Note", rest!);
    case "@contents":
      return `${paragraph("ContentsTitle", "目　录")}${paragraph("TOC1", "{目录}")}<w:p><w:r><w:br w:type="page"/></w:r></w:p>`;
    case "@table":
      return `${paragraph("TableText", `{?表 ${rest}}`)}${paragraph("TableCaption", rest!)}${paragraph("TableText", `{表 ${rest}}`)}${SPACE}${paragraph("TableText", "{/}")}`;
    case "@notes":
      return paragraph("Note", "{附注}");
    case "@landscape":
    case "@portrait": {
      const end = `<w:p><w:pPr>${sectionProperties(state.landscape)}</w:pPr></w:p>`;
      state.landscape = mark === "@landscape";
      return end;
    }
    case "@chart": {
      const [, type, title] = /^(bar|columns|line|pie)\s+(.*)$/.exec(rest!)!;
      state.charts++;
      addChart(files, state.charts, type as ChartType, title!);
      return drawing(state.charts);
    }
    default:
      return paragraph(null, line);
  }
}

const SPACE = '<w:p><w:pPr><w:spacing w:line="200" w:lineRule="exact"/></w:pPr></w:p>';

const run = (value: string): string => `<w:r><w:t xml:space="preserve">${escapeXml(value)}</w:t></w:r>`;

function paragraph(style: string | null, value: string): string {
  return `<w:p>${style === null ? "" : `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`}${run(value)}</w:p>`;
}

const TOTALS: ReadonlySet<string> = new Set(["合计", "小计"]);

/** Rows `| a | b |` as a table: the first is its header, `:` after a cell sets it to the right. */
function grid(rows: readonly string[], landscape: boolean): string {
  const cells = rows.map((row) => splitRow(row.replace(/^\|/, "").replace(/\|\s*$/, "")));
  const columns = cells[0]!.length;
  const whole = landscape ? LANDSCAPE_TEXT : PORTRAIT_TEXT;
  const first = Math.floor((whole * 1.6) / (columns + 0.6));
  const widths = cells[0]!.map((_, i) =>
    i === 0 ? first : Math.floor((whole - first) / (columns - 1 || 1)),
  );
  const tr = (row: readonly string[], head: boolean): string => {
    const bold = head || TOTALS.has(row[0]!) ? "<w:rPr><w:b/></w:rPr>" : "";
    return `<w:tr><w:trPr><w:cantSplit/>${head ? "<w:tblHeader/>" : ""}<w:jc w:val="center"/></w:trPr>${row
      .map(
        (value, i) =>
          `<w:tc><w:tcPr><w:tcW w:w="${widths[i]}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="TableText"/><w:jc w:val="${head ? "center" : i === 0 ? "left" : "right"}"/></w:pPr><w:r>${bold}<w:t xml:space="preserve">${escapeXml(value)}</w:t></w:r></w:p></w:tc>`,
      )
      .join("")}</w:tr>`;
  };
  return `<w:tbl><w:tblPr><w:tblStyle w:val="ReportTable"/><w:tblW w:w="${whole}" w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/></w:tblPr><w:tblGrid>${widths.map((w) => `<w:gridCol w:w="${w}"/>`).join("")}</w:tblGrid>${cells.map((row, i) => tr(row, i === 0)).join("")}</w:tbl>${SPACE}`;
}

/** Cells of a row; a bar within a tag parts no cells. */
function splitRow(row: string): string[] {
  const cells: string[] = [""];
  let depth = 0;
  for (const character of row) {
    if (character === "{") depth++;
    if (character === "}") depth--;
    if (character === "|" && depth === 0) cells.push("");
    else cells[cells.length - 1] += character;
  }
  return cells.map((c) => c.trim());
}

/** English Metric Units of a chart: as wide as the text, 75 mm high. */
const CHART = { width: 5_580_000, height: 2_700_000 };

const drawing = (number: number): string =>
  `<w:p><w:pPr><w:spacing w:before="120" w:after="120" w:line="240" w:lineRule="auto"/><w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="center"/></w:pPr><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="${CHART.width}" cy="${CHART.height}"/><wp:docPr id="${number}" name="图 ${number}"/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="rIdChart${number}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`;

function writePackage(files: Files, document: string, charts: number): void {
  const numbers = Array.from({ length: charts }, (_, i) => i + 1);
  setText(files, "word/document.xml", HEAD + document);
  setText(files, "word/styles.xml", STYLES);
  setText(
    files,
    "word/settings.xml",
    `${HEAD}<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/><w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`,
  );
  const field = (type: string): string => `<w:r><w:fldChar w:fldCharType="${type}"/></w:r>`;
  setText(
    files,
    "word/footer1.xml",
    `${HEAD}<w:ftr ${NAMESPACES}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>${run("— ")}${field("begin")}<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>${field("separate")}<w:r><w:t>1</w:t></w:r>${field("end")}${run(" —")}</w:p></w:ftr>`,
  );
  const relationship = (id: string, kind: string, target: string): string =>
    `<Relationship Id="${id}" Type="${OFFICE}/${kind}" Target="${target}"/>`;
  setText(
    files,
    "word/_rels/document.xml.rels",
    `${HEAD}<Relationships xmlns="${PACKAGES}/relationships">${relationship("rIdStyles", "styles", "styles.xml")}${relationship("rIdSettings", "settings", "settings.xml")}${relationship("rIdFooter", "footer", "footer1.xml")}${numbers.map((n) => relationship(`rIdChart${n}`, "chart", `charts/chart${n}.xml`)).join("")}</Relationships>`,
  );
  setText(
    files,
    "_rels/.rels",
    `${HEAD}<Relationships xmlns="${PACKAGES}/relationships">${relationship("rId1", "officeDocument", "word/document.xml")}</Relationships>`,
  );
  const override = (part: string, type: string): string =>
    `<Override PartName="/${part}" ContentType="${type}+xml"/>`;
  const word = `${TYPE}.wordprocessingml`;
  setText(
    files,
    "[Content_Types].xml",
    `${HEAD}<Types xmlns="${PACKAGES}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="xlsx" ContentType="${TYPE}.spreadsheetml.sheet"/>${override("word/document.xml", `${word}.document.main`)}${override("word/styles.xml", `${word}.styles`)}${override("word/settings.xml", `${word}.settings`)}${override("word/footer1.xml", `${word}.footer`)}${numbers.map((n) => override(`word/charts/chart${n}.xml`, `${TYPE}.drawingml.chart`)).join("")}</Types>`,
  );
}
