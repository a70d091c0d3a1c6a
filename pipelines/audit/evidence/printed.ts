import { Decimal } from "decimal.js";
import type { PrintedFigure } from "../arithmetic/printed-figure.js";
import { arranged } from "../document/arrange.js";
import { type Grid, gridOf } from "../document/grid.js";
import { type PrintedDocument, type Spot, spotOf } from "../document/model.js";
import { cellNumber } from "../document/numbers.js";
import { housesOf, keyOf } from "./accept.js";
import type { Book, Reading } from "./book.js";
import { readCells } from "./cells.js";
import type { Reader } from "./chain.js";
import { bindGrid, tableWords } from "./grids.js";
import { isSubtotal, isTotal, type LabelMembers, Labels } from "./labels.js";
import { meaningOf } from "./meaning.js";
import { FORGETFUL, type Memory } from "./memory.js";
import { houseKey, isChange, isShare } from "./score.js";
import { type ReadNumber, readSentence } from "./sentence.js";
import { decimalsAt, type Slip } from "./slots.js";
import { tell } from "./tell.js";
import { Sentences, type Told, type ToldNumber } from "./told.js";
import { Decimals, decimalsOf, factorOf } from "./units.js";
import type { Vocabulary } from "./vocabulary.js";

/** A number of a document, with what it was found to be a figure of. */
export interface FoundFigure {
  readonly spot: Spot;
  /** Number of its table; null in prose. */
  readonly table: number | null;
  readonly place: string;
  readonly printed: string;
  readonly unit: string | null;
  readonly reading: Reading | null;
  readonly slip: Slip | null;
  /** A unit that fits where the printed one does not. */
  readonly rightUnit: string | null;
  /** For the print's own arithmetic: `meaning` is a reason where it is not understood. */
  readonly figure: PrintedFigure;
  /** How sure the words are of it, for learning. */
  readonly margin: number;
}

const NOT_UNDERSTOOD = "no figure fits it by its digits, its neighbours and its words";

/** Finds what every number of a document is a figure of. */
export function findFigures(
  document: PrintedDocument,
  book: Book,
  vocabulary: Vocabulary,
  memory: Pick<Memory, "of"> = FORGETFUL,
): FoundFigure[] {
  const labels = memory.of("labels", () => new Labels(vocabulary));
  const sections = new Sentences();
  const prose: Told[] = [];
  const grids: { grid: Grid; title: string; heads: string[] }[] = [];
  let title = "";
  for (const block of document.blocks) {
    if (block.kind === "paragraph") {
      prose.push(...sections.of(block));
      title = block.text.length <= 60 ? block.text.trim() : "";
      continue;
    }
    const plainly =
      block.kind === "run" ? arranged(block, vocabulary.knows, rankBy(book, vocabulary)) : block;
    const grid = gridOf(plainly);
    if (grid !== null) grids.push({ grid, title, heads: sections.heads });
  }
  const tolds = grids.map((g) => tell(g.grid, g.title, g.heads, vocabulary));
  const decimals = new Decimals([...prose, ...tolds.flat().map((t) => t.told)].flatMap((t) => t.numbers));
  const first: Reader = { book, vocabulary, decimals, houses: new Map() };
  const reader = { ...first, houses: housesOf(prose, first, memory) };
  const found: FoundFigure[] = [];
  for (const [i, told] of prose.entries()) {
    const read = memory.of(`sentence ${keyOf(told, reader)}`, () => readSentence(told, reader));
    for (const [k, n] of told.numbers.entries()) found.push(inProse(told, i, k, n, read[k], reader));
  }
  for (const [g, { grid, title: name, heads }] of grids.entries())
    found.push(
      ...memory.of(`table ${JSON.stringify([grid, name, heads, decimals.key])}`, () =>
        inTable(grid, name, heads, tolds[g], labels, reader),
      ),
    );
  return found.sort((a, b) => a.spot.anchor - b.spot.anchor || a.spot.at - b.spot.at);
}

