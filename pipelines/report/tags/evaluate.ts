import { placeNamed } from "../../../aggregations/explain/vocabulary.js";
import { over, type Rational } from "../../../aggregations/rational.js";
import type { PeriodFacts } from "../../../connectors/duckdb/reports/figures.js";
import type { FullCatalogue } from "./catalogue.js";
import type { Figures } from "./figures.js";
import {
  type ChartText,
  type FigureTag,
  type FigureText,
  type Form,
  TagProblem,
  type Test,
  type Word,
} from "./grammar.js";
import { type Member, membersOf, resolveLoop } from "./members.js";
import { periodTitle, previousTitle } from "./period.js";
import { FigurePrinter, size } from "./print.js";
import type { Quantity, Ref } from "./quantity.js";
import { baseMeaning, budgetOf, type Context, cellSum, resolveFigure } from "./resolve.js";

/** What a tag stands in: the dimensions of the loops around it, and the member that the innermost is at. */
export interface Scope {
  readonly context: Context;
  readonly member: Member | null;
  readonly index: number;
}
export const OUTSIDE: Scope = { context: {}, member: null, index: 0 };

/** A figure of a tag, resolved: what it shows, and for a share or quotient what that stands over. */
interface Resolved {
  readonly form: Form;
  readonly quantity: Quantity;
  readonly over: Quantity | null;
}

/** A chart filled with figures. */
export interface ChartData {
  readonly categories: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}

/** Reads tags as texts: the one place where a tag becomes a figure, for every format. */
export class TagReader {
  readonly #printer: FigurePrinter;
  readonly #quantities = new Map<string, Quantity>();
  readonly #members = new Map<string, Member[]>();
  /** Tags whose figure does not exist, as they were met. */
  readonly missing = new Set<string>();

  constructor(
    readonly catalogue: FullCatalogue,
    readonly figures: Figures,
    readonly period: string,
    readonly facts: PeriodFacts,
  ) {
    this.#printer = new FigurePrinter(catalogue.config.report);
  }

  /** @throws TagProblem for a tag that names nothing. */
  resolve(tag: FigureTag, context: Context): Resolved {
    const { form, figure, over: base } = tag;
    if (form === "budget") {
      return { form: "value", quantity: this.quantity(budgetOf(figure), context), over: null };
    }
    const quantity = this.quantity(figure, context);
    if (form === "quotient") return { form, quantity, over: this.quantity(base!, context) };
    if (form === "share" || form === "share_in_care" || form === "share_in_category") {
      return { form, quantity, over: this.#baseOf(quantity, form) };
    }
    return { form, quantity, over: null };
  }

  quantity(figure: FigureText, context: Context): Quantity {
    return kept(this.#quantities, [figure, context], () => resolveFigure(figure, context, this.catalogue));
  }

  #baseOf(quantity: Quantity, form: Form): Quantity {
    const { numerator } = quantity;
    if (numerator.kind === "together")
      throw new TagProblem("报表合计 is the whole: it is no part of anything");
    if (numerator.kind === "given") {
      // Of the books and of DIP: the total of the same insurance.
      return { ...quantity, numerator: { ...numerator, grouping: "total", where: {} }, denominator: null };
    }
    const level = { share: "total", share_in_care: "care", share_in_category: "category" } as const;
    const meaning = { insurance: [numerator.insurance], ...numerator.where };
    const base = baseMeaning(meaning, level[form as keyof typeof level]);
    return { ...quantity, numerator: cellSum(numerator.measure, base, this.catalogue), denominator: null };
  }

  /** Sums that a tag needs. */
  refs(tag: FigureTag, context: Context): Ref[] {
    const { quantity, over: base } = this.resolve(tag, context);
    return [quantity.numerator, quantity.denominator, base?.numerator, base?.denominator].filter(
      (r): r is Ref => r !== null && r !== undefined,
    );
  }

  /** The text of a figure; where it does not exist, what the report setting prints for that. */
  figure(tag: FigureTag, text: string, scope: Scope): string {
    const printed = this.#print(tag, scope.context);
    if (printed !== null) return printed;
    this.missing.add(scope.member === null ? `{${text}}` : `{${text}} (${scope.member.label})`);
    return this.catalogue.config.report.absent;
  }

  #print(tag: FigureTag, context: Context): string | null {
    const { form, quantity, over: base } = this.resolve(tag, context);
    const unit = base === null ? quantity.unit : "fraction";
    const value = (previous: boolean): Rational | null => {
      const own = this.figures.value(quantity, previous);
      return base === null ? own : over(own, this.figures.value(base, previous));
    };
    const { words } = this.catalogue.config.report;
    const now = value(false);
    if (form === "previous") {
      const before = value(true);
      return before === null ? null : this.#printer.figure(before, unit, tag.format);
    }
    if (now === null) return null;
    if (form === "size") return this.#printer.figure(size(now), unit, tag.format);
    if (!(form in NEEDS_PREVIOUS)) return this.#printer.figure(now, unit, tag.format);
    const before = value(true);
    if (before === null) return null;
    switch (form) {
      case "change":
      case "change_size":
        return this.#printer.change(now, before, unit, tag.format, form === "change");
      case "change_pct":
      case "change_pct_size":
        return this.#printer.growth(now, before, tag.format, form === "change_pct");
      default: {
        const list =
          form === "change_word" ? words.change : form === "growth_word" ? words.growth : words.move;
        const way = this.#printer.way(now, before, unit, tag.format);
        return list[way > 0 ? 0 : way < 0 ? 1 : 2]!;
      }
    }
  }

