import { type Book, type Figure, FORMS, type Reading, sameReading } from "./book.js";
import { type Bound, nearly01, type Reader } from "./chain.js";
import { termsOf } from "./meaning.js";
import { allows, isShare, pairScore } from "./score.js";
import type { ToldNumber } from "./told.js";
import { factorOf, plain, printedValue, rounded } from "./units.js";
import type { Meant } from "./words.js";

/** How a printed number may have become of the right one. */
export type Slip = "same" | "swapped" | "lost" | "added" | "digit" | "point" | "rounding" | "near" | "sign";

/** The figure that its neighbours leave for a place, and how the printed number looks like it. */
export interface Slot {
  readonly reading: Reading;
  readonly slip: Slip | null;
  readonly score: number;
  /** By how much it is better than the next that prints otherwise. */
  readonly gap: number;
  /** Score by words and neighbours alone. */
  readonly base: number;
}

/** One slip of the pen or keyboard from one number to the other; null for more. */
export function slipOf(right: string, printed: string): Slip | null {
  if (right === printed) return "same";
  if (right.length === printed.length) {
    const at = [...right].flatMap((c, i) => (c === printed[i] ? [] : [i]));
    if (at.length === 1) return right[at[0]] === "." || printed[at[0]] === "." ? null : "digit";
    if (
      at.length === 2 &&
      at[1] === at[0] + 1 &&
      right[at[0]] === printed[at[1]] &&
      right[at[1]] === printed[at[0]]
    )
      return right[at[0]] === "." || right[at[1]] === "." ? "point" : "swapped";
  }
  const drops = (long: string, short: string): boolean =>
    long.length === short.length + 1 &&
    [...long].some((_, i) => long.slice(0, i) + long.slice(i + 1) === short);
  if (drops(right, printed)) return "lost";
  if (drops(printed, right)) return "added";
  const [a, b] = [Number(right), Number(printed)];
  if (a > 0 && b > 0) {
    const power = Math.log10(a / b);
    if (Math.abs(power - Math.round(power)) < 1e-6) return "point";
  }
  return null;
}

/** How a printed number looks like a figure in so many decimals. */
export function likeness(n: ToldNumber, reading: Reading, decimals: number): Slip | null {
  const value = printedValue(n.unit, reading);
  if (value === null) return null;
  const printed = plain(n.digits);
  let found: Slip | null = null;
  for (const rounding of ["half-up", "cut-off"] as const) {
    const slip = slipOf(plain(rounded(value, decimals, rounding)), printed);
    if (slip === "same") return "same";
    found ??= slip;
  }
  if (Math.abs(Number(n.digits) - Math.abs(value)) <= 1.01 * 10 ** -decimals && decimals > 0)
    return "rounding";
  if (found !== null && n.digits.replace(".", "").length >= 2) return found;
  if (value !== 0 && Math.abs(Number(n.digits) - Math.abs(value)) <= 0.02 * Math.abs(value)) return "near";
  return null;
}

/** Whether a number is a figure as it prints, or with one slip of the hand. */
export function isNearly(n: ToldNumber, reading: Reading, decimals: number): boolean {
  const slip = likeness(n, reading, decimals);
  return slip !== null && slip !== "near";
}

/** 应补偿641.85万元，实际补偿614.85万元: one slip from what stands right beside it, in too many digits for chance. */
const isSlipOfPen = (slip: Slip | null, { digits }: ToldNumber): boolean =>
  (slip === "swapped" || slip === "lost" || slip === "added" || slip === "digit") &&
  digits.replace(".", "").length >= 4;

const WORTH: Readonly<Record<Slip, number>> = {
  same: 9,
  swapped: 3.5,
  lost: 3,
  added: 3,
  digit: 3,
  point: 3,
  rounding: 3,
  near: 1.5,
  sign: 3,
};
const LEAST_SCORE = 6;
const LEAST_GAP = 1.5;

