import { strToU8, zipSync } from "fflate";

/** A cell as it leaves the page: decimal text for figures, other text as text. */
export interface SheetCell {
  readonly text: string;
  readonly numeric: boolean;
}
export interface Sheet {
  readonly name: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly SheetCell[])[];
}

/** Texts that a spreadsheet would take for a formula are made plain text. */
const harmless = (text: string): string =>
  /^[\s\u200b\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text)
    ? `'${text}`
    : text;

/** With a BOM, as Excel wants it; figures are the published decimals, unrounded. */
export function csvOf(sheet: Sheet): Blob {
  const quote = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [
    sheet.head.map((h) => quote(harmless(h))).join(","),
    ...sheet.rows.map((row) => row.map((c) => quote(c.numeric ? c.text : harmless(c.text))).join(",")),
  ];
  return new Blob([`\ufeff${lines.join("\r\n")}\r\n`], { type: "text/csv;charset=utf-8" });
}

const xml = (text: string): string =>
  text
    .replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] as string)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no place for them
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "");

function columnName(index: number): string {
  let name = "";
  for (let n = index + 1; n > 0; n = Math.floor((n - 1) / 26))
    name = String.fromCharCode(65 + ((n - 1) % 26)) + name;
  return name;
}

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const PART = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** One sheet, a bold frozen head, numbers as numbers. ECMA-376, the smallest package that Excel and WPS open. */
export function xlsxOf(sheet: Sheet): Blob {
  const cell = (c: SheetCell, column: number, row: number, style: number): string => {
    const at = `${columnName(column)}${row}`;
    return c.numeric && /^-?\d+(\.\d+)?$/.test(c.text) && c.text.replace(/\D/g, "").length <= 15
      ? `<c r="${at}"><v>${c.text}</v></c>`
      : `<c r="${at}" t="inlineStr" s="${style}"><is><t xml:space="preserve">${xml(c.numeric ? c.text : harmless(c.text))}</t></is></c>`;
  };
  const rows = [
    sheet.head.map((text, i) => cell({ text, numeric: false }, i, 1, 1)),
    ...sheet.rows.map((row, r) => row.map((c, i) => cell(c, i, r + 2, 0))),
  ].map((cells, r) => `<row r="${r + 1}">${cells.join("")}</row>`);
  const name = xml(sheet.name.replace(/[[\]:*?/\\]/g, " ").slice(0, 31)) || "Sheet1";
  const files: Record<string, string> = {
    "[Content_Types].xml": `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${PART}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${PART}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${PART}.styles+xml"/></Types>`,
    "_rels/.rels": `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${name}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    "xl/styles.xml": `<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs></styleSheet>`,
    "xl/worksheets/sheet1.xml": `<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><sheetData>${rows.join("")}</sheetData></worksheet>`,
  };
  const zipped = zipSync(
    Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(HEAD + text)])),
  );
  return new Blob([zipped as BlobPart], { type: `${PART}.sheet` });
}
