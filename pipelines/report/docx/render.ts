import {
  officeMarkup,
  type ScopeDataArgs,
  TagDisposition,
  TemplateExtension,
  TemplateHandler,
  type Tag as WordTag,
  type XmlNode,
  xml,
} from "easy-template-x";
import type { PrintedTable } from "../../../connectors/duckdb/reports/read.js";
import { OUTSIDE, type Scope, type TagReader } from "../tags/evaluate.js";
import { parseTag } from "../tags/grammar.js";
import { columnOf, type Prepared, rowOf } from "../tags/prepare.js";
import { tagsIn } from "../tags/tree.js";
import { barsFromZero } from "./chart.js";
import { CONTENTS_MARK, fillContents, headingStyles } from "./contents.js";
import { type TableLook, tableXml } from "./table.js";
import { textOf } from "./tags-of.js";
import { escapeXml, type Files, setText, text, unzip, zip } from "./zip.js";

/** Text depth of a real document: tables in text boxes and the like. */
const MAX_DEPTH = 60;

/** The template with its tags replaced by figures, tables and charts: the bytes of a Word document. */
export async function renderDocx(
  template: Uint8Array,
  prepared: Prepared,
  notes: readonly string[],
): Promise<Uint8Array> {
  const files = unzip(template);
  const widths = tableWidths(text(files, "word/document.xml"));
  const filler = new Filler(prepared, notes, tableLook(files), widths);
  const handler = new TemplateHandler({
    maxXmlDepth: MAX_DEPTH,
    scopeDataResolver: (args) => filler.resolve(args) as never,
    extensions: { beforeCompilation: [new Conditions()] },
  });
  const filled = unzip(new Uint8Array(await handler.process(Buffer.from(template), {})));
  finish(filled, notes, filler.notesPlaced);
  return zip(filled);
}

/** Stands beside a block's tag that has a paragraph of its own: such a paragraph leaves nothing behind. */
const ALONE = "\u2062";

/** `{?…}` opens a block as `{#…}` does: the library knows one sign for both. */
class Conditions extends TemplateExtension {
  async execute(
    _data: unknown,
    context: { currentPart: { xmlRoot(): Promise<XmlNode> } | null },
  ): Promise<void> {
    const root = await context.currentPart?.xmlRoot();
    if (root) this.#walk(root);
  }

  #walk(node: XmlNode): void {
    if (xml.query.isTextNode(node)) {
      node.textContent = (node.textContent ?? "").replaceAll(/([{])\s*([?？])/g, "$1#$2");
    }
    // A brace may end one run and the question mark begin the next.
    const children = node.childNodes ?? [];
    for (const child of children) this.#walk(child);
    if (node.nodeName === "w:p" || node.nodeName === "a:p") this.#acrossRuns(node);
  }

  #acrossRuns(paragraph: XmlNode): void {
    const nodes = textNodes(paragraph);
    nodes.forEach((node, i) => {
      const next = nodes.slice(i + 1).find((n) => n.textContent !== "");
      if (node.textContent?.endsWith("{") && /^[?？]/.test(next?.textContent ?? "")) node.textContent += "#";
    });
    const whole = nodes.map((n) => n.textContent ?? "").join("");
    if (!/^\s*\{[#/][^{}]*\}\s*$/.test(whole)) return;
    const written = nodes.filter((n) => n.textContent !== "");
    written[0]!.textContent = `${ALONE}${written[0]!.textContent}`;
    written.at(-1)!.textContent += ALONE;
  }
}

const textNodes = (node: XmlNode): (XmlNode & { textContent?: string })[] =>
  officeMarkup.query.isTextNode(node)
    ? [xml.query.lastTextChild(node, true) as XmlNode & { textContent?: string }]
    : (node.childNodes ?? []).flatMap(textNodes);

/** What stands in place of each tag. */
class Filler {
  notesPlaced = false;

  constructor(
    private readonly prepared: Prepared,
    private readonly notes: readonly string[],
    private readonly look: TableLook,
    private readonly widths: ReadonlyMap<string, number>,
  ) {}

  get #tags(): TagReader {
    return this.prepared.tags;
  }

  resolve({ path, strPath }: ScopeDataArgs): unknown {
    const own = path.at(-1) as WordTag;
    const opens = own.disposition === TagDisposition.Open;
    const scope = this.#scope(strPath.slice(0, -1), path.slice(0, -1));
    const inner = `${opens ? blockText(own.name) : own.name}`;
    const tag = parseTag(inner);
    switch (tag.kind) {
      case "loop":
        return this.#tags.members(tag.dimension, tag.values, scope.context).map(() => ({}));
      case "if":
        return this.#tags.test(tag.test, tag.figure, scope.context);
      case "contents":
        return CONTENTS_MARK;
      case "if_table":
        return this.prepared.tables.has(tag.name);
      case "word":
        return this.#tags.word(tag.word, scope);
      case "notes":
        this.notesPlaced = true;
        return { _type: "rawXml", replaceParagraph: true, xml: notesXml(this.notes) };
      case "table":
        return {
          _type: "rawXml",
          replaceParagraph: true,
          xml: tableXml(this.prepared.tables.get(tag.name)!, {
            ...this.look,
            width: this.widths.get(tag.name) ?? this.look.width,
          }),
        };
      case "cell":
        return this.#cell(this.prepared.tables.get(tag.table)!, tag.row, tag.column, inner);
      case "chart":
        return this.#chart(inner, scope);
      case "figure":
        return this.#tags.figure(tag, inner.trim(), scope);
      default:
        return "";
    }
  }

  #chart(inner: string, scope: Scope): unknown {
    const tag = parseTag(inner);
    if (tag.kind !== "chart") return "";
    const { categories, series } = this.#tags.chart(tag, scope);
    // Names go into markup as they are.
    const plain = (name: string): string => name.replaceAll("&", "＆").replaceAll("<", "＜");
    return {
      _type: "chart",
      categories: { names: categories.map(plain) },
      series: series
        .filter((s) => s.values.some((v) => v !== null))
        .map((s) => ({ name: plain(s.name), values: s.values.map((v) => v ?? 0) })),
    };
  }

