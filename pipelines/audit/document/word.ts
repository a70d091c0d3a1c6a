import { strFromU8, unzipSync } from "fflate";
import { parseDocument } from "htmlparser2";
import { type Block, type Cell, joined, type PrintedDocument, passage } from "./model.js";
import { type SpanningCell, spread } from "./spans.js";
import { levelOf } from "./text.js";

type Node = ReturnType<typeof parseDocument>["children"][number];

/** A stretch of a paragraph's text, and where the XML has it. */
export interface WordPiece {
  /** In the paragraph's text. */
  readonly at: number;
  readonly text: string;
  /** First character of the `w:t` element that holds it, and behind its last. */
  readonly start: number;
  readonly end: number;
  /** The same of its run, `w:r`. */
  readonly run: { readonly start: number; readonly end: number; readonly properties: string };
}

export interface WordParagraph {
  readonly number: number;
  readonly text: string;
  readonly pieces: readonly WordPiece[];
}

/** A Word document as blocks, and its paragraphs as they stand in the XML. */
export interface WordDocument extends PrintedDocument {
  readonly paragraphs: readonly WordParagraph[];
  /** `word/document.xml`. */
  readonly xml: string;
}

const nameOf = (n: Node): string => ("name" in n ? n.name : "");
const childrenOf = (n: Node): readonly Node[] => ("children" in n ? n.children : []);
const child = (n: Node, name: string): Node | undefined => childrenOf(n).find((c) => nameOf(c) === name);
const attribute = (n: Node | undefined, name: string): string | undefined =>
  n !== undefined && "attribs" in n ? n.attribs[name] : undefined;

/**
 * Reads a Word document.
 * @throws Error where it is none
 */
export function readWord(bytes: Uint8Array): WordDocument {
  const files = unzipSync(bytes);
  const main = files["word/document.xml"];
  if (main === undefined) throw new Error("is no Word document: word/document.xml is missing");
  return readWordXml(strFromU8(main), files["word/styles.xml"] ? strFromU8(files["word/styles.xml"]) : "");
}

export function readWordXml(xml: string, styles: string): WordDocument {
  const options = { xmlMode: true, withStartIndices: true, withEndIndices: true };
  const levels = headingLevels(styles);
  const paragraphs: WordParagraph[] = [];
  const blocks: Block[] = [];
  let tables = 0;
  const paragraph = (p: Node): WordParagraph => {
    const pieces: WordPiece[] = [];
    let text = "";
    const walk = (n: Node, run: Node | null): void => {
      const name = nameOf(n);
      if (name === "mc:Fallback" || name === "w:del" || name === "w:txbxContent" || name === "w:pPr") return;
      if (name === "w:t" && run !== null) {
        const own = childrenOf(n)
          .map((c) => ("data" in c ? String(c.data) : ""))
          .join("");
        const properties = child(run, "w:rPr");
        pieces.push({
          at: text.length,
          text: own,
          start: n.startIndex ?? 0,
          end: (n.endIndex ?? 0) + 1,
          run: {
            start: run.startIndex ?? 0,
            end: (run.endIndex ?? 0) + 1,
            properties: properties
              ? xml.slice(properties.startIndex ?? 0, (properties.endIndex ?? 0) + 1)
              : "",
          },
        });
        text += own;
        return;
      }
      if (name === "w:tab" && run !== null) text += "\t";
      if (name === "w:br" && run !== null) text += " ";
      for (const c of childrenOf(n)) walk(c, name === "w:r" ? n : run);
    };
    walk(p, null);
    const made = { number: paragraphs.length + 1, text, pieces };
    paragraphs.push(made);
    return made;
  };
  const cellOf = (tc: Node): Cell => {
    const parts = childrenOf(tc).flatMap((c) => (nameOf(c) === "w:p" ? [paragraph(c)] : []));
    const filled = parts.filter((p) => p.text.trim() !== "");
    const first = filled[0] ?? parts[0];
    if (first === undefined) return { text: "", stretches: [] };
    return filled
      .slice(1)
      .reduce((all, p) => joined(all, passage(p.text, p.number)), passage(first.text, first.number));
  };
  const table = (tbl: Node): void => {
    const merged: { columns: number; at: number; rows: number; cell: Cell }[][] = [];
    for (const tr of childrenOf(tbl).filter((c) => nameOf(c) === "w:tr")) {
      let at = 0;
      const row: (typeof merged)[number] = [];
      for (const tc of childrenOf(tr).filter((c) => nameOf(c) === "w:tc")) {
        const properties = child(tc, "w:tcPr");
        const columns = Number(attribute(properties && child(properties, "w:gridSpan"), "w:val") ?? 1);
        const merge = properties && child(properties, "w:vMerge");
        const cell = cellOf(tc);
        const goesOn = merge !== undefined && (attribute(merge, "w:val") ?? "continue") === "continue";
        const above = goesOn
          ? merged
              .flat()
              .filter((c) => c.at === at)
              .at(-1)
          : undefined;
        if (above) above.rows++;
        else row.push({ columns, at, rows: 1, cell });
        at += columns;
      }
      merged.push(row);
    }
    const rows = merged.map((r) =>
      r.map((c): SpanningCell => ({ cell: c.cell, columns: c.columns, rows: c.rows })),
    );
    const first = rows.flat()[0];
    if (first === undefined) return;
    blocks.push({
      kind: "table",
      number: ++tables,
      anchor: first.cell.stretches[0]?.anchor ?? 0,
      rows: spread(rows),
      headerRows: null,
    });
  };
  const walk = (n: Node): void => {
    const name = nameOf(n);
    if (name === "w:tbl") table(n);
    else if (name === "w:p") {
      const p = paragraph(n);
      if (p.text.trim() === "") return;
      const style =
        attribute(child(n, "w:pPr") && child(child(n, "w:pPr") as Node, "w:pStyle"), "w:val") ?? "";
      if (/^TOC\d/i.test(style)) return;
      blocks.push({
        kind: "paragraph",
        ...passage(p.text, p.number),
        level: levels.get(style) ?? levelOf(p.text),
      });
    } else for (const c of childrenOf(n)) walk(c);
  };
  for (const n of parseDocument(xml, options).children) walk(n);
  return { places: "paragraph", blocks, paragraphs, xml };
}

/** Styles of headings, by their outline level; the first level is 1. */
function headingLevels(styles: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [, id, body] of styles.matchAll(
    /<w:style [^>]*w:styleId="([^"]+)"[^>]*>([\s\S]*?)<\/w:style>/g,
  )) {
    const level = /<w:outlineLvl w:val="(\d)"/.exec(body)?.[1];
    if (level !== undefined) found.set(id, Number(level) + 1);
  }
  return found;
}
