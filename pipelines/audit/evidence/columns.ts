import type { Grid } from "../document/grid.js";
import { cellNumber, type WrittenNumber } from "../document/numbers.js";
import { type Book, type Figure, type FigureForm, FORMS, type Reading } from "./book.js";
import type { Reader } from "./chain.js";
import { masked } from "./context.js";
import { isSubtotal, isTotal, type LabelMembers, type Labels } from "./labels.js";
import { isChange, unnamed } from "./score.js";
import { decimalsOf, printsAs, scalesOf } from "./units.js";

/** A line of figures that go together: a column over its rows, or a row over its columns. */
export interface Line {
  readonly head: string;
  readonly cells: readonly {
    readonly label: string;
    readonly number: WrittenNumber | null;
    readonly text: string;
  }[];
}

/** What the cells of a line are figures of, but for what their labels name. */
export interface LineKey {
  readonly indicator: string;
  readonly unitOfFigure: string;
  readonly form: FigureForm;
  /** null: the labels say it. */
  readonly insurance: string | null;
  /** Members that all cells share. */
  readonly shared: ReadonlyMap<string, string>;
  /** Dimensions that the labels name. */
  readonly named: readonly string[];
}

export interface BoundLine {
  readonly key: LineKey;
  /** The unit that the cells are printed in; the heading may say another. */
  readonly unit: string | null;
  readonly misnamedUnit: boolean;
  readonly agree: number;
  readonly of: number;
  readonly score: number;
}

/** The unit that a heading says; null for none. */
export const unitIn = (head: string): string | null =>
  /[（(]\s*(亿元|万元|元|%|人次|人|天|个?百分点|月)\s*[)）]/.exec(head)?.[1] ?? null;
