import { Decimal } from "decimal.js";
import { Confirmed } from "./confirmed.js";
import { type Computed, evaluate, isReason, type PrintHabits, round } from "./evaluate.js";
import type { Figures } from "./figures.js";
import { type Identity, identities, type Range, type RangeOf } from "./identities.js";
import { isBlank, type PrintedFigure } from "./printed-figure.js";
import { type Meaning, meaningKey } from "./quantity.js";

/** Something that is known to be wrong in the print. */
export interface PrintedInconsistency {
  readonly id?: string;
  readonly kind: string;
  readonly note: string;
  readonly ref?:
    | string
    | { readonly table?: string; readonly statement?: string; readonly line?: number; readonly key?: string };
}

export type AuditStatus =
  /** Computed and printed figure are the same. */
  | "equal"
  /** They differ, and nothing in the print explains it. */
  | "differs"
  /** They differ, and the print contradicts itself here. */
  | "print-error"
  /** No indicator gives it, or nothing is printed. */
  | "not-computable";

export interface AuditedFigure extends PrintedFigure {
  /** As the bureau would print it; null where it is not computed. */
  readonly computed: string | null;
  readonly status: AuditStatus;
  /** Why. */
  readonly note: string | null;
}

/**
 * Holds every figure of a printed report against the computed one. A computed figure is made from unrounded
 * sums and rounded once, to the digits that the print has.
 */
export function audit(
  known: readonly PrintedInconsistency[],
  printed: readonly PrintedFigure[],
  figures: Figures,
  habits: PrintHabits,
  previousKnown: boolean,
): AuditedFigure[] {
  const values = new Map<AuditedFigure, Computed>();
  const found = printed.map((f) => {
    const value =
      typeof f.meaning === "string"
        ? { reason: f.meaning }
        : evaluate(f.meaning, figures, habits, previousKnown);
    const compared = compare(f, value, habits);
    values.set(compared, value);
    return compared;
  });
  return explain(known, found, values, habits);
}

/** The rounding that more of a report's figures follow; the configured one where none tells. */
export function detectRounding(
  printed: readonly PrintedFigure[],
  figures: Figures,
  habits: PrintHabits,
  previousKnown: boolean,
): PrintHabits["rounding"] {
  const fits = { "half-up": 0, "cut-off": 0 };
  for (const f of printed) {
    if (typeof f.meaning === "string" || f.printed === null) continue;
    const value = evaluate(f.meaning, figures, habits, previousKnown);
    if (!(value instanceof Decimal)) continue;
    for (const rounding of ["half-up", "cut-off"] as const)
      if (round(value, f.decimals, rounding).eq(f.printed)) fits[rounding]++;
  }
  if (fits["half-up"] === fits["cut-off"]) return habits.rounding;
  return fits["half-up"] > fits["cut-off"] ? "half-up" : "cut-off";
}

function compare(f: PrintedFigure, value: Computed, habits: PrintHabits): AuditedFigure {
  const verdict = (status: AuditStatus, computed: string | null, note: string | null): AuditedFigure => ({
    ...f,
    computed,
    status,
    note,
  });
  if (isReason(value)) return verdict("not-computable", null, value.reason);
  if (isUnread(f)) return verdict("not-computable", null, `“${f.text}” cannot be read as a number`);
  if (value === "blank")
    return f.printed === null
      ? verdict("equal", "", null)
      : verdict("differs", "", "last year's figure is 0");
  const text = round(value, f.decimals, habits.rounding).toFixed(f.decimals);
  if (f.printed === null) return verdict("not-computable", text, "no figure is printed");
  if (f.printed.eq(text)) return verdict("equal", text, null);
  // Whether a bureau counts a person once, or once a place, cannot be told from a total alone.
  if (addsPersons(f.meaning as Meaning)) return verdict("not-computable", text, PERSONS_ADDED);
  return verdict("differs", text, null);
}

/** Whether something is printed that is no number, where one is expected. */
export const isUnread = (f: PrintedFigure): boolean =>
  typeof f.meaning !== "string" && f.printed === null && !isBlank(f.text);

const PERSONS_ADDED =
  "persons of several places are added up here, each once a place; the print does otherwise";

const addsPersons = ({ top, bottom }: Meaning): boolean =>
  [top, bottom].some((q) => q?.terms.some((t) => t.indicator === "persons" && t.places.length > 1));

