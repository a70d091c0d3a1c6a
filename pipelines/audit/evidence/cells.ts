import type { Meaning } from "../arithmetic/quantity.js";
import type { WrittenNumber } from "../document/numbers.js";
import { type Book, type Figure, FORMS, type Reading } from "./book.js";
import type { Reader } from "./chain.js";
import { type BoundLine, cellFigures, figuresAt, isOutside, type LineKey } from "./columns.js";
import type { BoundGrid } from "./grids.js";
import { isSubtotal, isTotal, type LabelMembers, type Labels } from "./labels.js";
import { absentMeaning, meaningOf, totalMeaning } from "./meaning.js";
import { decimalsOf, factorOf, rounded } from "./units.js";

/** What a cell says. */
export interface ReadCell {
  readonly row: number;
  readonly column: number;
  readonly number: WrittenNumber;
  readonly kind: "detail" | "subtotal" | "total";
  readonly unit: string | null;
  readonly misnamedUnit: boolean;
  readonly meaning: Meaning;
  /** null of a sum of several figures, and where no row has the figure, which is then 0. */
  readonly reading: Reading | null;
  readonly key: LineKey;
  readonly text: string;
}

/** Units of cells whose heading says none, by what the figures are. */
function unitFor(bound: BoundLine, figure: Figure | null): string | null {
  const { unit, key } = bound;
  if (key.form === "change_pct" || key.unitOfFigure === "fraction") return "%";
  if (figure?.kind === "visit") return "人次";
  if (figure?.kind === "person") return "人";
  if (figure?.kind === "day") return "天";
  if (figure?.kind === "yuan") return unit === "元" || unit === "亿元" ? unit : "万元";
  if (figure?.kind === "per") return "元";
  // A ratio is in no unit of money, whatever the money beside it is in.
  return /元$/.test(unit ?? "") ? null : unit;
}

/** The cells of a table whose lines are bound. */
export function readCells(found: BoundGrid, labels: Labels, reader: Reader): ReadCell[] {
  const cells: ReadCell[] = [];
  const meant = meantMembers(found, labels, reader);
  for (const [at, { line, bound }] of found.lines.entries()) {
    if (bound === null) continue;
    const place = (i: number): { row: number; column: number } =>
      found.axis === "columns" ? { row: i, column: at } : { row: at, column: i };
    let since: Figure[] = [];
    let group = "";
    // Whether a line's figure is not known, so that a sum of the others is none.
    let openSince = false;
    const sample = line.cells
      .flatMap((c) => figuresAt(bound.key, labels.of(c.label), reader.book))
      .find((f) => f !== undefined);
    const unit = unitFor(bound, sample ?? null);
    const scaleOf = (figure: Figure): number => factorOf(unit, { figure, form: bound.key.form }) ?? 1;
    const lines = line.cells.map((c) => {
      const total = isTotal(c.label);
      const members = labels.of(c.label);
      const outside = isOutside(bound.key, members);
      const options = total ? [] : cellFigures(bound.key, members, reader.book);
      const shown = c.number;
      const printing = options.filter((f) => shown !== null && prints(shown, f, bound, scaleOf(f)));
      // 省内 may be the province with or without the city: what the other lines print of it.
      const figure =
        printing.find((f) => meant.get(c.label)?.has(ownMembers(f, bound.key))) ??
        printing[0] ??
        onlyOne(options, meant.get(c.label), bound.key);
      return { total, outside, figure, unknown: !total && figure === null && !isZero(shown) };
    });
    // A total may stand before its lines.
    const details = lines.flatMap((l) => (l.figure === null ? [] : [l.figure]));
    const open = lines.some((l) => l.unknown);
    for (const [i, c] of line.cells.entries()) {
      const { total, outside, figure, unknown } = lines[i];
      // 异地/省内, 异地/跨省, 异地/小计: the subtotal is of its own group.
      const own = c.label.includes("/") ? c.label.split("/")[0] : "";
      if (own !== group) [since, openSince, group] = [[], false, own];
      const shown = c.number;
      if (figure) since.push(figure);
      if (unknown) openSince = true;
      if (shown === null) continue;
      const base = {
        ...place(i),
        number: shown,
        unit,
        misnamedUnit: bound.misnamedUnit,
        key: bound.key,
        text: c.text,
      };
      if (total) {
        const kind = isSubtotal(c.label) ? ("subtotal" as const) : ("total" as const);
        if (outside || (c.label.includes("/") && kind === "total")) continue;
        // 普通住院 合计, 门诊合计 are totals of their own: of what they name.
        if (kind === "total" && labels.of(c.label).size > 0) {
          const own = ownTotal(bound.key, labels.of(c.label), reader.book).find((f) =>
            prints(shown, f, bound, scaleOf(f)),
          );
          if (own === undefined) continue;
          const reading = { figure: own, form: bound.key.form };
          const meaning = meaningOf(own, reading.form, scaleOf(own), reader.book, false);
          cells.push({ ...base, kind, meaning, reading });
          continue;
        }
        const whole = kind === "subtotal" && since.length > 0 ? !openSince : !open;
        const parts = kind === "subtotal" && since.length > 0 ? since : details;
        const meaning = totalOf(kind, bound, parts, whole, shown, unit, reader.book);
        if (kind === "subtotal") [since, openSince] = [[], false];
        if (meaning !== null) cells.push({ ...base, kind, ...meaning });
      } else if (figure !== null) {
        const form = bound.key.form;
        const negative = (figure.values[FORMS.indexOf(form)] ?? 0) < 0;
        const abs = negative && shown.sign === null && (form === "value" || form === "previous");
        const meaning = meaningOf(figure, form, scaleOf(figure), reader.book, abs);
        cells.push({ ...base, kind: "detail", meaning, reading: { figure, form } });
      } else if (sample !== undefined && !outside && Number(shown.digits) === 0) {
        const scope = emptyScope(bound.key, labels, c.label, reader.book);
        if (scope === null) continue;
        const meaning = absentMeaning(sample, scope, bound.key.form, scaleOf(sample));
        cells.push({ ...base, kind: "detail", meaning, reading: null });
      }
    }
  }
  return cells;
}

