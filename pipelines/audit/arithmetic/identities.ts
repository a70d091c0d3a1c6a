import { Decimal } from "decimal.js";
import { type Place, placeKey } from "./figures.js";
import type { PrintedFigure } from "./printed-figure.js";
import { type Meaning, meaningKey, quantityKey } from "./quantity.js";

/** Between which bounds a printed figure may lie, unrounded. */
export interface Range {
  readonly lo: Decimal;
  readonly hi: Decimal;
}

/** Where a figure lies; null where it is not known. In yuan, visits, days or fractions. */
export type RangeOf = (figure: PrintedFigure) => Range | null;

/** Something that the print says of several of its figures at once. */
export interface Identity {
  /** What it says, for people. */
  readonly rule: string;
  readonly output: PrintedFigure;
  readonly inputs: readonly PrintedFigure[];
  /** What the inputs make of the output, in its unit; null where that cannot be said. */
  readonly value: (of: RangeOf) => Range | null;
}

const point = (n: Decimal.Value): Range => ({ lo: new Decimal(n), hi: new Decimal(n) });
const plus = (a: Range, b: Range): Range => ({ lo: a.lo.plus(b.lo), hi: a.hi.plus(b.hi) });
const minus = (a: Range, b: Range): Range => ({ lo: a.lo.minus(b.hi), hi: a.hi.minus(b.lo) });
const corners = (values: readonly Decimal[]): Range => ({
  lo: Decimal.min(...values),
  hi: Decimal.max(...values),
});
const times = (a: Range, b: Range): Range =>
  corners([a.lo.times(b.lo), a.lo.times(b.hi), a.hi.times(b.lo), a.hi.times(b.hi)]);
const over = (a: Range, b: Range): Range | null =>
  b.lo.isNeg() !== b.hi.isNeg() || b.lo.isZero() || b.hi.isZero()
    ? null
    : corners([a.lo.div(b.lo), a.lo.div(b.hi), a.hi.div(b.lo), a.hi.div(b.hi)]);
const scaled = (r: Range, by: Decimal.Value): Range => times(r, point(by));

type Known = Omit<PrintedFigure, "meaning" | "printed"> & {
  readonly meaning: Meaning;
  readonly printed: Decimal;
};
const known = (f: PrintedFigure): f is PrintedFigure & Known =>
  typeof f.meaning !== "string" && f.printed !== null;

/** Every identity that a print states between its own figures, by the formulas behind them. */
export function identities(figures: readonly PrintedFigure[]): Identity[] {
  const all: Known[] = figures.filter(known);
  const byMeaning = new Map<string, Known[]>();
  for (const f of all) {
    const key = meaningKey(f.meaning);
    byMeaning.set(key, [...(byMeaning.get(key) ?? []), f]);
  }
  const lookup: Lookup = { byMeaning, bySum: sumsOf(all) };
  const found: Identity[] = [];
  for (const group of byMeaning.values()) found.push(...sameFigure(group));
  for (const f of all) {
    const made = fromParts(f, lookup);
    if (made) found.push(made);
    found.push(...fromYears(f, lookup));
  }
  for (const rows of byColumn(all)) found.push(...totals(rows, lookup));
  for (const group of byStatement(all)) found.push(...statementTotals(group));
  return found;
}

interface Lookup {
  readonly byMeaning: ReadonlyMap<string, readonly Known[]>;
  /** Sums, this year's and last year's, by what they are. */
  readonly bySum: ReadonlyMap<string, readonly Known[]>;
}

/** Beside which figure one is looked up. */
interface Near extends Lookup {
  readonly near: Known;
}

function sumsOf(all: readonly Known[]): Map<string, Known[]> {
  const found = new Map<string, Known[]>();
  for (const f of all) {
    const { top, bottom, form } = f.meaning;
    if (bottom !== null || (form !== "value" && form !== "previous")) continue;
    const key = `${form} ${quantityKey(top)}`;
    found.set(key, [...(found.get(key) ?? []), f]);
  }
  return found;
}

/** Of a sum printed several times the one of the same table or sentence; elsewhere that with the most digits. */
function sumNear({ bySum, near }: Near, key: string): Known | undefined {
  const found = bySum.get(key) ?? [];
  return [...found].sort(
    (a, b) => Number(b.id === near.id) - Number(a.id === near.id) || b.decimals - a.decimals,
  )[0];
}

/** A figure that is printed several times. */
function sameFigure(group: readonly Known[]): Identity[] {
  return group.slice(1).flatMap((f, i) => {
    const one = (output: Known, input: Known): Identity => ({
      rule: "the print has this figure twice",
      output,
      inputs: [input],
      value: (of) => {
        const r = of(input);
        return r && scaled(r, new Decimal(output.meaning.scale).div(input.meaning.scale));
      },
    });
    const first = group[i];
    return [one(f, first), one(first, f)];
  });
}