/** Tells which of the differing figures the print is wrong in by itself. */
function explain(
  known: readonly PrintedInconsistency[],
  found: readonly AuditedFigure[],
  values: ReadonlyMap<PrintedFigure, Computed>,
  habits: PrintHabits,
): AuditedFigure[] {
  const differing = new Set<PrintedFigure>(found.filter((f) => f.status === "differs"));
  if (differing.size === 0) return [...found];
  const rules = identities(found);
  const equal = new Set<PrintedFigure>(found.filter((f) => f.status === "equal"));
  const unclear = readAlike(found);
  const asPrinted: RangeOf = (f) => rangeOf(f, habits);
  // Nothing is divided by a range about 0; by a printed 0 a growth is what the bureau makes of it.
  const digits: RangeOf = (f) => f.printed && { lo: f.printed, hi: f.printed };
  // The print, with the computed figure wherever it differs.
  const corrected: RangeOf = (f) => {
    if (!differing.has(f)) return rangeOf(f, habits);
    const value = values.get(f);
    return value instanceof Decimal ? { lo: value, hi: value } : null;
  };
  const holdsAsPrinted = (rule: Identity): boolean =>
    (admits(rule, asPrinted, habits) ?? admits(rule, digits, habits)) === true;
  const inDoubt = rules.map(
    (rule) => [rule, [rule.output, ...rule.inputs].filter((m) => !equal.has(m))] as const,
  );
  const confirmed = new Confirmed(found, (one, other) =>
    inDoubt.some(
      ([rule, open]) =>
        open.length === 2 && open.includes(one) && open.includes(other) && holdsAsPrinted(rule),
    ),
  );
  const notes = new Map<PrintedFigure, string>();
  for (const f of differing) {
    const listed = listedError(known, f);
    if (listed !== null) notes.set(f, listed);
  }
  for (const [rule, [f, ...others]] of inDoubt) {
    // The other figures are the witnesses: all of them must be confirmed, else either side may be misread.
    if (f === undefined || others.length > 0 || !differing.has(f) || notes.has(f) || unclear.has(f)) continue;
    // What is made of it stands beside it; what repeats it says so in words.
    const near =
      rule.rule === TWICE ? alike(rule.output, rule.inputs[0]) : f === rule.output || f.id === rule.output.id;
    if (!near || !confirmed.both(f)) continue;
    const [before, after] = [admits(rule, asPrinted, habits), admits(rule, corrected, habits)];
    if (before === false && after === true) notes.set(f, `the print contradicts itself: ${said(rule, f)}`);
  }
  spread(
    rules,
    (f) => differing.has(f) && confirmed.column(f),
    notes,
    // A figure follows from a wrong one where it is what that makes of it in print.
    (rule) => holdsAsPrinted(rule) && admits(rule, corrected, habits) === true,
  );
  for (const rule of rules) {
    const f = rule.output;
    if (!differing.has(f) || notes.has(f) || f.printed === null || !nearly(f, values.get(f))) continue;
    if (!rule.inputs.every((i) => equal.has(i))) continue;
    const made = rule.value(digits);
    if (made && round(made.lo, f.decimals, habits.rounding).eq(f.printed))
      notes.set(f, `made from rounded figures (${rule.rule}), not from the unrounded ones`);
  }
  return found.map((f) => {
    const note = notes.get(f);
    if (f.status === "differs" && note !== undefined) return { ...f, status: "print-error", note };
    const doubt = unclear.get(f);
    return doubt === undefined ? f : { ...f, note: doubt };
  });
}

/** Differing figures that were read as another one of their table that prints otherwise, with what to say of it. */
function readAlike(found: readonly AuditedFigure[]): Map<PrintedFigure, string> {
  const byMeaning = new Map<string, AuditedFigure[]>();
  for (const f of found) {
    if (typeof f.meaning === "string" || f.printed === null) continue;
    const key = `${f.kind === "statement"} ${f.id} ${meaningKey(f.meaning)}`;
    byMeaning.set(key, [...(byMeaning.get(key) ?? []), f]);
  }
  const unclear = new Map<PrintedFigure, string>();
  for (const group of byMeaning.values())
    for (const f of group) {
      const other = group.find((o) => f.status === "differs" && !plainly(o, f));
      if (other)
        unclear.set(
          f,
          `read as the same figure as ${nameOf(other)} ${other.text}: one of them is not understood`,
        );
    }
  return unclear;
}

/** Whether two figures of one meaning print the same, as far as their digits go. */
function plainly(a: AuditedFigure, b: AuditedFigure): boolean {
  if (a === b || a.printed === null || b.printed === null) return true;
  const base = ({ meaning }: AuditedFigure): number => (typeof meaning === "string" ? 1 : meaning.scale);
  if (a.decimals === b.decimals && base(a) === base(b)) return a.printed.eq(b.printed);
  const gap = a.printed
    .div(base(a))
    .minus(b.printed.div(base(b)))
    .abs();
  return [a, b].some((f) => gap.lte(new Decimal(10).pow(-f.decimals).div(base(f))));
}

