import type { PrintedTable } from "../../../connectors/duckdb/reports/read.js";
import { escapeXml } from "./zip.js";

/** How a template wants its tables: its own styles where it has them. */
export interface TableLook {
  /** Style id of the table; null draws plain borders. */
  readonly table: string | null;
  /** Style id of the text in cells. */
  readonly text: string | null;
  /** Width of the text on the page, in twentieths of a point. */
  readonly width: number;
}

interface HeadCell {
  readonly text: string;
  readonly columns: number;
  readonly merge: "" | "start" | "on";
}

/** Above so many columns the text is set smaller. */
const NARROW = 8;
const VERY_NARROW = 11;
/** A table of so many rows stays on one page. */
const KEPT_ROWS = 16;

/** A table of 报表 as a Word table: header rows that repeat on every page, numbers to the right. */
export function tableXml(table: PrintedTable, look: TableLook): string {
  const widths = columnWidths(table, look.width);
  const properties = look.table === null ? BORDERS : `<w:tblStyle w:val="${look.table}"/>`;
  const once = onceColumns(table);
  const whole = table.rows.length <= KEPT_ROWS;
  const rows = table.rows.map((row, r) => {
    const bold = row.kind !== "明细";
    const cells = row.cells.map((value, i) =>
      cell({
        text: value ?? "",
        width: widths[i]!,
        align: i === 0 ? "left" : table.numeric[i] ? "right" : "center",
        bold,
        merge: once.has(i) ? (r === 0 ? "restart" : "continue") : null,
        look,
        columns: table.headings.length,
        keep: whole && r < table.rows.length - 1,
      }),
    );
    return `<w:tr><w:trPr><w:cantSplit/><w:jc w:val="center"/></w:trPr>${cells.join("")}</w:tr>`;
  });
  const grid = widths.map((w) => `<w:gridCol w:w="${w}"/>`).join("");
  return `<w:tbl><w:tblPr>${properties}<w:tblW w:w="${look.width}" w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar><w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/></w:tblPr><w:tblGrid>${grid}</w:tblGrid>${headRows(table, widths, look).join("")}${rows.join("")}</w:tbl>`;
}

const BORDERS = `<w:tblBorders>${["top", "left", "bottom", "right", "insideH", "insideV"]
  .map((side) => `<w:${side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>`)
  .join("")}</w:tblBorders>`;

/** Headings written `group/column` stand under their group. */
export function headLines(headings: readonly string[]): HeadCell[][] {
  const split = headings.map((h) => {
    const at = h.indexOf("/");
    return at < 0 ? null : ([h.slice(0, at), h.slice(at + 1)] as const);
  });
  if (split.every((s) => s === null)) return [headings.map((text) => ({ text, columns: 1, merge: "" }))];
  const top: HeadCell[] = [];
  headings.forEach((heading, i) => {
    const group = split[i]?.[0];
    const before = split[i - 1]?.[0];
    if (group !== undefined && group === before) {
      const last = top.pop()!;
      top.push({ ...last, columns: last.columns + 1 });
    } else top.push({ text: group ?? heading, columns: 1, merge: group === undefined ? "start" : "" });
  });
  const bottom = headings.map(
    (_, i): HeadCell => ({ text: split[i]?.[1] ?? "", columns: 1, merge: split[i] === null ? "on" : "" }),
  );
  return [top, bottom];
}

function headRows(table: PrintedTable, widths: readonly number[], look: TableLook): string[] {
  return headLines(table.headings).map((line) => {
    let at = 0;
    const cells = line.map(({ text, columns, merge }) => {
      const width = widths.slice(at, at + columns).reduce((a, b) => a + b, 0);
      at += columns;
      return cell({
        text,
        width,
        span: columns,
        align: "center",
        bold: true,
        merge: merge === "start" ? "restart" : merge === "on" ? "continue" : null,
        look,
        columns: table.headings.length,
        keep: true,
      });
    });
    return `<w:tr><w:trPr><w:cantSplit/><w:tblHeader/><w:jc w:val="center"/></w:trPr>${cells.join("")}</w:tr>`;
  });
}

interface CellLook {
  readonly text: string;
  readonly width: number;
  readonly span?: number;
  readonly align: string;
  readonly bold: boolean;
  readonly merge: "restart" | "continue" | null;
  readonly look: TableLook;
  readonly columns: number;
  /** On the same page as the row below. */
  readonly keep: boolean;
}

function cell({ text, width, span = 1, align, bold, merge, look, columns, keep }: CellLook): string {
  const size = columns > VERY_NARROW ? 14 : columns > NARROW ? 16 : null;
  const run = `${bold ? "<w:b/>" : ""}${size === null ? (look.text === null ? '<w:sz w:val="18"/>' : "") : `<w:sz w:val="${size}"/>`}`;
  const style =
    look.text === null ? '<w:spacing w:line="240" w:lineRule="auto"/><w:ind w:firstLine="0"/>' : "";
  const merged = merge === null ? "" : `<w:vMerge${merge === "restart" ? ' w:val="restart"' : ""}/>`;
  return `<w:tc><w:tcPr><w:tcW w:w="${width}" w:type="dxa"/>${span > 1 ? `<w:gridSpan w:val="${span}"/>` : ""}${merged}<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>${look.text === null ? "" : `<w:pStyle w:val="${look.text}"/>`}${keep ? "<w:keepNext/>" : ""}${style}<w:jc w:val="${align}"/></w:pPr>${
    text === "" || merge === "continue"
      ? ""
      : `<w:r><w:rPr>${run}</w:rPr><w:t xml:space="preserve">${escapeXml(text)}</w:t></w:r>`
  }</w:p></w:tc>`;
}

/** Columns of the insured and of certified cases: one number for the whole table, which stands once. */
function onceColumns(table: PrintedTable): Set<number> {
  return new Set(
    table.headings.flatMap((h, i) => {
      const values = new Set(table.rows.map((r) => r.cells[i]).filter((v) => v !== null));
      const named = /参保人数$|认定人次$/.test(h);
      return named && table.rows.length > 2 && values.size === 1 ? [i] : [];
    }),
  );
}

/** Widths by what the columns hold, so that numbers stay on one line; the first takes what is left. */
function columnWidths(table: PrintedTable, whole: number): number[] {
  const longest = table.headings.map((h, i) => {
    const body = Math.max(0, ...table.rows.map((r) => wide(r.cells[i] ?? "")));
    const head = Math.max(...h.split("/").map((part) => wide(part)));
    return Math.max(body + 2, Math.min(head / 2 + 2, 12), 6);
  });
  const first = Math.min(longest[0]!, 34);
  const sum = longest.slice(1).reduce((a, b) => a + b, first);
  const widths = longest.map((l, i) => Math.floor(((i === 0 ? first : l) / sum) * whole));
  widths[0]! += whole - widths.reduce((a, b) => a + b, 0);
  return widths;
}

/** Columns that a text takes: two for a Chinese character. */
const wide = (text: string): number => [...text].reduce((n, c) => n + (c.charCodeAt(0) > 0x2e80 ? 2 : 1), 0);
