import { headingStyles } from "../docx/contents.js";
import { textOf } from "../docx/tags-of.js";
import { type Files, text, unescapeXml } from "../docx/zip.js";

/** A piece of a rendered Word document, for the formats that are made from it. */
export type Block =
  | { readonly kind: "title" | "note" | "caption"; readonly text: string }
  | { readonly kind: "heading"; readonly level: number; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "contents"; readonly text: string; readonly level: number }
  | { readonly kind: "table"; readonly rows: readonly GridRow[] }
  | { readonly kind: "chart"; readonly chart: Chart };

export interface GridCell {
  readonly text: string;
  readonly columns: number;
  readonly rows: number;
  readonly right: boolean;
}
export interface GridRow {
  readonly head: boolean;
  readonly cells: readonly GridCell[];
}

export interface Chart {
  readonly type: "bar" | "line" | "pie";
  readonly title: string;
  readonly categories: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** Reads what a Word document shows, in its order: headings, text, tables, charts. */
export function readDocument(files: Files): Block[] {
  const document = text(files, "word/document.xml");
  const headings = headingStyles(text(files, "word/styles.xml"));
  const body = document.slice(document.indexOf("<w:body>") + 8, document.lastIndexOf("</w:body>"));
  return topLevel(body).flatMap((part): Block[] => {
    if (part.startsWith("<w:tbl")) return [{ kind: "table", rows: gridOf(part) }];
    const chart = /<c:chart [^>]*r:id="([^"]+)"/.exec(part)?.[1];
    if (chart !== undefined) return chartOf(files, chart);
    const words = textOf(part).trim();
    if (words === "") return [];
    const style = /<w:pStyle w:val="([^"]*)"/.exec(part)?.[1] ?? "";
    const level = headings.get(style);
    if (level !== undefined) return [{ kind: "heading", level, text: words }];
    if (/^TOC\d$/.test(style))
      return [{ kind: "contents", level: Number(style.slice(3)), text: words.replace(/\d+$/, "") }];
    const kinds: Readonly<Record<string, "title" | "note" | "caption">> = {
      Title: "title",
      Subtitle: "title",
      ContentsTitle: "caption",
      TableCaption: "caption",
      Note: "note",
    };
    return [{ kind: kinds[style] ?? "paragraph", text: words }];
  });
}

/** Paragraphs and tables that stand in the body itself. */
function topLevel(body: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const match of body.matchAll(/<(\/?)w:(p|tbl)(?=[ >/])([^>]*)>/g)) {
    const [whole, close, , rest] = match;
    if (rest!.endsWith("/")) continue;
    if (close === "") {
      if (depth === 0) start = match.index;
      depth++;
    } else {
      depth--;
      if (depth === 0) parts.push(body.slice(start, match.index + whole.length));
    }
  }
  return parts;
}

function gridOf(table: string): GridRow[] {
  const raw = [...table.matchAll(/<w:tr[ >][\s\S]*?<\/w:tr>/g)].map(([row]) => {
    let at = 0;
    const cells = [...row.matchAll(/<w:tc[ >][\s\S]*?<\/w:tc>/g)].map(([cell]) => {
      const columns = Number(/<w:gridSpan w:val="(\d+)"/.exec(cell)?.[1] ?? 1);
      const merge = /<w:vMerge(?: w:val="(\w+)")?\/>/.exec(cell);
      const found = {
        text: textOf(cell).trim(),
        columns,
        at,
        merge: merge === null ? "" : (merge[1] ?? "continue"),
        right: /<w:jc w:val="right"/.test(cell),
      };
      at += columns;
      return found;
    });
    return { head: row.includes("<w:tblHeader"), cells };
  });
  return raw.map(({ head, cells }, r) => ({
    head,
    cells: cells
      .filter((c) => c.merge !== "continue")
      .map(({ text: words, columns, at, merge, right }) => {
        let rows = 1;
        if (merge === "restart") {
          while (raw[r + rows]?.cells.some((c) => c.at === at && c.merge === "continue")) rows++;
        }
        return { text: words, columns, rows, right };
      }),
  }));
}

function chartOf(files: Files, id: string): Block[] {
  const relations = text(files, "word/_rels/document.xml.rels");
  const target = new RegExp(`<Relationship (?=[^>]*Id="${id}")[^>]*Target="([^"]+)"`).exec(relations)?.[1];
  const xml = target === undefined ? "" : text(files, `word/${target}`);
  const type = /<c:(bar|line|pie)Chart>/.exec(xml)?.[1] as Chart["type"] | undefined;
  if (type === undefined) return [];
  const points = (part: string): string[] =>
    [...part.matchAll(/<c:pt [^>]*>\s*<c:v>\s*([^<]*?)\s*<\/c:v>/g)].map((m) => unescapeXml(m[1]!));
  const series = [...xml.matchAll(/<c:ser>[\s\S]*?<\/c:ser>/g)].map(([ser]) => {
    const of = (name: string): string[] =>
      points(new RegExp(`<c:${name}>[\\s\\S]*?</c:${name}>`).exec(ser)?.[0] ?? "");
    return { name: of("tx")[0] ?? "", categories: of("cat"), values: of("val").map(Number) };
  });
  const title = textOf(/<c:title>[\s\S]*?<\/c:title>/.exec(xml)?.[0] ?? "").trim();
  return [{ kind: "chart", chart: { type, title, categories: series[0]?.categories ?? [], series } }];
}
