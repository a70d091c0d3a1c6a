import writeXlsxFile, { type Cell, type Row } from "write-excel-file/node";
import { termZh } from "../../../aggregations/explain/formula.js";
import {
  type PrintedTable,
  readNumbers,
  type TableNumbers,
} from "../../../connectors/duckdb/reports/read.js";
import type { Config } from "../../../schemas/config/schema.js";
import { neutralText } from "../../../schemas/neutral-text.js";
import { headLines } from "../docx/table.js";
import { escapeXml, setText, text, unzip, zip } from "../docx/zip.js";
import { type Block, readDocument } from "./document.js";
import { columnName, excelFormula, isMoney } from "./formulas.js";
import { spread } from "./markdown.js";
import type { Source } from "./source.js";

interface SheetOut {
  readonly name: string;
  readonly rows: Row[];
  readonly widths: readonly number[];
  readonly headRows: number;
  /** What formulas come to, by cell: the figure as printed. */
  readonly cached: ReadonlyMap<string, string>;
}

const BORDER = { borderStyle: "thin", borderColor: "#7F7F7F" } as const;
const HEAD = { fontWeight: "bold", align: "center", alignVertical: "center", wrap: true } as const;
const GREY = "#F2F2F2";
const BLUE = "#E7EEF5";

/**
 * A workbook with a sheet for each table of the report. Beside the printed columns stand the exact numbers
 * that they are made of (yuan, visits); printed cells, totals and subtotals are formulas over those.
 */
export async function toXlsx(source: Source): Promise<Uint8Array> {
  const sheets: SheetOut[] = [];
  for (const table of source.prepared.tables.values()) {
    const numbers = await readNumbers(source.reader, source.config, source.period, table.name);
    sheets.push(tableSheet(table, numbers, source.config));
  }
  sheets.push(...ownTables(readDocument(unzip(source.docx)), new Set(sheets.map((s) => s.name))));
  if (sheets.length === 0) sheets.push(textSheet(readDocument(unzip(source.docx))));
  const named = sheets.map((s, i) => ({ ...s, name: sheetName(s.name, i, sheets) }));
  const bytes = await writeXlsxFile(
    named.map((s) => ({
      sheet: s.name,
      data: s.rows,
      columns: s.widths.map((width) => ({ width })),
      stickyRowsCount: s.headRows,
      stickyColumnsCount: 1,
    })),
    { fontFamily: "宋体", fontSize: 10 },
  ).toBuffer();
  return withCached(new Uint8Array(bytes), named);
}

/** Names of sheets: at most 31 characters, none of `[]:*?/\`, each once. */
function sheetName(name: string, index: number, all: readonly SheetOut[]): string {
  const plain = name.replaceAll(/[[\]:*?/\\]/g, "·").slice(0, 28);
  const same = all.slice(0, index).some((s) => s.name.slice(0, 28) === name.slice(0, 28));
  return same ? `${plain}${index + 1}` : plain;
}

const blank: Cell = null;

function titleRow(name: string, columns: number): Row {
  return [
    { value: neutralText(name), fontWeight: "bold", fontSize: 12, align: "center", columnSpan: columns },
    ...Array.from({ length: columns - 1 }, () => blank),
  ] as Row;
}

function headerRows(headings: readonly string[]): Row[] {
  const lines = headLines(headings);
  return lines.map((line) => {
    const row: Cell[] = [];
    for (const { text: words, columns, merge } of line) {
      if (merge === "on") row.push(blank);
      else {
        const rowSpan = merge === "start" ? lines.length : 1;
        row.push({
          value: neutralText(words),
          ...HEAD,
          ...BORDER,
          backgroundColor: BLUE,
          columnSpan: columns,
          rowSpan,
        } as Cell);
        for (let i = 1; i < columns; i++) row.push(blank);
      }
    }
    return row;
  });
}

const isNumber = (value: string): boolean => /^-?\d+(\.\d+)?$/.test(value);
const formatOf = (value: string): string => {
  const places = value.split(".")[1]?.length ?? 0;
  return places === 0 ? "0" : `0.${"0".repeat(places)}`;
};

