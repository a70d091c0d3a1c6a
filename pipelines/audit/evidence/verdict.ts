import { Decimal } from "decimal.js";
import type { PrintHabits } from "../arithmetic/evaluate.js";
import { Figures } from "../arithmetic/figures.js";
import { type AuditedFigure, audit, detectRounding } from "../arithmetic/judge.js";
import { type Book, sameReading } from "./book.js";
import { placeOf, rowsOf } from "./meaning.js";
import type { FoundFigure } from "./printed.js";
import { isChange } from "./score.js";

export type PrintedStatus = "equal" | "differs" | "print-error" | "not-understood";

/** What a print error is. */
export type ErrorKind =
  | "contradicts another place"
  | "wrong sum"
  | "wrong quotient"
  | "wrong base year"
  | "swapped or lost digits"
  | "direction"
  | "unit"
  | "rounding"
  | "follows from another";

export interface FigureName {
  readonly indicator: string;
  readonly form: "value" | "previous" | "change" | "change_pct" | "share";
  readonly period: string;
  readonly insurance: string;
  readonly grouping: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** A printed figure with what is to be said of it. */
export interface JudgedFigure {
  readonly found: FoundFigure;
  readonly status: PrintedStatus;
  /** As it would be printed, with its sign and in the unit of the document; null where it is not understood. */
  readonly computed: string | null;
  readonly kind: ErrorKind | null;
  readonly note: string | null;
  readonly figure: FigureName | null;
}

export interface Judgement {
  readonly rounding: PrintHabits["rounding"];
  /** Whether so few figures agree that the document is not of this period, or not of these events. */
  readonly other: boolean;
  readonly figures: readonly JudgedFigure[];
}

/** Holds what was found against the computed figures; the print's own arithmetic convicts and excuses. */
export function judge(
  found: readonly FoundFigure[],
  book: Book,
  period: string,
  previousKnown: boolean,
  habits: PrintHabits,
  rounding: PrintHabits["rounding"] | null,
): Judgement {
  const printed = found.map((f) => f.figure);
  const meanings = printed.flatMap((p) => (typeof p.meaning === "string" ? [] : [p.meaning]));
  const figures = new Figures(rowsOf(meanings, book));
  const detected = rounding ?? detectRounding(printed, figures, habits, previousKnown);
  const audited = audit([], printed, figures, { ...habits, rounding: detected }, previousKnown);
  const judged = found.map((f, i) => plainly(f, audited[i], detected, period));
  const told = sameCause(judged.map((j) => elsewhere(j, judged)));
  const read = told.filter((j) => j.status !== "not-understood").length;
  const equal = told.filter((j) => j.status === "equal").length;
  const other = told.length >= 20 && (equal < told.length * 0.3 || equal < read * 0.5);
  return {
    rounding: detected,
    other,
    figures: other ? told.map((j) => (j.status === "equal" ? j : unread(j.found, OTHER))) : told,
  };
}

const OTHER = "so few figures agree that the document is of another period or of other events";

const unread = (found: FoundFigure, note: string): JudgedFigure => ({
  found,
  status: "not-understood",
  computed: null,
  kind: null,
  note,
  figure: null,
});

function plainly(
  found: FoundFigure,
  audited: AuditedFigure,
  rounding: PrintHabits["rounding"],
  period: string,
): JudgedFigure {
  const { status, note, computed } = audited;
  if (computed === null || status === "not-computable") return unread(found, note ?? "");
  const figure = nameOf(found, audited, period);
  const base = { found, computed, figure };
  if (status === "equal") {
    const said =
      found.rightUnit === null || found.table === null
        ? null
        : `the heading says another unit: this is ${found.rightUnit}`;
    return { ...base, status: "equal", kind: null, note: said };
  }
  const printed = new Decimal(audited.text);
  if (status === "differs") {
    if (found.rightUnit !== null)
      return { ...base, status: "print-error", kind: "unit", note: `${found.rightUnit} for ${found.unit}` };
    if (printed.neg().eq(computed) && !printed.isZero())
      return { ...base, status: "differs", kind: "direction", note: "the direction is the opposite" };
    const step = new Decimal(10).pow(-audited.decimals);
    if (audited.decimals > 0 && printed.minus(computed).abs().lte(step))
      return {
        ...base,
        status: "print-error",
        kind: "rounding",
        note: `off by one in its last digit (${rounding})`,
      };
    if (found.slip === "swapped" || found.slip === "lost" || found.slip === "added" || found.slip === "point")
      return {
        ...base,
        status: "print-error",
        kind: "swapped or lost digits",
        note: "one slip away from the computed figure, which its neighbours speak of",
      };
    return { ...base, status: "differs", kind: null, note };
  }
  return { ...base, status: "print-error", kind: kindOf(note ?? "", printed, computed), note };
}

function kindOf(note: string, printed: Decimal, computed: string): ErrorKind {
  if (printed.neg().eq(computed) && !printed.isZero()) return "direction";
  if (note.startsWith("follows from")) return "follows from another";
  if (/rounded figures/.test(note)) return "rounding";
  if (/sum of its lines|adds up|mean of its lines|made from its parts/.test(note)) return "wrong sum";
  if (/divided/.test(note)) return "wrong quotient";
  if (/last year/.test(note)) return "wrong base year";
  return "contradicts another place";
}

/** A figure that the document prints rightly in another place contradicts itself there. */
function elsewhere(j: JudgedFigure, all: readonly JudgedFigure[]): JudgedFigure {
  const own = j.found.reading;
  if (j.status !== "differs" || own === null) return j;
  const sum = sumOfOthers(j, all);
  if (sum !== null) return { ...j, status: "print-error", kind: "wrong sum", note: sum };
  const other = all.find(
    (o) =>
      o.status === "equal" &&
      o.found.reading !== null &&
      o.found.figure.id !== j.found.figure.id &&
      sameReading(o.found.reading, own),
  );
  if (other === undefined) return j;
  const where = other.found.table === null ? `line ${other.found.spot.anchor}` : other.found.place;
  return {
    ...j,
    status: "print-error",
    kind: j.kind ?? "contradicts another place",
    note: `${j.note === null ? "" : `${j.note}; `}${where} prints ${other.found.printed}`,
  };
}

/** Where the figures that stand beside a sum make the computed one, and not the printed: which those are. */
function sumOfOthers(j: JudgedFigure, all: readonly JudgedFigure[]): string | null {
  const own = j.found.reading;
  if (own === null || j.computed === null || j.found.table !== null || own.form !== "value") return null;
  const beside = all.filter(
    (o) =>
      o.status === "equal" &&
      o.found.figure.id === j.found.figure.id &&
      o.found.reading?.form === "value" &&
      o.found.reading.figure.indicator === own.figure.indicator &&
      o.found.unit?.replace("元", "") === j.found.unit?.replace("元", ""),
  );
  if (beside.length < 2) return null;
  const sum = beside.reduce((s, o) => s.plus(o.found.figure.text), new Decimal(0));
  const slack = new Decimal(10).pow(-j.found.figure.decimals).times(beside.length).div(2);
  if (sum.minus(j.computed).abs().gt(slack) || sum.minus(j.found.figure.text).abs().lte(slack)) return null;
  return `the sentence adds up (${beside.map((o) => o.found.printed).join(" + ")})`;
}

/** What is wrong for the same reason as an error beside it: a year that is missing in every table, and what follows from it. */
function sameCause(all: readonly JudgedFigure[]): JudgedFigure[] {
  const zero = (j: JudgedFigure): boolean => Number(j.found.figure.text) === 0;
  const formOf = (j: JudgedFigure) => j.found.reading?.form;
  const follows = (j: JudgedFigure, from: JudgedFigure): JudgedFigure => ({
    ...j,
    status: "print-error",
    kind: "follows from another",
    note: `follows from ${from.found.place}`,
  });
  const missing = all.map((j) => {
    if (j.status !== "differs" || !zero(j) || formOf(j) !== "previous") return j;
    const scope = j.found.reading?.figure.scope;
    const like = all.find(
      (o) =>
        o.status === "print-error" &&
        zero(o) &&
        formOf(o) === "previous" &&
        o.found.reading?.figure.scope === scope,
    );
    return like === undefined ? j : follows(j, like);
  });
  return missing.map((j) => {
    const form = formOf(j);
    if (j.status !== "differs" || form === undefined || !isChange(form)) return j;
    const base = missing.find(
      (o) =>
        o.status === "print-error" &&
        formOf(o) === "previous" &&
        o.found.reading?.figure === j.found.reading?.figure &&
        o.found.figure.id === j.found.figure.id,
    );
    return base === undefined ? j : follows(j, base);
  });
}

function nameOf(found: FoundFigure, audited: AuditedFigure, period: string): FigureName | null {
  const { reading } = found;
  if (reading !== null) {
    const { insurance, grouping, dimensions } = placeOf(reading.figure.scope);
    const [indicator] = reading.figure.indicator.split("@");
    const form =
      /^share_/.test(indicator) && !isChange(reading.form) && reading.form === "value"
        ? "share"
        : reading.form;
    return { indicator, form, period, insurance, grouping, dimensions };
  }
  if (typeof audited.meaning === "string") return null;
  const { top, bottom, form } = audited.meaning;
  const term = top.terms[0];
  const places = term?.places ?? [];
  const first = places[0];
  if (term === undefined || first === undefined) return null;
  // A total of lines: what all of them have in common.
  const common = Object.entries(first.dimensions).filter(([d, m]) =>
    places.every((p) => p.dimensions[d] === m),
  );
  const names = common.map(([d]) => d);
  return {
    indicator:
      found.figure.column?.split(" ")[0] ??
      (bottom === null ? term.indicator : `${term.indicator}/${bottom.terms[0]?.indicator}`),
    form:
      form === "difference"
        ? "change"
        : form === "growth"
          ? "change_pct"
          : form === "previous"
            ? "previous"
            : "value",
    period,
    insurance: first.insurance,
    grouping: places.length === 1 ? first.grouping : names.join("+") || "total",
    dimensions: Object.fromEntries(common),
  };
}