/** The unit that a title says of the money in its table; null for none. */
export const moneyIn = (title: string): string | null =>
  /(?:单位|人次、)[:：]?\s*[（(]?\s*(?:人次、)?(亿元|万元|元)/.exec(title)?.[1] ??
  /[（(](?:人次、)?(亿元|万元|元)[)）]/.exec(title)?.[1] ??
  null;

function formCue(head: string): FigureForm {
  if (/同比增加|增减额|增减量|增加额|增减数|百分点/.test(head)) return "change";
  if (/增长率|同比|增幅|增长|增减率|变化率|%.*增减/.test(head))
    return /增减(?!率)|增加/.test(head) ? "change" : "change_pct";
  return /20\d\d年同期|上年|去年|同期/.test(head) ? "previous" : "value";
}

/** The unit of a line's cells where its heading says one, and the unit of what money they are. */
interface LineUnit {
  readonly own: string | null;
  readonly money: string;
  /** Whether it is tried beside the unit that is said: no cell is then a count. */
  readonly forced: boolean;
}

/** Readings of a cell in the unit that is said, at the decimals that it has. */
function readings(n: WrittenNumber, { own, money, forced }: LineUnit, { book }: Reader): Reading[] {
  const said = n.unit ?? own;
  const whole = !n.digits.includes(".");
  const scales = [...scalesOf(said, money)];
  if (!forced && (said === "万元" || said === "元") && whole) scales.push(["visit", 1], ["person", 1]);
  const x = Number(n.digits);
  const d = decimalsOf(n.digits);
  return scales.flatMap(([kind, scale]) => {
    if (kind === "ratio" && d === 0) return [];
    const at =
      kind === "visit" || kind === "person" || kind === "count" ? d : d > 0 ? d : kind === "day" ? 1 : 2;
    return book.alike(kind, x * scale, scale * 10 ** -at);
  });
}

interface Candidate {
  readonly key: LineKey;
  readonly rows: Map<number, Figure>;
}

/** The figures that a line of this key may have at a label; none where no row is. */
export function figuresAt(key: LineKey, label: LabelMembers, book: Book): Figure[] {
  const insurances = key.insurance !== null ? [key.insurance] : [...(label.get("insurance") ?? [])];
  let options: [string, string][][] = [[...key.shared]];
  for (const d of key.named) {
    // Among categories 住院 stands for a whole kind of care.
    const whole = d === "category" && !label.has(d) && label.has("whole") && !key.shared.has("care");
    const said = whole ? "care" : d;
    options = options.flatMap((o) =>
      [...(label.get(said) ?? [])].map((m): [string, string][] => [...o, [said, m]]),
    );
  }
  const ofCategory = (o: [string, string][]): boolean => o.some(([d]) => d === "category");
  if (key.named.includes("category") && !key.shared.has("care"))
    options = options.flatMap((o) =>
      ofCategory(o) ? CARES.map((c): [string, string][] => [...o, ["care", c]]) : [o],
    );
  return insurances.flatMap((insurance) =>
    options.flatMap((members) => {
      const found = book.at(book.scope(insurance, members), key.indicator);
      return found ? [found] : [];
    }),
  );
}
/** Whether a label names another member than all the line's figures share: its cell is none of them. */
export const isOutside = ({ shared }: LineKey, label: LabelMembers): boolean =>
  [...shared].some(([d, m]) => label.has(d) && !label.get(d)?.has(m));

/**
 * The figures that a cell of a line may be: those at its label, or where the label names another member than the line
 * shares (个人零星报销 beside directly settled stays) those of that member, with or without what the others name.
 */
export function cellFigures(key: LineKey, label: LabelMembers, book: Book): Figure[] {
  if (!isOutside(key, label)) return figuresAt(key, label, book);
  const shared = new Map<string, string>();
  for (const [d, m] of key.shared) {
    const said = label.get(d);
    if (said === undefined || said.has(m)) shared.set(d, m);
    else if (said.size === 1) shared.set(d, [...said][0]);
    else return [];
  }
  return [[], key.named].flatMap((named) => figuresAt({ ...key, shared, named }, label, book));
}

const figureAt = (key: LineKey, label: LabelMembers, book: Book): Figure | null =>
  figuresAt(key, label, book)[0] ?? null;
const CARES = ["inpatient", "outpatient", "pharmacy", "maternity"];

/** What the words about a table say of its insurance and members. */
export interface TableWords {
  readonly title: string;
  readonly insurance: string | null;
  readonly members: ReadonlyMap<string, ReadonlySet<string>>;
}

export type LineHouse = { readonly shared: string; readonly named: string } | null;
export const sharedText = (m: ReadonlyMap<string, string>): string =>
  [...m]
    .map(([d, v]) => `${d}=${v}`)
    .sort()
    .join(",");

/**
 * Holds a line of cells against every indicator and form: the figures that most of its cells agree with are what
 * it is about. Words of heading and title choose between equal ones.
 */
export function bindLine(
  line: Line,
  words: TableWords,
  labels: Labels,
  reader: Reader,
  unit: LineUnit,
  house: LineHouse,
): BoundLine | null {
  const details = line.cells.flatMap((c, i) =>
    !isTotal(c.label) && c.number !== null
      ? [{ at: i, label: labels.of(c.label), number: c.number, zero: Number(c.number.digits) === 0 }]
      : [],
  );
  const voting = details.filter((d) => !d.zero);
  if (voting.length < 2) return null;
  const byLabels = voting.some((d) => d.label.has("insurance"));
  // What every label says, 市内住院 and 市外住院, is said of the whole line.
  const [one] = details;
  const constant = new Set(
    [...one.label].flatMap(([d, ms]) =>
      details.every((o) => sameMembers(o.label.get(d), ms)) && details.length > 1 ? [d] : [],
    ),
  );
  const found = new Map<string, Candidate>();
  for (const { at, label, number } of voting)
    for (const { figure, form } of readings(number, unit, reader)) {
      const { insurance, members } = figure.scope;
      const ownInsurance = label.get("insurance");
      if (
        ownInsurance
          ? !ownInsurance.has(insurance)
          : words.insurance !== null && insurance !== words.insurance
      )
        continue;
      const named: string[] = [];
      let stray = false;
      for (const [d, m] of members) {
        const said = label.get(d);
        if (said === undefined) continue;
        if (!said.has(m)) stray = true;
        else if (!constant.has(d)) named.push(d);
      }
      if (stray || (named.length === 0 && !ownInsurance)) continue;
      // The kind of care follows from the category; a line of categories may have a whole kind of care among them.
      const axes = named.includes("category")
        ? [named.filter((d) => d !== "care")]
        : named.includes("care") && !label.has("category") && label.has("whole")
          ? [named, named.map((d) => (d === "care" ? "category" : d))]
          : [named];
      for (const axis of axes) {
        const shared = new Map(
          [...members].filter(([d]) => !named.includes(d) && !(d === "care" && axis.includes("category"))),
        );
        const key: LineKey = {
          indicator: figure.indicator,
          unitOfFigure: figure.unit,
          form,
          insurance: byLabels && ownInsurance ? null : insurance,
          shared,
          named: [...axis].sort(),
        };
        const text = `${key.indicator} ${form} ${key.insurance} ${sharedText(shared)} ${key.named.join()}`;
        const c = found.get(text) ?? { key, rows: new Map<number, Figure>() };
        found.set(text, c);
        if (!c.rows.has(at)) c.rows.set(at, figure);
      }
    }
  const cue = formCue(line.head);
  const head = line.head.replace(/20\d\d年?|[（(].*?[)）]/g, "");
  const inHead = labels.of(masked(head));
  let best: { candidate: Candidate; score: number } | null = null;
  for (const candidate of found.values()) {
    const { key, rows } = candidate;
    let score = rows.size + 0.25 * Math.min(reader.vocabulary.likeness(key.indicator, head), 3);
    if (key.form === cue) score += 0.5;
    if (isChange(key.form) && !isChange(cue)) score -= 0.6;
    score -= 0.12 * [...key.shared.keys()].filter((d) => d !== "care").length;
    if (house && house.shared === sharedText(key.shared) && house.named === key.named.join()) score += 1.2;
    for (const [d, m] of key.shared) {
      const said = inHead.get(d) ?? words.members.get(d);
      if (said) score += said.has(m) ? (inHead.has(d) ? 0.6 : 0.3) : -0.6;
      else if (unnamed(d) >= 2) score -= 0.5;
    }
    if (score + 2 < (best?.score ?? 0)) continue;
    // A printed 0 speaks against a figure that is none.
    for (const d of details.filter((x) => x.zero)) {
      const f = figureAt(key, d.label, reader.book);
      const v = f?.values[FORMS.indexOf(key.form)] ?? 0;
      score += v !== null && Math.abs(v) >= 0.00005 ? -0.7 : 0.2;
    }
    score += totalsVote(line, key, unit.own ?? unit.money, reader.book);
    if (best === null || score > best.score) best = { candidate, score };
  }
  if (best === null) return null;
  const { key, rows } = best.candidate;
  const of = voting.filter(({ label }) => {
    if (isOutside(key, label)) return false;
    const f = figureAt(key, label, reader.book);
    return f !== null && f.values[FORMS.indexOf(key.form)] !== null;
  }).length;
  const agree = rows.size;
  if (agree < 2 || agree < 0.6 * Math.max(of, 1)) {
    // One of two cells agrees: enough where the heading says the indicator, and the lines beside are of the same group.
    const beside = house?.shared === sharedText(key.shared) && house.named === key.named.join();
    if (!(beside && agree === 1 && of === 2 && reader.vocabulary.likeness(key.indicator, head) >= 1))
      return null;
  }
  return {
    key,
    unit: unit.own ?? unit.money,
    misnamedUnit: false,
    agree,
    of: Math.max(of, 1),
    score: best.score,
  };
}

const sameMembers = (a: ReadonlySet<string> | undefined, b: ReadonlySet<string>): boolean =>
  a !== undefined && a.size === b.size && [...a].every((m) => b.has(m));

/** A printed total speaks for the key whose whole it is, and a little against one whose whole it is not. */
function totalsVote(line: Line, key: LineKey, unit: string | null, book: Book): number {
  if (key.insurance === null || key.named.includes("category")) return 0;
  const total = line.cells.find((c) => isTotal(c.label) && !isSubtotal(c.label) && c.number !== null);
  const figure = book.at(book.scope(key.insurance, key.shared), key.indicator);
  if (total?.number == null || figure === undefined) return 0;
  return printsAs(total.number, { figure, form: key.form }, unit) ? 0.6 : -0.3;
}

/** Binds a line in the unit that is said of it, if any; its money in the others too, where that fits and this does not. */
export function bindLineInAnyUnit(
  line: Line,
  words: TableWords,
  labels: Labels,
  reader: Reader,
  house: LineHouse,
): BoundLine | null {
  const own = unitIn(line.head);
  const said = own ?? moneyIn(words.title);
  const money = said !== null && MONEY.includes(said) ? said : "万元";
  const plain = bindLine(line, words, labels, reader, { own, money, forced: false }, house);
  if ((own !== null && own !== money) || (plain !== null && plain.agree >= 0.6 * plain.of)) return plain;
  for (const other of MONEY) {
    if (other === money) continue;
    const found = bindLine(line, words, labels, reader, { own: other, money: other, forced: true }, house);
    if (found !== null) return { ...found, misnamedUnit: said !== null };
  }
  return plain;
}

const MONEY: readonly string[] = ["元", "万元", "亿元"];

/** The columns of a grid, and its rows, as lines. */
export function linesOf(grid: Grid): { columns: Line[]; rows: Line[] } {
  const cell = (label: string, c: { readonly text: string } | null) => ({
    label,
    number: c === null ? null : cellNumber(c.text),
    text: c?.text ?? "",
  });
  return {
    columns: grid.heads.map((head, j) => ({ head, cells: grid.rows.map((r) => cell(r.label, r.cells[j])) })),
    rows: grid.rows.map((r) => ({ head: r.label, cells: grid.heads.map((h, j) => cell(h, r.cells[j])) })),
  };
}