/** Range of a sum in base units, out of figures of the print; and which those are. */
function baseOf(
  quantity: Meaning["top"],
  year: "value" | "previous",
  lookup: Near,
): { inputs: Known[]; range: (of: RangeOf) => Range | null } | null {
  const direct = sumNear(lookup, `${year} ${quantityKey(quantity)}`);
  if (direct) {
    return { inputs: [direct], range: (of) => toBase(of(direct), direct) };
  }
  if (quantity.terms.length > 1 && !quantity.abs) {
    const parts = quantity.terms.map((t) =>
      sumNear(lookup, `${year} ${quantityKey({ terms: [{ ...t, sign: 1 }], abs: false })}`),
    );
    if (parts.some((p) => p === undefined)) return null;
    const inputs = parts as Known[];
    return {
      inputs,
      range: (of) =>
        inputs.reduce<Range | null>((sum, p, i) => {
          const r = toBase(of(p), p);
          return sum && r && (quantity.terms[i].sign === 1 ? plus(sum, r) : minus(sum, r));
        }, point(0)),
    };
  }
  // A fee out of the average fee and the visits.
  for (const group of lookup.byMeaning.values()) {
    const ratio = group[0];
    const { bottom, top, form } = ratio.meaning;
    if (bottom === null || form !== year || quantityKey(top) !== quantityKey(quantity)) continue;
    const base = sumNear(lookup, `${year} ${quantityKey(bottom)}`);
    if (!base) continue;
    return {
      inputs: [ratio, base],
      range: (of) => {
        const [a, b] = [toBase(of(ratio), ratio), toBase(of(base), base)];
        return a && b && times(a, b);
      },
    };
  }
  return null;
}

const toBase = (r: Range | null, f: Known): Range | null =>
  r && scaled(r, new Decimal(1).div(f.meaning.scale));

/** A quotient out of what it divides, a difference of sums out of its parts. */
function fromParts(f: Known, lookup: Lookup): Identity | null {
  const { top, bottom, form, scale } = f.meaning;
  if (form !== "value" && form !== "previous") return null;
  if (bottom === null && top.terms.length < 2) return null;
  const beside = { ...lookup, near: f };
  const a = bottom === null ? withoutItself(f, form, beside) : baseOf(top, form, beside);
  const b = bottom === null ? { inputs: [], range: () => point(1) } : baseOf(bottom, form, beside);
  if (a === null || b === null) return null;
  const inputs = [...a.inputs, ...b.inputs];
  if (inputs.includes(f)) return null;
  return {
    rule: bottom === null ? "made from its parts" : "divided from the print's own figures",
    output: f,
    inputs,
    value: (of) => {
      const [x, y] = [a.range(of), b.range(of)];
      if (x === null || y === null) return null;
      if (y.lo.isZero() && y.hi.isZero()) return point(0);
      const r = over(x, y);
      const sign = top.abs && r?.hi.isNeg() ? -1 : 1;
      return r && scaled(r, sign * scale);
    },
  };
}

function withoutItself(f: Known, year: "value" | "previous", lookup: Near) {
  const parts = f.meaning.top.terms.map((t) =>
    baseOf({ terms: [{ ...t, sign: 1 }], abs: false }, year, lookup),
  );
  if (parts.some((p) => p === null)) return null;
  const found = parts as { inputs: Known[]; range: (of: RangeOf) => Range | null }[];
  return {
    inputs: found.flatMap((p) => p.inputs),
    range: (of: RangeOf): Range | null =>
      found.reduce<Range | null>((sum, p, i) => {
        const r = p.range(of);
        return sum && r && (f.meaning.top.terms[i].sign === 1 ? plus(sum, r) : minus(sum, r));
      }, point(0)),
  };
}

/** A difference or a growth out of this year's and last year's figure. */
function fromYears(f: Known, { byMeaning }: Lookup): Identity[] {
  const { form, scale } = f.meaning;
  if (form === "value" || form === "previous") return [];
  const { meaning } = f;
  const of = (year: "value" | "previous"): readonly Known[] =>
    byMeaning.get(meaningKey({ ...meaning, form: year })) ?? [];
  const found: Identity[] = [];
  for (const now of of("value")) {
    for (const before of of("previous")) {
      // Of figures printed several times those of the same table or sentence belong together.
      if (
        now.id !== before.id &&
        (of("value").length > 1 || of("previous").length > 1) &&
        now.id !== f.id &&
        before.id !== f.id
      )
        continue;
      found.push({
        rule: form === "difference" ? "this year less last year" : "this year over last year",
        output: f,
        inputs: [now, before],
        value: (at) => {
          const [a, b] = [toBase(at(now), now), toBase(at(before), before)];
          if (a === null || b === null) return null;
          if (form === "difference") return scaled(minus(a, b), scale);
          if (b.lo.isZero() && b.hi.isZero()) return a.lo.isZero() && a.hi.isZero() ? point(0) : point(100);
          const ratio = over(a, b);
          return ratio && scaled(form === "growth" ? minus(ratio, point(1)) : ratio, 100);
        },
      });
    }
  }
  return found;
}