/** Whether two figures are one by their words too, and not only as they were read. */
const alike = (a: PrintedFigure, b: PrintedFigure): boolean =>
  a.id !== b.id && a.row === b.row && (a.key === b.key || a.heading === b.heading);

/** Whether the figure is off by no more than rounded parts can make of it. */
function nearly(f: PrintedFigure, value: Computed | undefined): boolean {
  if (!(value instanceof Decimal) || f.printed === null) return false;
  return value.minus(f.printed).abs().lt(new Decimal(10).pow(-f.decimals).times(2));
}

/** What follows from a wrong figure is wrong with it. */
function spread(
  rules: readonly Identity[],
  open: (f: PrintedFigure) => boolean,
  notes: Map<PrintedFigure, string>,
  holds: (rule: Identity) => boolean,
): void {
  for (let more = true; more; ) {
    more = false;
    for (const rule of rules) {
      const all = [rule.output, ...rule.inputs];
      const wrong = all.find((f) => notes.has(f));
      const others = all.filter((f) => open(f) && !notes.has(f));
      if (wrong === undefined || others.length !== 1 || !holds(rule)) continue;
      for (const f of others) notes.set(f, `follows from ${nameOf(wrong)}: ${notes.get(wrong)}`);
      more = true;
    }
  }
}

/** Where a figure stands, in words. */
export const nameOf = (f: PrintedFigure): string => `${f.id}${f.row === "" ? "" : ` ${f.row}`} ${f.key}`;

function said(rule: Identity, f: PrintedFigure): string {
  const others = [rule.output, ...rule.inputs].filter((o) => o !== f).slice(0, 3);
  return `${rule.rule} (${others.map((o) => `${nameOf(o)} ${o.text}`).join(", ")})`;
}

/** Between which bounds an unrounded figure may lie that is printed so. Counts are exact. */
function rangeOf(f: PrintedFigure, { rounding }: PrintHabits): Range | null {
  if (f.printed === null) return null;
  if (f.decimals === 0) return { lo: f.printed, hi: f.printed };
  const unit = new Decimal(10).pow(-f.decimals);
  if (rounding === "half-up") {
    const half = unit.div(2);
    return { lo: f.printed.minus(half), hi: f.printed.plus(half) };
  }
  return f.printed.isNeg()
    ? { lo: f.printed.minus(unit), hi: f.printed }
    : { lo: f.printed, hi: f.printed.plus(unit) };
}

/** Whether the inputs may make the output; null where that cannot be said. */
function admits(rule: Identity, of: RangeOf, habits: PrintHabits): boolean | null {
  const made = rule.value(of);
  const out = of(rule.output);
  if (made === null || out === null || rule.output.printed === null) return null;
  const exact = out.lo.eq(out.hi);
  const { decimals } = rule.output;
  const r = (v: Decimal): Decimal => round(v, decimals, habits.rounding);
  const [lo, hi] = [r(made.lo), r(made.hi)];
  const shown = exact ? r(out.lo) : rule.output.printed;
  if (rule.rule === TWICE) return sameDigits(rule, of, habits, lo, hi, shown);
  return shown.gte(lo) && shown.lte(hi);
}

const TWICE = "the print has this figure twice";

/** One figure printed twice with the same digits must read the same. */
function sameDigits(
  rule: Identity,
  of: RangeOf,
  habits: PrintHabits,
  lo: Decimal,
  hi: Decimal,
  shown: Decimal,
): boolean {
  const [input] = rule.inputs;
  const range = of(input);
  const printed = range?.lo.eq(range.hi) ? round(range.lo, input.decimals, habits.rounding) : input.printed;
  const scale = (f: PrintedFigure): number => (typeof f.meaning === "string" ? 1 : f.meaning.scale);
  if (printed && input.decimals === rule.output.decimals && scale(input) === scale(rule.output))
    return printed.eq(shown);
  return shown.gte(lo) && shown.lte(hi);
}

/** The print's own list of its errors. */
function listedError(known: readonly PrintedInconsistency[], f: PrintedFigure): string | null {
  const here = known.find(({ kind, ref }) => {
    if (kind !== "error" || ref === undefined) return false;
    if (typeof ref === "string") {
      const [, id, ...rest] = ref.split("/");
      return id === f.id && rest.at(-1) === f.key && (rest.length === 1 || rest[0] === f.row);
    }
    if (ref.key !== f.key) return false;
    return f.kind === "statement" ? ref.statement === f.id : ref.table === f.id && ref.line === f.line;
  });
  return here === undefined ? null : `known of the print: ${here.note}`;
}
