import { parseDocument } from "htmlparser2";
import { type Block, type Cell, joined, type Passage, type PrintedDocument, passage } from "./model.js";
import { type SpanningCell, spread } from "./spans.js";
import { levelOf } from "./text.js";

type Node = ReturnType<typeof parseDocument>["children"][number];

const BLOCK =
  /^(p|div|li|h[1-6]|section|article|header|footer|main|blockquote|dd|dt|caption|figcaption|pre|body|html|ul|ol|dl|center|form|td|th)$/;
const SILENT = /^(script|style|head|template|noscript|select|option|button|svg)$/;

const nameOf = (n: Node): string => ("name" in n ? n.name.toLowerCase() : "");
const childrenOf = (n: Node): readonly Node[] => ("children" in n ? n.children : []);
const attribute = (n: Node, name: string): string | undefined =>
  "attribs" in n ? n.attribs[name] : undefined;

/** Reads a web page: its paragraphs, headings and tables, numbered in their order. */
export function readHtml(html: string): PrintedDocument {
  const blocks: Block[] = [];
  let anchor = 0;
  let tables = 0;
  let open: Passage | null = null;
  let heading: number | null = null;
  const close = (): void => {
    const text = open?.text.replace(/\s+/g, " ").trim() ?? "";
    if (open !== null && text !== "")
      blocks.push({
        kind: "paragraph",
        ...passage(text, open.stretches[0].anchor),
        level: heading ?? levelOf(text),
      });
    open = null;
  };
  const textOf = (n: Node): string =>
    n.type === "text"
      ? (n as unknown as { data: string }).data
      : SILENT.test(nameOf(n))
        ? ""
        : nameOf(n) === "br"
          ? " "
          : childrenOf(n).map(textOf).join("");
  const cellOf = (n: Node): Cell => {
    anchor++;
    return passage(textOf(n).replace(/\s+/g, " ").trim(), anchor);
  };
  const rowsIn = (n: Node): Node[] =>
    childrenOf(n).flatMap((c) =>
      nameOf(c) === "tr" ? [c] : /^(thead|tbody|tfoot)$/.test(nameOf(c)) ? rowsIn(c) : [],
    );
  const holdsTable = (n: Node): boolean => childrenOf(n).some((c) => nameOf(c) === "table" || holdsTable(c));
  const walk = (n: Node): void => {
    const name = nameOf(n);
    if (SILENT.test(name)) return;
    if (n.type === "text") {
      const text = (n as unknown as { data: string }).data;
      if (open === null && text.trim() !== "") open = passage("", ++anchor);
      if (open !== null) open = joined(open, passage(text, open.stretches[0].anchor, open.text.length));
      return;
    }
    // A table that only lays out the page holds others.
    if (name === "table" && !holdsTable(n)) {
      close();
      const caption = childrenOf(n).find((c) => nameOf(c) === "caption");
      if (caption) walk(caption);
      const rows = rowsIn(n).map((r) =>
        childrenOf(r)
          .filter((c) => /^t[dh]$/.test(nameOf(c)))
          .map(
            (c): SpanningCell => ({
              cell: cellOf(c),
              columns: Math.max(1, Number(attribute(c, "colspan")) || 1),
              rows: Math.max(1, Number(attribute(c, "rowspan")) || 1),
            }),
          ),
      );
      const filled = rows.filter((r) => r.length > 0);
      if (filled.length > 0)
        blocks.push({
          kind: "table",
          number: ++tables,
          anchor: filled[0][0].cell.stretches[0]?.anchor ?? anchor,
          rows: spread(filled),
          headerRows: null,
        });
      return;
    }
    const block = BLOCK.test(name) || name === "br" || name === "tr" || name === "table";
    if (block) close();
    const before = heading;
    if (/^h[1-6]$/.test(name)) heading = Number(name[1]);
    for (const c of childrenOf(n)) walk(c);
    if (block) close();
    heading = before;
  };
  for (const n of parseDocument(html).children) walk(n);
  close();
  return { places: "paragraph", blocks };
}