function inProse(
  told: Told,
  sentence: number,
  at: number,
  n: ToldNumber,
  read: ReadNumber | null,
  reader: Reader,
): FoundFigure {
  const figure = printedOf(n, read, reader, {
    id: `第${n.spot.anchor}行第${sentence + 1}句`,
    row: "",
    rowIndex: 0,
    line: n.spot.anchor,
    kind: "statement",
    key: `${read ? `${read.reading.figure.indicator} ` : ""}#${at + 1}`,
  });
  const made = entry(n, read, figure, told.text.replace(/\s+/g, ""), null);
  return read !== null && againstHouse(told, read.reading, reader) ? { ...made, margin: 0 } : made;
}

/** Whether a reading is of a whole care where the bureau means one category of it by the same word. */
function againstHouse(told: Told, { figure }: Reading, { houses }: Reader): boolean {
  const { insurance, members } = figure.scope;
  const house = houses.get(houseKey(insurance, members.get("care"), told.heads));
  return house !== undefined && !members.has("category") && !isShare(figure.indicator);
}

type Where = Pick<PrintedFigure, "id" | "row" | "rowIndex" | "line" | "kind" | "key">;

function printedOf(n: ToldNumber, read: ReadNumber | null, reader: Reader, where: Where): PrintedFigure {
  if (read === null)
    return {
      ...where,
      heading: where.key,
      text: n.printed,
      printed: null,
      decimals: 0,
      meaning: NOT_UNDERSTOOD,
    };
  const { reading } = read;
  const negative = isChange(reading.form) ? read.sign < 0 : n.sign === "-";
  const text = `${negative ? "-" : ""}${n.digits}`;
  const value = reading.figure.values[reading.form === "previous" ? 1 : 0] ?? 0;
  const abs = !isChange(reading.form) && value < 0 && !negative;
  const factor = factorOf(n.unit, reading) ?? 1;
  const scope = [reading.figure.scope.insurance, ...reading.figure.scope.members.values()].join(" ");
  return {
    ...where,
    heading: `${scope} ${reading.figure.indicator} ${reading.form}`,
    part: scope,
    column: `${reading.figure.indicator} ${reading.form} ${n.unit}`,
    text,
    printed: new Decimal(text),
    decimals: decimalsAt(n, reading, reader),
    meaning: meaningOf(reading.figure, reading.form, factor, reader.book, abs),
  };
}

const entry = (
  n: { readonly printed: string; readonly unit: string | null; readonly spot: Spot },
  read: ReadNumber | null,
  figure: PrintedFigure,
  place: string,
  table: number | null,
): FoundFigure => ({
  spot: n.spot,
  table,
  place,
  printed: n.printed,
  unit: n.unit,
  reading: read?.reading ?? null,
  slip: read?.slip ?? null,
  rightUnit: read?.unit ?? null,
  figure,
  margin: read?.margin ?? 0,
});

