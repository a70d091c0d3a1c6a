import { type Block, bare, type Cell, type PrintedDocument, passage, type Spot } from "../document/model.js";
import { cellNumber, isBlankCell, writtenNumbers } from "../document/numbers.js";
import { isRowColumn, rowKind, rowLabel } from "./lines.js";
import type { PrintedReport, PrintedStatement, PrintedTable } from "./report.js";
import { inWords } from "./words.js";

/** A figure of a report's data, by its names there, and where it stands in the document that is made of it. */
export interface DataFigure {
  /** Id of its table or sentence. */
  readonly id: string;
  readonly row: string;
  readonly rowIndex: number;
  readonly line: number | null;
  readonly kind: "detail" | "subtotal" | "total" | "statement";
  readonly key: string;
  readonly heading: string;
  readonly printed: string;
  /** null where no number can be read. */
  readonly spot: Spot | null;
}

/** A report's data as the document that it was taken from. */
export interface DataDocument {
  readonly document: PrintedDocument;
  readonly figures: readonly DataFigure[];
}

/** Puts a report's data together again: headings, sentences, tables with their titles and heads. */
export function documentOf(report: PrintedReport): DataDocument {
  const maker = new Maker();
  maker.paragraph(report.title, null);
  for (const statement of report.statements ?? []) maker.statement(statement);
  for (const table of report.tables) maker.table(table);
  return { document: { places: "paragraph", blocks: maker.blocks }, figures: maker.figures };
}

/** Deeper than any section: what a sentence's data says beside its text. */
const ASIDE = 9;

/** A value of a sentence, and where its number stands in the text. */
interface Said {
  readonly key: string;
  readonly printed: string;
  readonly at: number | null;
}

class Maker {
  readonly blocks: Block[] = [];
  readonly figures: DataFigure[] = [];
  #section = "";
  #tables = 0;
  #anchor = 0;
  /** Printed line of the sentence before. */
  #line: number | null = null;

  paragraph(text: string, level: number | null): number {
    this.#line = null;
    const anchor = ++this.#anchor;
    this.blocks.push({ kind: "paragraph", level, ...passage(text, anchor) });
    return anchor;
  }

  #under(section: string | undefined, aside: string): void {
    const said = `${section} ${aside}`;
    if (said === this.#section) return;
    this.#section = said;
    const parts = (section ?? "").split("/").map((p) => p.trim());
    for (const [i, part] of parts.entries()) if (part !== "") this.paragraph(part, i + 1);
    if (aside !== "") this.paragraph(aside, ASIDE);
  }

  statement(statement: PrintedStatement): void {
    const { id, values } = statement;
    const insurance = inWords(statement.insurance || statement.dims?.insurance || "").words;
    const text = statement.text ?? "";
    const others = Object.entries(statement.dims ?? {}).flatMap(([d, m]) => (d === "insurance" ? [] : [m]));
    const about = text === "" ? `${inWords(id).words} ${others.join(" ")}`.trim() : "";
    this.#under(statement.section, `${insurance} ${about}`.trim());
    const numbers = writtenNumbers(` ${text}`).map((n) => ({ ...n, start: n.start - 1 }));
    const taken = new Set<number>();
    let last = 0;
    let more = text;
    const found = Object.entries(values).flatMap(([key, given]): Said[] => {
      if (typeof given !== "string") return [];
      const printed = given.trim();
      const value = Number(printed.replace(/[,，+−-]/g, ""));
      const fits = numbers.flatMap((n, i) => (Number(n.digits) === value && !taken.has(i) ? [i] : []));
      const at = fits.find((i) => i >= last) ?? fits[0];
      if (at !== undefined) {
        taken.add(at);
        last = at + 1;
        return [{ key, printed, at: numbers[at].start }];
      }
      const number = cellNumber(printed);
      if (number === null) return [{ key, printed, at: null }];
      const { words, unit } = inWords(key);
      const before = `${more === "" ? `${insurance}${about}` : `${more}，`}${words}`;
      const down = statement.directions?.[key] === "down" || number.sign === "-";
      const turned = down ? before.replace(/(增长|增加)$/, (w) => (w === "增长" ? "下降" : "减少")) : before;
      more = `${turned}${number.digits}${number.unit ?? unit}`;
      return [{ key, printed, at: turned.length }];
    });
    const { anchor, from } = this.#said(more, statement.line ?? null);
    for (const { key, printed, at } of found)
      this.figures.push({
        ...{ id, row: "", rowIndex: 0, line: null, kind: "statement", key, heading: key, printed },
        spot: at === null ? null : { anchor, at: from + at },
      });
  }

  /** Adds a sentence; those of one printed line stand in one paragraph. */
  #said(text: string, line: number | null): { anchor: number; from: number } {
    const last = this.blocks.at(-1);
    if (line === null || line !== this.#line || last?.kind !== "paragraph") {
      const anchor = this.paragraph(text, null);
      this.#line = line;
      return { anchor, from: 0 };
    }
    const from = last.text.length + 1;
    const anchor = this.#anchor;
    this.blocks[this.blocks.length - 1] = { ...last, ...passage(`${last.text}；${text}`, anchor) };
    return { anchor, from };
  }

  table(table: PrintedTable): void {
    const insurance = inWords(table.insurance).words;
    this.#under(table.section, insurance);
    const title = bare(table.title).includes(insurance) ? table.title : `${insurance}${table.title}`;
    this.paragraph(title, null);
    const labels = table.columns.filter(isRowColumn);
    const others = table.columns.filter((c) => !isRowColumn(c));
    const cell = (text: string | null): Cell =>
      text === null
        ? { ...passage("", ++this.#anchor), covered: true }
        : { ...passage(text, ++this.#anchor) };
    const of = (v: string | number | null | undefined): string | null =>
      v === null || v === undefined ? null : String(v);
    const anchor = this.#anchor + 1;
    const head = [...labels, ...others].map(({ key, label, unit }) => {
      const text = label === key ? `${inWords(key).words}${unit ?? inWords(key).unit}` : label;
      const said = unit && !text.includes(unit) ? `${text}(${unit})` : text;
      return cell(said);
    });
    const rows = table.rows.map((row, rowIndex) => {
      const first = labels.map(({ key }) => cell(of(row[key])));
      const figures = others.map((column): Cell => {
        const printed = of(row[column.key]);
        const made = cell(printed);
        if (printed === null) return made;
        const number = cellNumber(printed);
        if (number === null && !column.unit && !isBlankCell(printed)) return made;
        this.figures.push({
          ...{ id: table.id, row: rowLabel(table, row), rowIndex, kind: rowKind(table, row), printed },
          ...{
            line: typeof row._line === "number" ? row._line : null,
            key: column.key,
            heading: column.label,
          },
          spot: number === null ? null : { anchor: made.stretches[0].anchor, at: number.start },
        });
        return made;
      });
      return [...first, ...figures];
    });
    this.blocks.push({ kind: "table", number: ++this.#tables, anchor, rows: [head, ...rows], headerRows: 1 });
  }
}