function tableSheet(table: PrintedTable, numbers: TableNumbers | null, config: Config): SheetOut {
  const columns = table.headings.length;
  const heads = headerRows(table.headings);
  const first = 1 + heads.length;
  const cached = new Map<string, string>();
  const exact = numbers !== null && numbers.rows.length === table.rows.length ? numbers : null;
  const base = columns + 1;
  const total = table.rows.findIndex((r) => r.kind === "合计");
  const rows: Row[] = table.rows.map((row, r): Row => {
    const own: Cell[] = row.cells.map((value, c): Cell => {
      const style = { ...BORDER, ...(row.kind === "明细" ? {} : { fontWeight: "bold" as const }) };
      if (value === null) return { value: "", ...style } as Cell;
      if (!isNumber(value) || !table.numeric[c]) return { value: neutralText(value), ...style } as Cell;
      const at = (measure: string): string | null => placeOf(measure, r, total, exact, base, first);
      const formula = exact?.formulas[c]
        ? excelFormula(exact.formulas[c], at, config.report.rounding, config.report.zeroBase)
        : null;
      if (formula === null)
        return { value: Number(value), type: Number, format: formatOf(value), ...style } as Cell;
      cached.set(`${columnName(c)}${first + r + 1}`, value);
      return { value: `=${formula}`, type: "Formula", format: formatOf(value), ...style } as Cell;
    });
    return exact === null ? own : [...own, blank, ...baseCells(exact, table, r, base, first, cached)];
  });
  const baseHead: Cell[] =
    exact === null
      ? []
      : exact.measures.map(
          (m) =>
            ({ value: baseZh(m), ...HEAD, ...BORDER, backgroundColor: GREY, textColor: "#595959" }) as Cell,
        );
  const headed = heads.map((row, i) =>
    exact === null ? row : [...row, blank, ...(i === heads.length - 1 ? baseHead : [])],
  );
  return {
    name: table.name,
    rows: [titleRow(table.name, columns), ...headed, ...rows],
    widths: [
      26,
      ...Array.from({ length: columns - 1 }, () => 13),
      ...(exact === null ? [] : [3, ...exact.measures.map(() => 16)]),
    ],
    headRows: first,
    cached,
  };
}

/** Names of sums that only these tables have. */
const OWN_ZH: Readonly<Record<string, string>> = {
  negotiated_paid: "谈判药品统筹支付",
  inpatient_aid_paid: "住院救助资金",
  outpatient_aid_paid: "门诊救助资金",
  other_aid_paid: "其他救助资金",
};

const baseZh = (measure: string): string => {
  const plain = measure.replace(/^p_/, "");
  return `${measure.startsWith("p_") ? "上年同期" : "本期"}${OWN_ZH[plain] ?? termZh(plain)}${isMoney(plain) ? "（元）" : ""}`;
};

/** The cell of a measure: in the row, or in the total's for a base of all rows; null where it holds nothing. */
function placeOf(
  measure: string,
  r: number,
  total: number,
  exact: TableNumbers | null,
  base: number,
  first: number,
): string | null {
  if (exact === null) return null;
  const whole = measure.startsWith("total_");
  const row = whole ? total : r;
  const index = exact.measures.indexOf(measure.replace(/^total_/, ""));
  if (index < 0 || row < 0 || exact.rows[row]?.[index] === null) return null;
  const cell = `${columnName(base + index)}${first + row + 1}`;
  return whole ? cell.replace(/([A-Z]+)(\d+)/, "$$$1$$$2") : cell;
}

/** The exact numbers of a row; of totals and subtotals sums of the rows that they add up. */
function baseCells(
  exact: TableNumbers,
  table: PrintedTable,
  r: number,
  base: number,
  first: number,
  cached: Map<string, string>,
): Cell[] {
  const kind = table.rows[r]!.kind;
  const parts = partsOf(table, r);
  return exact.measures.map((measure, m): Cell => {
    const value = exact.rows[r]![m];
    if (value === null || value === undefined) return blank;
    const money = isMoney(measure);
    const written = money ? yuanText(value) : String(value);
    const style = { ...BORDER, format: money ? "0.00" : "0", textColor: "#595959" };
    const sum = parts.reduce((s, p) => s + (exact.rows[p]![m] ?? 0n), 0n);
    if (kind === "明细" || parts.length === 0 || sum !== value) {
      return { value: Number(written), type: Number, ...style } as Cell;
    }
    const column = columnName(base + m);
    cached.set(`${column}${first + r + 1}`, written);
    return { value: `=SUM(${ranges(parts, column, first)})`, type: "Formula", ...style } as Cell;
  });
}

