import { bare, type Cell, type Table } from "./model.js";
import { cellNumber, isBlankCell } from "./numbers.js";

/** A row of figures: what its labels say, and its cells under the headings; null where nothing stands. */
export interface GridRow {
  readonly label: string;
  readonly labels: readonly string[];
  readonly cells: readonly (Cell | null)[];
}

/** A table as headings over columns of figures, and labels before rows of them. */
export interface Grid {
  readonly number: number;
  readonly anchor: number;
  /** One for each column of figures; those of several header rows joined by `/`. */
  readonly heads: readonly string[];
  /** What stands above the labels. */
  readonly corner: string;
  readonly rows: readonly GridRow[];
}

const isFigure = (c: Cell): boolean => cellNumber(c.text) !== null;
const filled = (c: Cell): boolean => c.text.trim() !== "";

/** Parts a table into headings, labels and figures; null where it has no figures. */
export function gridOf(table: Table): Grid | null {
  const rows = table.rows;
  const first = table.headerRows ?? firstBodyRow(rows);
  if (first >= rows.length) return null;
  const headRows = rows.slice(0, first);
  const repeated = new Set(headRows.map((r) => r.map((c) => bare(c.text)).join("|")));
  const body = rows.slice(first).filter((r) => !repeated.has(r.map((c) => bare(c.text)).join("|")));
  const width = Math.max(...rows.map((r) => r.length));
  const heads = headings(headRows, width);
  const isLabel = Array.from({ length: width }, (_, j) => {
    const cells = body.flatMap((r) => (r[j] && filled(r[j]) && !isBlankCell(r[j].text) ? [r[j]] : []));
    if (/^(序号|编号|NO\.?)$/i.test(heads[j])) return true;
    return cells.filter(isFigure).length < cells.length / 2;
  });
  // Labels stand in front: a column of words behind the figures is a remark.
  let lead = 0;
  while (
    lead < width &&
    (isLabel[lead] || (body.every((r) => !r[lead] || !filled(r[lead])) && heads[lead] === ""))
  )
    lead++;
  const figures = Array.from({ length: width - lead }, (_, i) => lead + i).filter((j) => !isLabel[j]);
  if (figures.length === 0) return null;
  const labelColumns = Array.from({ length: lead }, (_, j) => j).filter(
    (j) => !/^(序号|编号|NO\.?)$/i.test(heads[j]),
  );
  const last: string[] = [];
  const grid = body.map((r): GridRow => {
    const labels = labelColumns.flatMap((j) => {
      const own = r[j] ? bare(r[j].text) : "";
      if (own !== "") last[j] = own;
      const said = own === "" && r[j]?.covered ? (last[j] ?? "") : own;
      return said === "" ? [] : [said];
    });
    return {
      label: [...new Set(labels)].join(" "),
      labels,
      cells: figures.map((j) => (r[j] && filled(r[j]) && !r[j].covered ? r[j] : null)),
    };
  });
  return {
    number: table.number,
    anchor: table.anchor,
    heads: figures.map((j) => heads[j]),
    corner: labelColumns.map((j) => heads[j]).join(" "),
    rows: grid.filter((r) => r.cells.some((c) => c !== null)),
  };
}

/** The first row half of whose cells are figures. */
function firstBodyRow(rows: Table["rows"]): number {
  const at = rows.findIndex((r) => {
    const words = r.filter(filled);
    const numbers = words.filter(isFigure).length;
    return (
      numbers >= Math.max(1, Math.floor(words.length / 2)) &&
      !words.every((c) => /^(19|20)\d{2}$/.test(bare(c.text)))
    );
  });
  return at < 0 ? rows.length : at;
}

/** Headings of columns out of one or several header rows; an empty cell right of a spanning one belongs to it. */
function headings(rows: Table["rows"], width: number): string[] {
  const last = rows[rows.length - 1];
  return Array.from({ length: width }, (_, j) => {
    const parts = rows.flatMap((r, i) => {
      let k = j;
      if ((!r[k] || !filled(r[k])) && i < rows.length - 1 && last?.[j] && filled(last[j]) && !r[k]?.covered)
        while (k > 0 && (!r[k] || !filled(r[k]))) k--;
      const text = r[k] ? bare(r[k].text) : "";
      return text === "" ? [] : [text];
    });
    return [...new Set(parts)].join("/");
  });
}