function inTable(
  grid: Grid,
  title: string,
  heads: readonly string[],
  told: ReturnType<typeof tell>,
  labels: Labels,
  reader: Reader,
): FoundFigure[] {
  const bound = bindGrid(grid, tableWords(title, heads, labels), labels, reader);
  const cells = new Map(readCells(bound, labels, reader).map((c) => [`${c.row} ${c.column}`, c]));
  const id = `表${grid.number}${title === "" ? "" : ` ${title.replace(/\s+/g, "")}`}`;
  const digits = (c: { readonly text: string } | null): number =>
    decimalsOf((c && cellNumber(c.text)?.digits) || "");
  const ofColumn = grid.heads.map((_, j) => Math.max(0, ...grid.rows.map((r) => digits(r.cells[j]))));
  const ofRow = grid.rows.map((r) => Math.max(0, ...r.cells.map(digits)));
  // What no line of the table was bound to is read as a sentence is.
  const rest = new Map<string, { n: ToldNumber; read: ReadNumber | null }>();
  for (const { told: sentence, cells: at } of told) {
    if (at.every(({ row, column }) => cells.has(`${row} ${column}`))) continue;
    const read = readSentence(sentence, reader);
    for (const [i, { row, column }] of at.entries()) {
      const own = read[i]?.slip && strange(read[i].reading, labels.of(grid.rows[row].label)) ? null : read[i];
      rest.set(`${row} ${column}`, { n: sentence.numbers[i], read: own });
    }
  }
  const found: FoundFigure[] = [];
  for (const [row, { label, cells: own }] of grid.rows.entries())
    for (const [column, cell] of own.entries()) {
      const n = cell && cellNumber(cell.text);
      if (!cell || !n) continue;
      const head = grid.heads[column];
      const kind = isSubtotal(label) ? "subtotal" : isTotal(label) && label !== "" ? "total" : "detail";
      const where = { id, row: label, rowIndex: row, line: spotOf(cell, n.start).anchor, key: head };
      const place = [title.replace(/\s+/g, ""), label, head].filter((t) => t !== "").join(" ");
      const spot = spotOf(cell, n.start);
      const c = cells.get(`${row} ${column}`);
      if (c !== undefined) {
        const text = `${n.sign === "-" ? "-" : ""}${n.digits}`;
        const figure: PrintedFigure = {
          ...where,
          kind: c.kind,
          heading: head,
          text,
          printed: new Decimal(text),
          decimals: bound.axis === "columns" ? ofColumn[column] : ofRow[row],
          meaning: c.meaning,
        };
        found.push({
          ...{
            spot,
            table: grid.number,
            place,
            printed: n.printed,
            unit: c.unit,
            reading: c.reading,
            slip: null,
          },
          ...{ rightUnit: c.misnamedUnit ? c.unit : null, figure, margin: c.reading === null ? 0 : 9 },
        });
        continue;
      }
      const r = rest.get(`${row} ${column}`);
      const number = r?.n ?? { ...n, left: "", right: "", spot };
      const figure = printedOf(number, r?.read ?? null, reader, { ...where, kind });
      found.push(entry({ ...number, printed: n.printed, spot }, r?.read ?? null, figure, place, grid.number));
    }
  return found;
}

/** Whether a row's label names places or groups of which the figure has none. */
function strange({ figure }: Reading, label: LabelMembers): boolean {
  const said = [...label].filter(([d]) => !["insurance", "whole", "care"].includes(d));
  return said.length > 0 && !said.some(([d, ms]) => ms.has(figure.scope.members.get(d) ?? ""));
}

/** Share of the cells whose print-alike figures have what the headings of their column name. */
function rankBy(book: Book, vocabulary: Vocabulary) {
  const labels = new Labels(vocabulary);
  const decimals = new Decimals([]);
  const reader: Reader = { book, vocabulary, decimals, houses: new Map() };
  return (heads: readonly string[], rows: readonly (readonly { readonly text: string }[])[]): number => {
    let [hit, all] = [0, 0];
    for (const [j, head] of heads.entries()) {
      const want = [...labels.of(head)].filter(([d]) => !["insurance", "facility", "whole"].includes(d));
      for (const row of rows) {
        const n = row[j] && cellNumber(row[j].text);
        if (!n || Number(n.digits) === 0) continue;
        all++;
        if (want.length === 0) continue;
        const alike = alikeOf(n, reader);
        if (alike.some((r) => want.every(([d, ms]) => ms.has(r.figure.scope.members.get(d) ?? ""))))
          hit += want.length;
      }
    }
    return hit / Math.max(all, 1);
  };
}

const alikeOf = (
  n: { readonly digits: string; readonly unit: string | null },
  { book }: Reader,
): Reading[] => {
  const x = Number(n.digits);
  const step = 10 ** -decimalsOf(n.digits);
  if (n.unit === "%") return book.alike("%", x, step);
  return [
    ...book.alike("visit", x, 1),
    ...book.alike("person", x, 1),
    ...(n.digits.includes(".")
      ? book.alike("yuan", x * 1e4, 1e4 * 10 ** -Math.max(2, decimalsOf(n.digits)))
      : []),
  ];
};