const yuanText = (fen: bigint): string => {
  const size = fen < 0n ? -fen : fen;
  return `${fen < 0n ? "-" : ""}${size / 100n}.${String(size % 100n).padStart(2, "0")}`;
};

/** Rows that a subtotal or the total adds up: those above it since the last subtotal; every detail. */
function partsOf(table: PrintedTable, r: number): number[] {
  const { kind } = table.rows[r]!;
  const details = table.rows.flatMap((row, i) => (row.kind === "明细" ? [i] : []));
  if (kind === "合计") return details;
  const from = table.rows.slice(0, r).findLastIndex((row) => row.kind !== "明细");
  return details.filter((i) => i > from && i < r);
}

/** `D4:D9,D11:D15`. */
function ranges(parts: readonly number[], column: string, first: number): string {
  const runs: [number, number][] = [];
  for (const p of parts) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === p - 1) last[1] = p;
    else runs.push([p, p]);
  }
  return runs.map(([a, b]) => `${column}${first + a + 1}:${column}${first + b + 1}`).join(",");
}

/** Tables that the template itself has, as they were rendered. */
function ownTables(blocks: readonly Block[], known: ReadonlySet<string>): SheetOut[] {
  let number = 0;
  return blocks.flatMap((block, i): SheetOut[] => {
    if (block.kind !== "table") return [];
    const before = blocks[i - 1];
    const caption = before !== undefined && "text" in before ? before.text : "";
    if (known.has(caption)) return [];
    const columns = Math.max(...block.rows.map((r) => r.cells.reduce((n, c) => n + c.columns, 0)));
    const name = caption !== "" && caption.length <= 40 ? caption : `表${++number}`;
    const heads = block.rows.filter((r) => r.head).length;
    const rows = spread(block.rows, columns).map((row, r) =>
      row.map(({ text: value }): Cell => {
        if (r < heads)
          return { value: neutralText(value), ...HEAD, ...BORDER, backgroundColor: BLUE } as Cell;
        if (!isNumber(value)) return { value: neutralText(value), ...BORDER } as Cell;
        return { value: Number(value), type: Number, format: formatOf(value), ...BORDER } as Cell;
      }),
    );
    const widths = [26, ...Array.from({ length: columns - 1 }, () => 13)];
    return [
      { name, rows: [titleRow(name, columns), ...rows], widths, headRows: heads + 1, cached: new Map() },
    ];
  });
}

/** A report without any table is the text of its paragraphs. */
function textSheet(blocks: readonly Block[]): SheetOut {
  const rows = blocks.flatMap((b): Row[] =>
    "text" in b ? [[{ value: neutralText(b.text), wrap: true } as Cell]] : [],
  );
  return { name: "正文", rows, widths: [100], headRows: 0, cached: new Map() };
}

/** Writes beside each formula what it comes to, so that viewers that do not calculate show it. */
function withCached(bytes: Uint8Array, sheets: readonly SheetOut[]): Uint8Array {
  const files = unzip(bytes);
  sheets.forEach((sheet, i) => {
    const name = `xl/worksheets/sheet${i + 1}.xml`;
    const xml = text(files, name).replaceAll(
      /(<c r="([A-Z]+\d+)"[^>]*>)<f>=?([^<]*)<\/f><\/c>/g,
      (whole, open: string, cell: string, formula: string) => {
        const value = sheet.cached.get(cell);
        return value === undefined ? whole : `${open}<f>${formula}</f><v>${escapeXml(value)}</v></c>`;
      },
    );
    setText(files, name, xml);
  });
  return zip(files);
}
