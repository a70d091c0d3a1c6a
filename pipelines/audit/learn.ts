import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { type Block, bare, type Cell, type Passage, type PrintedDocument } from "./document/model.js";
import { readWord, type WordDocument } from "./document/word.js";
import type { JudgedFigure } from "./evidence/verdict.js";
import type { DocumentAudit } from "./printed.js";
import { tagOf } from "./tags.js";
import { newDocument, paragraphXml, tableXml } from "./word-file.js";

/** A figure that stays as it is printed, and why. */
export interface Unlearned {
  readonly figure: JudgedFigure;
  readonly why: string;
}

export interface Learned {
  /** The template, a Word document. */
  readonly template: Uint8Array;
  readonly learned: number;
  readonly left: readonly Unlearned[];
}

interface Place {
  readonly at: number;
  readonly length: number;
  readonly tag: string;
}

const FIRST_DAY = new Date(1980, 0, 1);
/** By how much a figure's words have to be clearer than those of any other that prints so. */
const CLEAR = 2;

/** Turns a printed report into a template: each figure that equals a computed one, and is clearly that one, becomes its tag. */
export function learn(path: string, document: PrintedDocument, audit: DocumentAudit): Learned {
  const places = new Map<number, Place[]>();
  const left: Unlearned[] = [];
  let learned = 0;
  for (const figure of audit.figures) {
    const why = reasonToLeave(figure);
    const tag = why === null ? tagOf(figure) : null;
    if (tag === null) {
      left.push({ figure, why: why ?? "the template language has no tag for it" });
      continue;
    }
    learned++;
    const { anchor, at } = figure.found.spot;
    const list = places.get(anchor) ?? [];
    places.set(anchor, list);
    list.push({ at, length: figure.found.printed.length, tag });
  }
  const template = extname(path).toLowerCase() === ".docx" ? inWord(path, places) : asWord(document, places);
  return { template, learned, left };
}

function reasonToLeave({ found, status, note }: JudgedFigure): string | null {
  if (status === "not-understood") return "not understood";
  if (status !== "equal")
    return `the print differs from the computed figure${note === null ? "" : `: ${note}`}`;
  if (found.reading === null) return "a sum of lines that no computed figure is";
  if (found.rightUnit !== null) return "its heading says another unit";
  const { figure, form } = found.reading;
  const needed = form === "value" ? [0] : form === "previous" ? [1] : [0, 1];
  if (needed.some((i) => figure.values[i] === null)) return "a quotient of nothing, which is printed as 0";
  if (found.margin < CLEAR) return "its words fit more than one figure";
  return null;
}

/** In the document itself: every other character stays. */
function inWord(path: string, places: ReadonlyMap<number, readonly Place[]>): Uint8Array {
  const bytes = readFileSync(path);
  const files = unzipSync(bytes);
  const document: WordDocument = readWord(bytes);
  const edits: { start: number; end: number; text: string }[] = [];
  for (const [number, list] of places) {
    const paragraph = document.paragraphs[number - 1];
    if (paragraph === undefined) continue;
    for (const piece of paragraph.pieces) {
      let text = piece.text;
      for (const { at, length, tag } of [...list].sort((a, b) => b.at - a.at)) {
        const from = Math.max(at, piece.at) - piece.at;
        const to = Math.min(at + length, piece.at + piece.text.length) - piece.at;
        if (to <= from || from < 0) continue;
        // The tag stands in the run in which the figure begins.
        text = text.slice(0, from) + (at >= piece.at ? tag : "") + text.slice(to);
      }
      if (text !== piece.text)
        edits.push({
          start: piece.start,
          end: piece.end,
          text: `<w:t xml:space="preserve">${escaped(text)}</w:t>`,
        });
    }
  }
  edits.sort((a, b) => b.start - a.start);
  let xml = strFromU8(files["word/document.xml"]);
  for (const e of edits) xml = xml.slice(0, e.start) + e.text + xml.slice(e.end);
  files["word/document.xml"] = strToU8(xml);
  return zipSync(files, { mtime: FIRST_DAY, level: 6 });
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Of another kind of document: its headings, paragraphs and tables as a new Word document. */
function asWord({ blocks }: PrintedDocument, places: ReadonlyMap<number, readonly Place[]>): Uint8Array {
  const tagged = (passage: Passage): string => {
    let text = passage.text;
    const here = [...places].flatMap(([anchor, list]) => list.map((p) => ({ ...p, anchor })));
    const own = here.flatMap((p) => {
      const at = indexOf(passage, p.anchor, p.at);
      return at === null ? [] : [{ ...p, at }];
    });
    for (const { at, length, tag } of own.sort((a, b) => b.at - a.at))
      text = text.slice(0, at) + tag + text.slice(at + length);
    return text;
  };
  const cell = (c: Cell): string => (c.covered ? "" : tagged(c));
  return newDocument(
    blocks.map((b: Block, i) => {
      if (b.kind === "table") return tableXml(b.rows.map((r) => r.map(cell)));
      if (b.kind === "run") return b.cells.map((c) => paragraphXml(cell(c), null)).join("");
      return paragraphXml(
        tagged(b),
        i === 0 || (b.level !== null && bare(b.text).length <= 40) ? (b.level ?? 0) : null,
      );
    }),
  );
}

/** Where a place of the document stands in a passage; null where it does not. */
function indexOf(passage: Passage, anchor: number, at: number): number | null {
  for (const [i, s] of passage.stretches.entries()) {
    const end = passage.stretches[i + 1]?.from ?? passage.text.length;
    const index = s.from + at - s.at;
    if (s.anchor === anchor && index >= s.from && index < end) return index;
  }
  return null;
}