  #cell(table: PrintedTable, row: string, column: string, inner: string): string {
    const value = rowOf(table, row)?.cells[columnOf(table, column)] ?? null;
    if (value !== null) return value;
    this.#tags.missing.add(`{${inner.trim()}}`);
    return this.#tags.catalogue.config.report.absent;
  }

  /** The dimensions of the loops around a tag: its path has a loop's text and then the member's number. */
  #scope(names: readonly string[], parts: ScopeDataArgs["path"]): Scope {
    let scope = OUTSIDE;
    for (let i = 0; i < parts.length; i++) {
      const number = parts[i + 1];
      if (typeof parts[i] === "number" || typeof number !== "number") continue;
      const tag = parseTag(blockText(names[i]!));
      if (tag.kind !== "loop") continue;
      const member = this.#tags.members(tag.dimension, tag.values, scope.context)[number]!;
      scope = { context: { ...scope.context, ...member.meaning }, member, index: number + 1 };
    }
    return scope;
  }
}

/** Width of the text in the section that each table's tag stands in, by the table's name. */
function tableWidths(document: string): Map<string, number> {
  const widths = new Map<string, number>();
  for (const match of document.matchAll(/<w:p(?: [^>]*)?>(?:(?!<\/w:p>)[\s\S])*<\/w:p>/g)) {
    for (const tag of tagsIn(textOf(match[0]))) {
      const name = /^\s*表\s+([^|｜]+?)\s*$/.exec(tag)?.[1];
      const at = document.indexOf("<w:sectPr", match.index);
      if (name !== undefined && at >= 0) widths.set(name, textWidth(document.slice(at)));
    }
  }
  return widths;
}

const blockText = (name: string): string => (/^[?？]/.test(name) ? name : `#${name}`);

/** Style ids that the template itself has for tables: its style 报表, else a grid; text of style 表格文字. */
function tableLook(files: Files): TableLook {
  const styles = text(files, "word/styles.xml");
  const named = (type: string, names: readonly string[]): string | null => {
    for (const name of names) {
      const pattern = new RegExp(
        `<w:style (?=[^>]*w:type="${type}")[^>]*w:styleId="([^"]*)"[^>]*>(?:(?!</w:style>)[\\s\\S])*?<w:name w:val="${name}"/>`,
      );
      const id = pattern.exec(styles)?.[1];
      if (id !== undefined) return id;
    }
    return null;
  };
  return {
    table: named("table", ["报表", "Table Grid", "网格型"]),
    text: named("paragraph", ["表格文字"]),
    width: textWidth(text(files, "word/document.xml")),
  };
}

/** Width between the margins of the first section, in twentieths of a point; A4 where nothing is said. */
function textWidth(document: string): number {
  const size = Number(/<w:pgSz [^>]*w:w="(\d+)"/.exec(document)?.[1] ?? 11_906);
  const side = (name: string): number =>
    Number(new RegExp(`<w:pgMar [^>]*w:${name}="(\\d+)"`).exec(document)?.[1] ?? 1_440);
  return size - side("left") - side("right");
}

function notesXml(notes: readonly string[]): string {
  return notes
    .map(
      (note) =>
        `<w:p><w:pPr><w:spacing w:before="60" w:line="280" w:lineRule="exact"/><w:ind w:firstLine="0"/></w:pPr><w:r><w:rPr><w:sz w:val="18"/></w:rPr><w:t xml:space="preserve">${escapeXml(note)}</w:t></w:r></w:p>`,
    )
    .join("");
}

/** Table of contents, notes where the template has no place for them, times that say nothing of now. */
function finish(files: Files, notes: readonly string[], notesPlaced: boolean): void {
  let document = text(files, "word/document.xml")
    .replaceAll(/<w:p(?: [^>]*)?>(?:(?!<\/w:p>)[\s\S])*<\/w:p>/g, (p) =>
      p.includes(ALONE) && textOf(p).replaceAll(ALONE, "").trim() === "" && !p.includes("<w:sectPr") ? "" : p,
    )
    .replaceAll(ALONE, "");
  if (!notesPlaced && notes.length > 0) {
    const last = document.lastIndexOf("<w:sectPr");
    const at = last < 0 ? document.lastIndexOf("</w:body>") : last;
    document = document.slice(0, at) + notesXml(notes) + document.slice(at);
  }
  setText(files, "word/document.xml", fillContents(document, headingStyles(text(files, "word/styles.xml"))));
  for (const name of files.keys())
    if (/^word\/charts\/chart\d+\.xml$/.test(name)) setText(files, name, barsFromZero(text(files, name)));
}