  /** Whether a condition holds; of figures that do not exist only 无 does. A change too small to print is none. */
  test(test: Test, figure: FigureText, context: Context): boolean {
    const quantity = this.quantity(figure, context);
    const now = this.figures.value(quantity, false);
    const some = now !== null && now.n !== 0n;
    if (test === "some") return some;
    if (test === "none") return !some;
    if (test === "positive") return some && now.n > 0n;
    if (test === "negative") return some && now.n < 0n;
    const before = this.figures.value(quantity, true);
    if (test === "known") return before !== null;
    if (now === null || before === null) return false;
    if (test === "comparable") return before.n !== 0n;
    const way = this.#printer.way(now, before, quantity.unit, null);
    return test === "changed" ? way !== 0 : way === { up: 1, down: -1, same: 0 }[test];
  }

  members(dimension: string, values: Parameters<typeof resolveLoop>[1], context: Context): Member[] {
    return kept(this.#members, [dimension, values, context], () =>
      membersOf(resolveLoop(dimension, values, context, this.catalogue), this.figures, this.catalogue),
    );
  }

  word(word: Word, scope: Scope): string {
    const { name } = this.catalogue.config.jurisdiction;
    const year = Number(this.period.slice(0, 4));
    const [y, m, d] = this.facts.end.split("-").map(Number);
    const texts: Record<Word, string> = {
      期间: periodTitle(this.period),
      上年期间: previousTitle(this.period),
      年份: String(year),
      上年: String(year - 1),
      截止日: `${y}年${m}月${d}日`,
      辖区: name,
      名称: scope.member?.label ?? "",
      序号: String(scope.index),
    };
    return texts[word];
  }

  /** The figures of a chart in the unit that they are printed in. */
  chart(tag: ChartText, scope: Scope): ChartData {
    const members = this.members(tag.loop, tag.over, scope.context);
    const year = Number(this.period.slice(0, 4));
    const short = ["region", "tier"].includes(placeNamed(tag.loop) ?? "");
    return {
      categories: members.map((m) => (short ? m.label.replace(/(住院|医疗机构)$/, "") : m.label)),
      series: tag.series.map((s) => ({
        name: seriesName(s, year),
        values: members.map((member) => {
          const context = { ...scope.context, ...member.meaning };
          const figure = { ...s.figure, values: [...s.figure.values, ...tag.over] };
          const text = this.#print({ ...s, figure }, context);
          return text === null ? null : Number(text);
        }),
      })),
    };
  }
}

/** A value that is worked out once for each key. */
function kept<T>(known: Map<string, T>, key: unknown, make: () => T): T {
  const name = JSON.stringify(key);
  const found = known.get(name);
  if (found !== undefined) return found;
  const value = make();
  known.set(name, value);
  return value;
}

const NEEDS_PREVIOUS: Readonly<Partial<Record<Form, true>>> = {
  change: true,
  change_size: true,
  change_pct: true,
  change_pct_size: true,
  change_word: true,
  growth_word: true,
  move_word: true,
};

/** 2024年 人次(万元): what the legend says. */
function seriesName({ form, figure, format }: FigureTag, year: number): string {
  const unit = format?.unit.name;
  const name = `${figure.indicator}${unit && !["人次", "个"].includes(unit) ? `(${unit})` : ""}`;
  if (form === "previous") return `${year - 1}年${name}`;
  return form === "value" ? `${year}年${name}` : `${name}${form.startsWith("share") ? "占比" : "同比"}(%)`;
}
