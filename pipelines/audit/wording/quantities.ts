import { ALL_INSURANCES, INSURANCES } from "../../../schemas/dimensions.js";
import { isSettled, OTHER, type Place } from "../arithmetic/figures.js";
import type { Meaning, Quantity, Term } from "../arithmetic/quantity.js";
import { type Catalogue, placesOf, type Scope } from "./catalogue.js";
import { type Formula, type Linear, parseFormula, statedFormulas } from "./expression.js";
import type { PrintedReport, PrintedStatement } from "./report.js";
import { isStructure, type Scopes } from "./scope.js";
import { bookedStem, FUND_WORDS, type KeyParts, STEMS, splitKey } from "./vocabulary.js";

export const NOWHERE = "no indicator gives it";

/** What the stems of keys come to at a scope, in terms of `indicators`: by the report's own formulas first. */
export class Quantities {
  constructor(
    readonly report: PrintedReport,
    readonly catalogue: Catalogue,
    readonly scopes: Scopes,
  ) {}

  plain(stem: string, id: string): Linear {
    const name = stem === "fund_paid" ? (isStructure(id) ? "benefit_paid" : "pool_paid") : stem;
    return (STEMS[name] ?? STEMS.benefit_paid).top;
  }

  meaning(
    scope: Scope,
    stem: string,
    parts: KeyParts,
    scale: number,
    id: string,
    label = "",
    key = "",
  ): Meaning | string {
    if (stem === "maternity_allowance") {
      const top = this.quantity({ plus: [], minus: [] }, { ...scope, booked: ["allowance"] });
      return typeof top === "string" ? top : { top, bottom: null, form: parts.form, scale };
    }
    const formula = this.#stated(stem, scope.insurance, label) ?? this.#named(stem, id);
    if (formula === null) return this.fact(scope, [key, stem, `${parts.prefix}_${stem}`], parts, scale);
    const top = this.quantity(formula.top, scope);
    if (typeof top === "string") return top;
    const bottom = formula.bottom ? this.quantity(formula.bottom, scope) : null;
    if (typeof bottom === "string") return bottom;
    return { top, bottom, form: parts.form, scale };
  }