function byColumn(all: readonly Known[]): Known[][] {
  const columns = new Map<string, Known[]>();
  for (const f of all) {
    if (f.kind === "statement") continue;
    const key = `${f.id} ${f.key}`;
    columns.set(key, [...(columns.get(key) ?? []), f]);
  }
  return [...columns.values()];
}

/** Totals and subtotals of a column: the sum of their lines, or their mean by what they divide. */
function totals(rows: readonly Known[], lookup: Lookup): Identity[] {
  const found: Identity[] = [];
  for (const [at, f] of rows.entries()) {
    // One person may stand in several lines.
    if (f.kind === "detail" || countsPersons(f.meaning)) continue;
    const details =
      f.kind === "total"
        ? rows.filter((r) => r.kind === "detail")
        : detailsBefore(rows, at).filter((r) => within(r, f));
    const subtotals = rows.filter((r) => r.kind === "subtotal");
    for (const parts of [uniq(details), f.kind === "total" && subtotals.length > 1 ? subtotals : []]) {
      const made = parts.length === 0 ? null : totalOf(f, parts, lookup);
      if (made) found.push(made);
    }
  }
  return found;
}

const countsPersons = ({ top, bottom }: Meaning): boolean =>
  [top, bottom].some((q) => q?.terms.some((t) => t.indicator === "persons"));

const uniq = <T>(list: readonly T[]): T[] => [...new Set(list)];

function detailsBefore(rows: readonly Known[], at: number): Known[] {
  const found: Known[] = [];
  for (let i = at - 1; i >= 0 && rows[i].kind === "detail"; i--) found.push(rows[i]);
  return found;
}

/** Whether a line lies within a sum: 小计 of 异地 takes no 本地. Told by the places, where they are of a kind. */
function within(part: Known, whole: Known): boolean {
  const [a, b] = [placesOf(part), placesOf(whole)];
  if (a.length === 0 || b.length === 0 || a[0].grouping !== b[0].grouping) return true;
  const keys = new Set(b.map(placeKey));
  return a.every((p) => keys.has(placeKey(p)));
}
const placesOf = (f: Known): readonly Place[] => f.meaning.top.terms[0]?.places ?? [];

function totalOf(f: Known, parts: readonly Known[], lookup: Lookup): Identity | null {
  const { bottom, form, scale } = f.meaning;
  if (form !== "value" && form !== "previous" && form !== "difference") return null;
  if (bottom === null || quantityKey(bottom) === quantityKey(parts[0].meaning.bottom ?? f.meaning.top)) {
    return {
      rule: "sum of its lines",
      output: f,
      inputs: parts,
      value: (of) => parts.reduce<Range | null>((sum, p) => sum && add(sum, of(p)), point(0)),
    };
  }
  if (form === "difference") return null;
  const weights = parts.map((p) =>
    p.meaning.bottom ? baseOf(p.meaning.bottom, form, { ...lookup, near: f }) : null,
  );
  if (weights.some((w) => w === null)) return null;
  const of = weights as { inputs: Known[]; range: (of: RangeOf) => Range | null }[];
  return {
    rule: "mean of its lines",
    output: f,
    inputs: uniq([...parts, ...of.flatMap((w) => w.inputs)]),
    value: (at) => {
      let top: Range | null = point(0);
      let base: Range | null = point(0);
      for (const [i, p] of parts.entries()) {
        const [r, w] = [toBase(at(p), p), of[i].range(at)];
        top = top && r && w && plus(top, times(r, w));
        base = base && w && plus(base, w);
      }
      const mean = top && base && over(top, base);
      return mean && scaled(mean, scale);
    },
  };
}

const add = (sum: Range, r: Range | null): Range | null => r && plus(sum, r);

function byStatement(all: readonly Known[]): Known[][] {
  const found = new Map<string, Known[]>();
  for (const f of all) {
    if (f.kind !== "statement" || f.meaning.form !== "value" || f.meaning.bottom !== null) continue;
    if (!f.key.endsWith("spend_wan")) continue;
    found.set(f.id, [...(found.get(f.id) ?? []), f]);
  }
  return [...found.values()];
}

/** A sentence that says a sum first, and then what it is made of. */
function statementTotals([whole, ...parts]: readonly Known[]): Identity[] {
  if (parts.length < 2) return [];
  const out: Identity[] = [];
  const all = [whole, ...parts];
  for (const output of all) {
    const inputs = all.filter((f) => f !== output);
    out.push({
      rule: "the sentence adds up",
      output,
      inputs,
      value: (of) =>
        inputs.reduce<Range | null>((sum, p) => {
          const r = of(p);
          if (sum === null || r === null) return null;
          return output === whole || p === whole ? plus(sum, r) : minus(sum, r);
        }, point(0)),
    });
  }
  return out;
}
