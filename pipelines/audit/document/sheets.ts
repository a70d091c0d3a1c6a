import { strFromU8, unzipSync } from "fflate";
import { parseDocument } from "htmlparser2";
import { type Block, type Cell, type PrintedDocument, passage } from "./model.js";
import { levelOf } from "./text.js";

type Node = ReturnType<typeof parseDocument>["children"][number];
const nameOf = (n: Node): string => ("name" in n ? n.name.replace(/^.*:/, "") : "");
const childrenOf = (n: Node): readonly Node[] => ("children" in n ? n.children : []);
const attribute = (n: Node, name: string): string | undefined =>
  "attribs" in n ? n.attribs[name] : undefined;
const all = (n: Node, name: string): Node[] =>
  childrenOf(n).flatMap((c) => (nameOf(c) === name ? [c] : all(c, name)));
const textOf = (n: Node): string =>
  n.type === "text"
    ? String((n as unknown as { data: string }).data)
    : nameOf(n) === "rPh"
      ? ""
      : childrenOf(n).map(textOf).join("");

/** Number formats that Excel knows without a definition. */
const BUILT_IN: Readonly<Record<number, string>> = {
  1: "0",
  2: "0.00",
  3: "#,##0",
  4: "#,##0.00",
  9: "0%",
  10: "0.00%",
};

/**
 * Reads a workbook: of each sheet the table, and rows with one text as paragraphs.
 * @throws Error where it is none
 */
export function readSheets(bytes: Uint8Array): PrintedDocument {
  const files = unzipSync(bytes);
  const xml = (name: string): Node[] =>
    files[name] ? (parseDocument(strFromU8(files[name]), { xmlMode: true }).children as Node[]) : [];
  const names = Object.keys(files)
    .filter((n) => /^xl\/worksheets\/sheet\d+\.xml$/.test(n))
    .sort((a, b) => Number(/\d+/.exec(a)?.[0]) - Number(/\d+/.exec(b)?.[0]));
  if (names.length === 0) throw new Error("is no workbook: it has no sheets");
  const shared = xml("xl/sharedStrings.xml")
    .flatMap((n) => all(n, "si"))
    .map(textOf);
  const formats = formatsOf(xml("xl/styles.xml"));
  const titles = xml("xl/workbook.xml")
    .flatMap((n) => all(n, "sheet"))
    .map((s) => attribute(s, "name") ?? "");
  const blocks: Block[] = [];
  let anchor = 0;
  let tables = 0;
  for (const [i, name] of names.entries()) {
    const title = titles[i] ?? "";
    if (title !== "") blocks.push({ kind: "paragraph", ...passage(title, ++anchor), level: null });
    let rows: Cell[][] = [];
    const close = (): void => {
      const width = Math.max(0, ...rows.map((r) => r.length));
      const filled = rows.map((r) => Array.from({ length: width }, (_, j) => r[j] ?? passage("", anchor)));
      if (filled.length > 0)
        blocks.push({
          kind: "table",
          number: ++tables,
          anchor: filled[0].find((c) => c.text !== "")?.stretches[0]?.anchor ?? anchor,
          rows: filled,
          headerRows: null,
        });
      rows = [];
    };
    for (const row of xml(name).flatMap((n) => all(n, "row"))) {
      const cells: Cell[] = [];
      for (const c of all(row, "c")) {
        const text = shownOf(c, shared, formats);
        cells[columnOf(attribute(c, "r") ?? "A")] = passage(text, ++anchor);
      }
      const full = Array.from(cells, (c) => c ?? passage("", anchor));
      const said = full.filter((c) => c.text.trim() !== "");
      if (said.length > 1) rows.push(full);
      else {
        close();
        if (said[0]) blocks.push({ kind: "paragraph", ...said[0], level: levelOf(said[0].text) });
      }
    }
    close();
  }
  return { places: "paragraph", blocks };
}

const columnOf = (reference: string): number =>
  [...reference.replace(/\d+$/, "")].reduce((n, c) => n * 26 + c.charCodeAt(0) - 64, 0) - 1;

function formatsOf(styles: readonly Node[]): string[] {
  const own = new Map(
    styles
      .flatMap((n) => all(n, "numFmt"))
      .map((f) => [attribute(f, "numFmtId") ?? "", attribute(f, "formatCode") ?? ""]),
  );
  return styles
    .flatMap((n) => all(n, "cellXfs"))
    .flatMap((n) => all(n, "xf"))
    .map((xf) => {
      const id = attribute(xf, "numFmtId") ?? "0";
      return own.get(id) ?? BUILT_IN[Number(id)] ?? "General";
    });
}

/** What a cell shows: its text, or its number in its format. */
function shownOf(c: Node, shared: readonly string[], formats: readonly string[]): string {
  const kind = attribute(c, "t") ?? "n";
  if (kind === "inlineStr") return all(c, "t").map(textOf).join("");
  const value = all(c, "v").map(textOf).join("");
  if (kind === "s") return shared[Number(value)] ?? "";
  if (kind !== "n" || value === "") return value;
  const format = (formats[Number(attribute(c, "s") ?? 0)] ?? "General").split(";")[0];
  const decimals = /\.(0+)/.exec(format)?.[1].length ?? 0;
  const number = Number(value);
  if (format.includes("%")) return `${(number * 100).toFixed(decimals)}%`;
  if (/0/.test(format)) return number.toFixed(decimals);
  return String(Number(number.toPrecision(12)));
}