  #named(stem: string, id: string): Formula | null {
    if (stem === "fund_paid") return { top: this.plain(stem, id) };
    return STEMS[stem] ?? null;
  }

  /** The formula that the hints or the report itself state for a stem. */
  #stated(stem: string, insurance: string, label: string): Formula | null {
    const texts = [
      ...(this.report.indicators ?? []).filter((i) => i.id === `${stem}_${insurance}`),
      ...(this.report.indicators ?? []).filter((i) => i.id === stem),
    ].flatMap((i) => statedFormulas(String(i.formula ?? "")));
    const fitting = [
      ...texts.filter((t) => t.label !== null && label.includes(t.label)),
      ...texts.filter((t) => t.label === null),
    ];
    for (const { text } of fitting) {
      const formula = parseFormula(text, (name) => this.#named(splitKey(name, []).stem, ""));
      // One name alone says no more than the stem does.
      const sum = formula ? formula.top.plus.length + formula.top.minus.length > 1 : false;
      if (formula && (formula.bottom || formula.top.abs || sum)) return formula;
    }
    return null;
  }

  quantity(linear: Linear, scope: Scope): Quantity | string {
    const terms: Term[] = [];
    for (const [list, sign] of [
      [linear.plus, 1],
      [linear.minus, -1],
    ] as const) {
      for (const name of list) {
        const indicator = scope.rename[name] ?? name;
        const places = this.#places(scope, indicator);
        if (typeof places === "string") return places;
        terms.push({ indicator, sign, places });
      }
    }
    const settles = linear.plus.includes("benefit_paid") || terms.length === 0;
    if (settles) terms.push(...(scope.booked ?? []).map((subject) => this.#booked(scope.insurance, subject)));
    return { terms, abs: linear.abs ?? false };
  }

  /** Heads of the county are the heads of its facilities added up, where they are not kept otherwise. */
  #places(scope: Scope, indicator: string): readonly Place[] | string {
    const places = placesOf(scope, indicator, this.catalogue);
    if (typeof places !== "string" || indicator !== "persons") return places;
    const { region, ...others } = scope.filters;
    const facility = this.scopes.listed(null);
    if (region?.join() !== "county" || facility.length === 0) return places;
    return placesOf({ ...scope, filters: { ...others, facility } }, indicator, this.catalogue);
  }

  /** An expense that the books alone know, of the insurance or, where it has none, of the fund that bears it. */
  #booked(insurance: string, subject: string): Term {
    const kept = this.catalogue.kept.some(
      (k) => k.insurance === insurance && k.grouping === "subject" && k.indicator === "expense",
    );
    const place = { insurance: kept ? insurance : "all", grouping: "subject", dimensions: { subject } };
    return { indicator: "expense", sign: 1, places: [place] };
  }

  /** A figure that is published under the name that the print has for it, and by what the print tells apart. */
  fact(
    scope: Scope,
    names: readonly string[],
    parts: KeyParts,
    scale: number,
    other: Readonly<Record<string, string>> = {},
  ): Meaning | string {
    const line = scope.lines?.length === 1 ? scope.lines[0] : null;
    const category = line?.category ? { category: [line.category] } : {};
    const care = line ? { care: [line.care] } : {};
    const ways = [{}, category, { ...care, ...category }, care].map((more) => ({
      ...scope.filters,
      ...more,
    }));
    for (const indicator of names.filter((n) => n !== "" && !isSettled(n))) {
      for (const filters of ways) {
        const found = this.#kept(scope, indicator, filters, other);
        if (found === null) continue;
        const factor = found.unit === "yuan" || found.unit === "fraction" ? scale : 1;
        const top = { terms: [{ indicator, sign: 1 as const, places: found.places }], abs: false };
        return { top, bottom: null, form: parts.form, scale: factor };
      }
    }
    return NOWHERE;
  }

  /** Places where a given figure stands: of the insurance, of all, or of each that has it. */
  #kept(
    scope: Scope,
    indicator: string,
    filters: Scope["filters"],
    other: Readonly<Record<string, string>>,
  ): { readonly places: readonly Place[]; readonly unit: string } | null {
    const rest = Object.entries(other).map(([name, value]) => `${name}=${value}`);
    const at = (insurance: string): { places: readonly Place[]; unit: string } | null => {
      const places = placesOf({ ...scope, insurance, filters }, indicator, this.catalogue);
      if (typeof places === "string" || places.length === 0) return null;
      const own = places[0].grouping === "total" ? [] : [places[0].grouping];
      const grouping = rest.length === 0 ? places[0].grouping : [...own, OTHER].join("+");
      const text = rest.sort().join(",");
      const found = this.catalogue.kept.find(
        (k) =>
          k.indicator === indicator &&
          k.insurance === insurance &&
          k.grouping === grouping &&
          (rest.length === 0 || k.other === text),
      );
      if (!found) return null;
      const put = (p: Place): Place =>
        rest.length === 0 ? p : { ...p, grouping, dimensions: { ...p.dimensions, [OTHER]: text } };
      return { places: places.map(put), unit: found.unit };
    };
    const direct = at(scope.insurance) ?? at(ALL_INSURANCES);
    if (direct !== null || scope.insurance !== ALL_INSURANCES) return direct;
    const each = INSURANCES.map(at).filter((f) => f !== null);
    return each.length === 0 ? null : { places: each.flatMap((f) => f.places), unit: each[0].unit };
  }

  /** A line of the books: of the fund that the id names, of one subject or of all. */
  bookedLine(
    statement: PrintedStatement,
    stem: string,
    scope: Scope,
    parts: KeyParts,
    scale: number,
  ): Meaning | null {
    const line = bookedStem(stem.replace(/_total$/, ""));
    if (line === null) return null;
    const top = this.inBooks(statement, line.indicator, line.subject, scope);
    return { top, bottom: null, form: parts.form, scale };
  }

  inBooks(statement: PrintedStatement, indicator: string, subject: string | null, scope: Scope): Quantity {
    const words = statement.id.split(".");
    const fund = FUND_WORDS.find((f) => words.includes(f)) ?? scope.insurance;
    const kept = this.catalogue.kept.find(
      (k) =>
        k.indicator === indicator &&
        k.grouping === (subject === null ? "fund" : "fund+subject") &&
        k.insurance !== ALL_INSURANCES &&
        k.fund === fund,
    );
    const dimensions: Record<string, string> = { fund };
    if (subject !== null) dimensions.subject = subject;
    const grouping = subject === null ? "fund" : "fund+subject";
    const place = { insurance: kept?.insurance ?? scope.insurance, grouping, dimensions };
    return { terms: [{ indicator, sign: 1, places: [place] }], abs: false };
  }
}