function emptyScope(key: LineKey, labels: Labels, label: string, book: Book) {
  const members = labels.of(label);
  const own = key.named.map((d) => [d, [...(members.get(d) ?? [])][0]] as const);
  if (own.length === 0 || own.some(([, m]) => m === undefined) || key.insurance === null) return null;
  return book.scope(key.insurance, [...key.shared, ...(own as [string, string][])]);
}

/** What a total may say that names members itself. */
function ownTotal({ insurance, shared, indicator }: LineKey, label: LabelMembers, book: Book): Figure[] {
  let options: [string, string][][] = [[...shared]];
  for (const [d, members] of label)
    if (d !== "insurance" && d !== "whole" && !shared.has(d))
      options = options.flatMap((o) => [o, ...[...members].map((m): [string, string][] => [...o, [d, m]])]);
  const insurances = label.get("insurance") ?? (insurance === null ? [] : [insurance]);
  return [...insurances].flatMap((i) =>
    options.flatMap((o) => (o.length > shared.size ? (book.at(book.scope(i, o), indicator) ?? []) : [])),
  );
}

/** The members of a scope that its line does not share. */
const ownMembers = ({ scope }: Figure, { shared }: LineKey): string =>
  [...scope.members]
    .filter(([d, m]) => shared.get(d) !== m)
    .map(([d, m]) => `${d}=${m}`)
    .sort()
    .join();

/** Which of the members that a label may mean the other lines of the table print: those that most of them agree with. */
function meantMembers(found: BoundGrid, labels: Labels, reader: Reader): Map<string, ReadonlySet<string>> {
  const votes = new Map<string, Map<string, number>>();
  for (const { line, bound } of found.lines) {
    if (bound === null) continue;
    for (const c of line.cells) {
      if (c.number === null || isTotal(c.label)) continue;
      const of = votes.get(c.label) ?? new Map<string, number>();
      votes.set(c.label, of);
      for (const figure of cellFigures(bound.key, labels.of(c.label), reader.book)) {
        const own = ownMembers(figure, bound.key);
        const scale = factorOf(unitFor(bound, figure), { figure, form: bound.key.form }) ?? 1;
        of.set(own, (of.get(own) ?? 0) + (prints(c.number, figure, bound, scale) ? 1 : 0));
      }
    }
  }
  return new Map(
    [...votes].map(([label, of]) => {
      const most = Math.max(0, ...of.values());
      return [label, new Set([...of].flatMap(([own, n]) => (n === most ? [own] : [])))];
    }),
  );
}

/** The figure of a cell that prints none of its options: one that is clear, or null. */
function onlyOne(
  options: readonly Figure[],
  meant: ReadonlySet<string> | undefined,
  key: LineKey,
): Figure | null {
  const own = options.filter((f) => meant?.has(ownMembers(f, key)));
  const [first] = own;
  if (first === undefined || (meant && own.length < meant.size)) return null;
  const at = FORMS.indexOf(key.form);
  return own.every((f) => f.values[at] === first.values[at]) ? first : null;
}