/** What the bound numbers of the sentence leave for one that is not bound; null where that is not clear. */
export function slotFor(at: number, bound: Bound, holds: readonly boolean[], reader: Reader): Slot | null {
  const { told, bindings, contexts, words } = bound;
  const n = told.numbers[at];
  const cue = contexts[at].form;
  const { book } = reader;
  const from = new Map<string, { reading: Reading; by: Set<number> }>();
  const offer = (figure: Figure, by: number): void => {
    for (const form of FORMS) {
      const reading = { figure, form };
      if (figure.values[FORMS.indexOf(form)] === null || factorOf(n.unit, reading) === null) continue;
      if (nearly01(reading)) continue;
      if (!allows(contexts[at], reading, reader.vocabulary)) continue;
      if ((isShare(figure.indicator) && cue !== "share") || (cue === "previous") !== (form === "previous"))
        continue;
      if (form === "change" && figure.unit === "fraction" && n.unit !== "%" && !/百分点/.test(n.unit ?? ""))
        continue;
      const key = `${figure.id} ${form}`;
      const there = from.get(key) ?? { reading, by: new Set<number>() };
      from.set(key, there);
      there.by.add(by);
    }
  };
  for (let j = Math.max(0, at - 4); j < Math.min(told.numbers.length, at + 5); j++) {
    const g = bindings[j].reading?.figure;
    if (j === at || !holds[j] || g === undefined) continue;
    for (const f of book.of(g.scope)) offer(f, j);
    for (const d of g.scope.members.keys())
      for (const f of book.of(book.moved(g.scope, d, null))) offer(f, j);
    for (const [about, { meant, near }] of contexts[at].named) {
      if (near !== "clause" || about === "insurance") continue;
      for (const [d, m] of meant) {
        const f = book.at(book.moved(g.scope, d, m), g.indicator);
        if (f) offer(f, j);
      }
    }
  }
  const options: (Slot & { shown: string })[] = [];
  for (const { reading, by } of from.values()) {
    if (leavesOut(reading.figure, at, bound, holds)) continue;
    const decimals = decimalsAt(n, reading, reader);
    const slip = likeness(n, reading, decimals);
    const value = printedValue(n.unit, reading);
    if (value === null) continue;
    // One that stands in the sentence already, printed right, is not meant a second time.
    const twice = bindings.flatMap((b, j) =>
      holds[j] && b.reading && sameReading(b.reading, reading) ? [j] : [],
    );
    if (slip !== "same" && twice.some((j) => Math.abs(j - at) !== 1 || !isSlipOfPen(slip, n))) continue;
    const beside = [at - 1, at + 1].flatMap((j) => {
      const o = holds[j] ? bindings[j]?.reading : null;
      return o ? [j < at ? pairScore(o, reading) : pairScore(reading, o)] : [];
    });
    const same = [...by].filter((j) => bindings[j].reading?.figure === reading.figure).length;
    const base = words.of(at, reading) + Math.max(0, ...beside) + 0.5 * same;
    const divided =
      n.unit === "%" && reading.form === "value" && dividedHere(at, reading.figure, bound, holds, book);
    const due = divided || listedHere(at, reading, bound, holds);
    if (slip !== "same" && same === 0 && !due && words.saysAnother(at, reading, book)) continue;
    const worth = (slip === null ? 0 : WORTH[slip]) + (due ? 3 : 0);
    const shown = rounded(value, decimals, "half-up");
    const kept = slip !== null && slip !== "near" ? slip : due ? "near" : null;
    options.push({ reading, slip: kept, score: base + worth, gap: 0, base, shown });
  }
  options.sort((a, b) => b.score - a.score || a.reading.figure.id - b.reading.figure.id);
  const best = options[0];
  if (best === undefined) return null;
  const next = options.find((o) => o.shown !== best.shown)?.score ?? best.score - 9;
  // What prints so as it stands, and goes with the words nearly as well, is rather no misprint.
  if (best.slip !== "same" && exactAt(at, bound) >= best.base - 1) return null;
  if (best.score < LEAST_SCORE || best.score - next < LEAST_GAP || best.slip === null) return null;
  return {
    reading: best.reading,
    slip: best.slip,
    score: best.score,
    gap: best.score - next,
    base: best.base,
  };
}

/** How well the words go with the best figure that prints as the number does. */
const exactAt = (at: number, { candidates, words }: Bound): number =>
  Math.max(Number.NEGATIVE_INFINITY, ...candidates[at].slice(0, 500).map((r) => words.of(at, r)));

/** Whether a figure has no member of what the clause names and the numbers beside are bound to: it is a wider one. */
function leavesOut({ scope }: Figure, at: number, bound: Bound, holds: readonly boolean[]): boolean {
  const of = ({ members }: Figure["scope"], meant: Meant): boolean =>
    meant.some(([d, m]) => members.get(d) === m);
  for (const [about, { meant, near }] of bound.contexts[at].named) {
    if (about === "insurance" || near !== "clause" || of(scope, meant)) continue;
    for (let j = Math.max(0, at - 4); j < Math.min(holds.length, at + 5); j++) {
      const beside = bound.bindings[j].reading?.figure.scope;
      if (j !== at && holds[j] && beside && of(beside, meant)) return true;
    }
  }
  return false;
}

export function decimalsAt(n: ToldNumber, reading: Reading, { decimals }: Reader): number {
  const kind = reading.form === "change_pct" ? "%" : reading.figure.kind;
  const factor = factorOf(n.unit, reading) ?? 1;
  return decimals.of(n, kind, kind === "%" ? 1 : 1 / factor);
}

/** Whether every other number of a list of three or more is the same figure of another member. */
function listedHere(
  at: number,
  reading: Reading,
  { bindings, contexts }: Bound,
  holds: readonly boolean[],
): boolean {
  const list = contexts[at].list;
  if (list === null || list.bracketed || list.count < 3) return false;
  return contexts.every(({ list: other }, j) => {
    if (j === at || other?.first !== list.first || other.bracketed) return true;
    const own = holds[j] ? bindings[j].reading : null;
    return (
      own?.figure.indicator === reading.figure.indicator &&
      own.form === reading.form &&
      pairScore(own, reading) === 2.5
    );
  });
}

/** Whether what a quotient divides stands just before it, and what by in the sentence. */
function dividedHere(
  at: number,
  figure: Figure,
  { bindings }: Bound,
  holds: readonly boolean[],
  book: Book,
): boolean {
  const terms = termsOf(figure, book);
  if (terms === null) return false;
  const stands = (f: Figure, from: number, to: number): boolean =>
    bindings.some(
      (b, i) =>
        i >= from && i < to && holds[i] && b.reading?.form === "value" && b.reading.figure.twins === f.twins,
    );
  // A share has its whole anywhere before, a rate what it is of just before it.
  const far = isShare(figure.indicator) ? 0 : at - 3;
  return stands(terms.top, at - 3, at) && stands(terms.bottom, far, at);
}
