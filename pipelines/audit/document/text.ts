import {
  type Block,
  bare,
  type Cell,
  joined,
  narrow,
  type Passage,
  type PrintedDocument,
  passage,
} from "./model.js";
import { cellNumber, isBlankCell } from "./numbers.js";

/** Numbers of headings, from the outermost in. */
const LEVELS = [
  /^第?[一二三四五六七八九十]+[、章]/,
  /^[（(][一二三四五六七八九十]+[)）]|^[一二三四五六七八九十]+[)）]/,
  /^\d+[.．、](?!\d)/,
  /^[（(]\d+[)）]|^\d+[)）]|^[①-⑳]/,
];

/** Depth that a paragraph's own number says; null for none. */
export function levelOf(text: string): number | null {
  const t = text.trimStart();
  const at = LEVELS.findIndex((l) => l.test(t));
  return at < 0 ? null : at + 1;
}

interface Line {
  readonly no: number;
  readonly text: string;
  readonly blanksBefore: number;
}

const isNumberCell = (t: string): boolean => cellNumber(t) !== null || (isBlankCell(t) && t.trim() !== "");
const isTabbed = (text: string): boolean => {
  const cells = text.split("\t");
  return cells.length >= 2 && !(cells.length === 2 && cells[0].trim() === "");
};
/** A line that may be one cell of a table: a number, or few words without the signs of a sentence. */
const mayBeCell = (text: string): boolean => {
  const t = text.trim();
  if (isNumberCell(t)) return true;
  return bare(t).length <= 16 && !/[，。；;,、]|[:：]$/.test(t) && levelOf(t) === null;
};

const trimmed = (line: Line): Passage => {
  const lead = line.text.length - line.text.trimStart().length;
  return passage(line.text.trim(), line.no, lead);
};

/** Reads a text as it is copied from a web page or recognised from a scan: paragraphs, and tables in any of three forms. */
export function readText(given: string): PrintedDocument {
  const lines: Line[] = [];
  let blanks = 0;
  for (const [i, text] of given
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    if (text.trim() === "") {
      blanks++;
      continue;
    }
    lines.push({ no: i + 1, text: narrow(text), blanksBefore: blanks });
    blanks = 0;
  }
  const blocks: Block[] = [];
  let number = 0;
  for (let i = 0; i < lines.length; ) {
    const end = tableEnd(lines, i);
    if (end > i) {
      const block = tableOf(lines.slice(i, end), number + 1);
      if (block !== null) {
        number++;
        const lead = block.skip;
        for (const line of lines.slice(i, i + lead)) blocks.push(paragraphOf(trimmed(line)));
        blocks.push(block.block);
        i = end;
        continue;
      }
    }
    const [text, next] = proseFrom(lines, i);
    blocks.push(paragraphOf(text));
    i = next;
  }
  return { places: "line", blocks };
}

const paragraphOf = (p: Passage): Block => ({ kind: "paragraph", ...p, level: levelOf(p.text) });

/** One paragraph: long lines that were broken are joined again. */
function proseFrom(lines: readonly Line[], from: number): [Passage, number] {
  let text = trimmed(lines[from]);
  let i = from + 1;
  for (; i < lines.length; i++) {
    const next = lines[i].text.trim();
    const open = text.text.length >= 30 && !/[。；：:;]$/.test(text.text);
    const long = next.length >= 30 || /[，。；,;]/.test(next);
    if (!open || levelOf(next) !== null || !long || isNumberCell(next) || isTabbed(lines[i].text)) break;
    text = joined(text, trimmed(lines[i]));
  }
  return [text, i];
}

/** Behind the last line of the table that begins here; `from` where none does. */
function tableEnd(lines: readonly Line[], from: number): number {
  const tabbed = isTabbed(lines[from].text);
  let i = from;
  let numbers = 0;
  for (; i < lines.length; i++) {
    const { text } = lines[i];
    if (
      tabbed
        ? !(isTabbed(text) || (text.startsWith("\t") && text.includes("\t")))
        : isTabbed(text) || !mayBeCell(text)
    )
      break;
    numbers += text.split("\t").filter((c) => cellNumber(c) !== null).length;
  }
  return numbers >= 3 ? i : from;
}

function tableOf(lines: readonly Line[], number: number): { block: Block; skip: number } | null {
  const anchor = lines[0].no;
  if (isTabbed(lines[0].text)) {
    const rows = lines.map(({ text, no }): Cell[] => {
      let at = 0;
      return text.split("\t").map((cell) => {
        const lead = cell.length - cell.trimStart().length;
        const made = passage(cell.trim(), no, at + lead);
        at += cell.length + 1;
        return made;
      });
    });
    const width = Math.max(...rows.map((r) => r.length));
    const filled = rows.map((r) => [
      ...r,
      ...Array.from({ length: width - r.length }, () => passage("", anchor)),
    ]);
    return { block: { kind: "table", number, anchor, rows: filled, headerRows: null }, skip: 0 };
  }
  return oneCellALine(lines, number);
}

/** Cells one a line: rows where empty lines set them apart, else a run of cells. */
function oneCellALine(given: readonly Line[], number: number): { block: Block; skip: number } | null {
  let lines = given;
  while (
    lines.length > 0 &&
    cellNumber(lines[lines.length - 1].text) === null &&
    !isBlankCell(lines[lines.length - 1].text)
  )
    lines = lines.slice(0, -1);
  if (lines.length === 0 || lines.every((l) => isNumberCell(l.text.trim()))) return null;
  const inner = lines.slice(1).map((l) => l.blanksBefore);
  const [least, most] = [Math.min(...inner), Math.max(...inner)];
  if (most > least) {
    const rows: Line[][] = [[lines[0]]];
    for (const line of lines.slice(1)) {
      if (line.blanksBefore > least) rows.push([line]);
      else rows[rows.length - 1].push(line);
    }
    let skip = 0;
    while (rows.length > 0 && rows[0].length === 1) skip += rows.shift()!.length;
    const usual = mode(rows.map((r) => r.length));
    const fit = rows.filter((r) => r.length === usual || r.length === usual - 1).length;
    if (usual >= 2 && rows.length >= 2 && fit >= 0.75 * rows.length) {
      const width = Math.max(...rows.map((r) => r.length));
      const cells = rows.map((r) => padded(r.map(trimmed), width, r[0].no));
      const anchor = rows[0][0].no;
      return { block: { kind: "table", number, anchor, rows: cells, headerRows: null }, skip };
    }
  }
  return { block: { kind: "run", number, anchor: lines[0].no, cells: lines.map(trimmed) }, skip: 0 };
}

/** A row that is short lacks its corner or a merged cell in front. */
const padded = (cells: readonly Cell[], width: number, anchor: number): Cell[] => [
  ...Array.from({ length: width - cells.length }, () => passage("", anchor)),
  ...cells,
];

function mode(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const v of values) counts.set(v, (counts.get(v) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || b - a)[0]?.[0] ?? 0;
}