const isZero = (n: WrittenNumber | null): boolean => n === null || Number(n.digits) === 0;

/** Whether a figure prints as the number, rounded half up or cut off. */
function prints(n: WrittenNumber, figure: Figure, { key }: BoundLine, scale: number): boolean {
  const value = figure.values[FORMS.indexOf(key.form)];
  return value !== null && alike(n, value * scale);
}
const alike = (n: WrittenNumber, value: number): boolean => {
  const d = decimalsOf(n.digits);
  const shown = Number(n.digits).toFixed(d);
  return rounded(value, d, "half-up") === shown || rounded(value, d, "cut-off") === shown;
};

/** What a total says: everything of its table, or the sum of its lines, whichever prints so. */
function totalOf(
  kind: "subtotal" | "total",
  bound: BoundLine,
  parts: readonly Figure[],
  whole: boolean,
  n: WrittenNumber,
  unit: string | null,
  book: Book,
): { meaning: Meaning; reading: Reading | null } | null {
  const { key } = bound;
  if (parts.length === 0) return null;
  const form = key.form;
  const factor = factorOf(unit, { figure: parts[0], form }) ?? 1;
  const options: { meaning: Meaning; reading: Reading | null; value: number | null }[] = [];
  if (kind === "total" && key.insurance !== null) {
    const shared = [...key.shared];
    const cares = key.named.includes("category")
      ? [shared, [...shared, ["care", "all+booked"] as const]]
      : [shared];
    for (const members of cares) {
      const figure = book.at(book.scope(key.insurance, members as [string, string][]), key.indicator);
      if (figure === undefined) continue;
      const value = figure.values[FORMS.indexOf(form)];
      const abs = (value ?? 0) < 0 && n.sign === null && (form === "value" || form === "previous");
      const meaning = meaningOf(figure, form, factor, book, abs);
      options.push({ meaning, reading: { figure, form }, value: value === null ? null : value * factor });
    }
  }
  const sum = whole ? totalMeaning(parts, form, factor, book) : null;
  if (sum !== null) {
    const value = computed(sum, form, factor, book);
    options.push({ meaning: sum, reading: standsFor(parts, form, value, factor, key, book), value });
  }
  const fit = options.find((o) => o.value !== null && alike(n, o.value));
  if (fit) return fit;
  // Lines that leave something out have another total than everything: which is meant cannot be told.
  const values = new Set(options.map((o) => o.value?.toPrecision(9)));
  return sum === null
    ? null
    : values.size === 1
      ? options[0]
      : (options.find((o) => o.meaning === sum) ?? null);
}

/** The published figure that a sum of lines is: the same indicator of a wider group, equal in value. */
function standsFor(
  parts: readonly Figure[],
  form: Reading["form"],
  value: number | null,
  factor: number,
  { shared }: LineKey,
  book: Book,
): Reading | null {
  if (value === null || value === 0) return null;
  const { indicator, scope } = parts[0];
  // Quotients are published to the sixth place.
  const slack = Math.max(1e-6 * Math.max(1, Math.abs(value)), parts[0].unit === "yuan" ? 0 : 1e-6 * factor);
  for (const figure of book.with(indicator, scope.insurance)) {
    const { members } = figure.scope;
    if (members.size > shared.size + 1 || ![...shared].every(([d, m]) => members.get(d) === m)) continue;
    const own = figure.values[FORMS.indexOf(form)];
    if (own !== null && Math.abs(own * factor - value) <= slack) return { figure, form };
  }
  return null;
}

function computed(meaning: Meaning, form: Reading["form"], factor: number, book: Book): number | null {
  const value = (q: Meaning["top"], at: number): number =>
    q.terms.reduce(
      (sum, t) =>
        sum +
        t.places.reduce((s, p) => {
          const f = book.at(book.scope(p.insurance, Object.entries(p.dimensions)), t.indicator);
          return s + (f?.values[at] ?? 0);
        }, 0),
      0,
    );
  const year = (at: number): number => {
    const top = value(meaning.top, at);
    if (meaning.bottom === null) return top;
    const bottom = value(meaning.bottom, at);
    return bottom === 0 ? 0 : top / bottom;
  };
  if (form === "value") return year(0) * factor;
  if (form === "previous") return year(1) * factor;
  if (form === "change") return (year(0) - year(1)) * factor;
  return year(1) === 0 ? (year(0) === 0 ? 0 : 100) : (year(0) / year(1) - 1) * 100;
}
