import { ALL_INSURANCES, INSURANCES } from "../../schemas/dimensions.js";
import { type Catalogue, isSettled, placesOf, type Scope } from "./catalogue.js";
import {
  type ColumnParts,
  indicatorOf,
  isMerged,
  isOfMaternity,
  ofPool,
  shareOf,
  splitColumn,
  withAllowance,
  wordsBeside,
} from "./columns.js";
import { type Formula, type Linear, parseFormula, statedFormulas } from "./expression.js";
import { OTHER, type Place, placeKey } from "./figures.js";
import { formByUnit, otherThanKey, otherTime, readHeading, unitFits, unitOfTitle } from "./headings.js";
import { byItsText, unreadWord } from "./id-words.js";
import type {
  AuditHints,
  PrintedColumn,
  PrintedReport,
  PrintedRow,
  PrintedStatement,
  PrintedTable,
} from "./report.js";
import { insuranceOf, isStructure, PREFIX_WORDS, rowKind, rowLabel, Scopes } from "./scope.js";
import { subjectOf } from "./subjects.js";
import {
  bookedStem,
  type Form,
  FUND_WORDS,
  givenStem,
  groupOfStem,
  type KeyParts,
  SHARE,
  STEMS,
  scaleOf,
  splitKey,
  unitOfHeading,
} from "./vocabulary.js";

/** An indicator, summed over places, added or subtracted. */
export interface Term {
  readonly indicator: string;
  readonly sign: 1 | -1;
  readonly places: readonly Place[];
}

export interface Quantity {
  readonly terms: readonly Term[];
  readonly abs: boolean;
}

/** What a printed figure says, in terms of `indicators`. */
export interface Meaning {
  readonly top: Quantity;
  readonly bottom: Quantity | null;
  readonly form: Form;
  /** From yuan, visits, days or fractions to the printed unit. */
  readonly scale: number;
}

/** One text for what a quantity is; equal texts, equal figures. */
export const quantityKey = (q: Quantity): string =>
  `${q.abs ? "abs " : ""}${q.terms
    .map((t) => `${t.sign}${t.indicator}[${t.places.map(placeKey).sort().join(";")}]`)
    .sort()
    .join("+")}`;

/** One text for what a figure says but for its form. */
export const plainKey = (m: Pick<Meaning, "top" | "bottom">): string =>
  `${quantityKey(m.top)}${m.bottom ? ` / ${quantityKey(m.bottom)}` : ""}`;

export const meaningKey = (m: Meaning): string => `${m.form} ${plainKey(m)}`;

const NOWHERE = "no indicator gives it";

/** Finds out what the figures of one report say, by its own formulas first. */
export class Meanings {
  readonly scopes: Scopes;

  constructor(
    readonly report: PrintedReport,
    readonly catalogue: Catalogue,
    readonly hints: AuditHints = {},
  ) {
    this.scopes = new Scopes(report, catalogue);
  }

  /** Figures of a table, row by row; a reason where nothing computes one. */
  ofTable(table: PrintedTable): ReadonlyMap<string, Meaning | string>[] {
    const scopes = this.scopes.rows(table);
    const whole = this.scopes.table(table);
    return table.rows.map((row, i) => {
      const cells = new Map<string, Meaning | string>();
      for (const column of table.columns) {
        if (typeof row[column.key] !== "string") continue;
        cells.set(column.key, this.#cell(table, row, column, scopes[i], whole));
      }
      return cells;
    });
  }

  #cell(
    table: PrintedTable,
    row: PrintedRow,
    { key, label, unit }: PrintedColumn,
    scope: Scope | string,
    whole: Scope | string,
  ): Meaning | string {
    const named = indicatorOf(table, row);
    const rowUnit = named !== null && typeof row.unit === "string" ? row.unit : null;
    const printed = unit || unitOfHeading(label) || null;
    const factor = scaleOf(key, printed ?? rowUnit);
    const hinted = this.#hinted(table.id, rowLabel(table, row), key, factor);
    if (hinted !== null) return hinted;
    if (typeof whole === "string") return whole;
    if (named === null && typeof scope === "string") return scope;
    const own =
      named === null ? this.#parts(key, label, printed) : this.#ofIndicator(named, key, label, printed);
    if (typeof own === "string") return own;
    const form = formByUnit(own.stem, own.form, own.unit ?? printed);
    const fromTitle =
      own.unit === null && printed === null && rowUnit === null ? unitOfTitle(table.title) : null;
    const scale =
      fromTitle !== null && unitFits(own.stem, form, fromTitle) ? scaleOf(key, fromTitle) : factor;
    const checked = own.unit ?? printed ?? rowUnit;
    if (own.unit === null && !unitFits(own.stem, form, checked))
      return `${label} is not understood: ${checked}`;
    const time = otherTime(label, form, this.report.period);
    if (time !== null) return `${label} is not understood: ${time}`;
    const other = otherThanKey(label, own.stem, this.report.period.from);
    if (other !== null) return `${label} is not understood: ${other}`;
    const parts = { ...own, form };
    const placed = named !== null || typeof scope === "string" ? whole : scope;
    const at = isMerged(table, key) && this.#isGiven(parts.stem) ? whole : placed;
    return this.#tableCell(table, row, parts, label, at, this.#hundred(table, key) ?? whole, scale);
  }

  /** An indicator in the label of a row, shown as the column says: 本期, 上年同期, 同比. */
  #ofIndicator(named: string, key: string, label: string, unit: string | null): ColumnParts | string {
    const year = Number(this.report.period.to.slice(0, 4));
    const what = readHeading(named, year);
    if (typeof what === "string" || what.stem === null) return `${named} is not understood`;
    const shown = readHeading(label, year);
    if (typeof shown === "string" || shown.stem !== null) return `${label} is not understood`;
    const { form, unit: suffix } = splitKey(key, []);
    return {
      prefixes: what.prefixes,
      prefix: null,
      stem: what.stem,
      form: formByUnit(what.stem, form === "value" ? (shown.form ?? form) : form, suffix ?? unit),
      unit: suffix,
    };
  }

  /** A figure that another office gives, under a name of its own. */
  #isGiven(stem: string): boolean {
    return !(stem in STEMS) && stem !== SHARE && stem !== "fund_paid";
  }

  /** What a column says: by its key, and by its heading where the key says nothing known. */
  #parts(key: string, label: string, unit: string | null): ColumnParts | string {
    const parts = splitColumn(key);
    if (this.#knows(parts.stem)) {
      if (parts.stem !== "fund_paid") return parts;
      return /基金支付/.test(label) && !/统筹/.test(label) ? { ...parts, stem: "fund_paid_total" } : parts;
    }
    const { kept } = this.catalogue;
    if (kept.some((k) => k.indicator === parts.stem || k.indicator === key) || /认定|资格/.test(label))
      return parts;
    const heading = readHeading(label, Number(this.report.period.to.slice(0, 4)));
    if (typeof heading === "string") return `${label} is not understood: ${heading}`;
    if (heading.stem === null) return `${label} is not understood: ${key}`;
    // `tertiary_visits` under 人次: the heading does not say again what its key tells apart.
    const beside = wordsBeside(parts.stem);
    if (beside !== null && heading.prefixes.every((p) => subjectOf(p)) && parts.stem.includes(heading.stem))
      return `${key} is not understood: ${beside}`;
    const form = parts.form === "value" ? (heading.form ?? "value") : parts.form;
    const suffix = parts.unit ?? unit;
    return {
      ...parts,
      prefixes: [...new Set([...parts.prefixes, ...heading.prefixes])],
      stem: heading.stem,
      form: formByUnit(heading.stem, form, suffix),
    };
  }

  /** What the one row is about whose share is printed as 100: the shares of its table are over it. */
  #hundred(table: PrintedTable, key: string): Scope | null {
    const full = table.rows.flatMap((r, i) => (/^100(\.0+)?$/.test(String(r[key] ?? "")) ? [i] : []));
    if (splitColumn(key).stem !== SHARE && shareOf(splitColumn(key).stem) === null) return null;
    if (full.length !== 1 || !/合\s*计|总\s*计/.test(rowLabel(table, table.rows[full[0]]))) return null;
    const scope = this.scopes.rows(table)[full[0]];
    return typeof scope === "string" ? null : scope;
  }

  #knows(stem: string): boolean {
    return stem in STEMS || stem === SHARE || stem === "fund_paid" || shareOf(stem) !== null;
  }

  #tableCell(
    table: PrintedTable,
    row: PrintedRow,
    parts: ColumnParts,
    label: string,
    scope: Scope,
    whole: Scope,
    scale: number,
  ): Meaning | string {
    const narrowed = this.#narrowed(table, parts.prefixes, scope, whole);
    if (typeof narrowed === "string") return `${label || parts.stem} is not understood: ${narrowed}`;
    const subject = parts.prefixes.some((p) => subjectOf(p));
    if (subject && parts.stem === "spend") return this.#meaning(narrowed, "pool_paid", parts, scale, "");
    const share = parts.stem === SHARE ? this.#amountBefore(table, label, parts) : shareOf(parts.stem);
    if (share !== null) {
      const all = this.#narrowed(table, parts.prefixes, whole, whole);
      const over = rowKind(table, row) === "total" || typeof all === "string" ? narrowed : all;
      return this.#share(narrowed, over, share, table.id, parts, scale);
    }
    const at = /住院总费用/.test(label) && parts.stem.startsWith("fee") ? this.#stays(narrowed) : narrowed;
    const pooled = isOfMaternity(table.id) ? ofPool(at) : at;
    const paid = withAllowance(table, row, parts.stem) ? { ...pooled, booked: ["allowance"] } : pooled;
    return this.#meaning(paid, parts.stem, parts, scale, table.id, rowLabel(table, row));
  }

  /** A row's scope cut down by the words of a column; the word that says something else than the row. */
  #narrowed(table: PrintedTable, words: readonly string[], scope: Scope, whole: Scope): Scope | string {
    let at = scope;
    for (const word of words) {
      if (word === "employee" || word === "resident") {
        if (at.insurance !== ALL_INSURANCES && at.insurance !== word) return word;
        at = { ...at, insurance: word };
        continue;
      }
      const found = this.scopes.statement({ id: table.id, insurance: at.insurance, values: {} }, word);
      if (typeof found === "string") return word;
      if (subjectOf(word)) {
        const lines = found.lines ?? [];
        const same = JSON.stringify(at.lines) === JSON.stringify(whole.lines);
        const within = at.lines?.every((l) => lines.some((o) => o.category === null && o.care === l.care));
        if (within) continue;
        if (!same || lines.length === 0) return word;
        at = { ...at, lines, booked: found.booked };
        continue;
      }
      const { region, facility } = found.filters;
      if (region) {
        if (at.filters.region && at.filters.region.join() !== region.join()) return word;
        at = { ...at, filters: { ...at.filters, region } };
      } else if (facility && facility.length > 0 && !at.filters.facility)
        at = { ...at, filters: { ...at.filters, facility } };
      else return word;
    }
    return at;
  }

  /** What a share is of: what its heading says, otherwise the nearest amount on its left. */
  #amountBefore(table: PrintedTable, label: string, { prefixes }: ColumnParts): string {
    const heading = readHeading(label, Number(this.report.period.to.slice(0, 4)));
    const said = typeof heading === "string" ? null : shareOf(heading.stem ?? "");
    if (said !== null) return said;
    const at = table.columns.findIndex((c) => c.label === label && splitColumn(c.key).stem === SHARE);
    for (const { key, label: name, unit } of table.columns.slice(0, Math.max(at, 0)).reverse()) {
      const parts = this.#parts(key, name, unit || unitOfHeading(name));
      if (typeof parts === "string" || parts.prefixes.join() !== prefixes.join()) continue;
      const { stem, form } = parts;
      if (form === "value" && (stem === "fund_paid" || (STEMS[stem] && !STEMS[stem].bottom))) return stem;
    }
    return "visits";
  }

  /** Figures of a sentence. */
  ofStatement(printed: PrintedStatement): ReadonlyMap<string, Meaning | string> {
    const found = new Map<string, Meaning | string>();
    const statement = byItsText(printed);
    for (const key of Object.keys(statement.values)) {
      const split = splitKey(key, PREFIX_WORDS);
      const parts = { ...split, form: formByUnit(split.stem, split.form, split.unit) };
      const scope = this.scopes.statement(statement, parts.prefix);
      const scale = scaleOf(key, null);
      const hinted = this.#hinted(printed.id, "", key, scale);
      const unread = unreadWord(statement);
      const unclear = unread === null ? null : `the id is not understood: ${unread}`;
      found.set(
        key,
        hinted ??
          unclear ??
          signed(
            statement,
            key,
            typeof scope === "string" ? scope : this.#sentence(statement, key, parts, scope, scale),
          ),
      );
    }
    return found;
  }

  #sentence(
    statement: PrintedStatement,
    key: string,
    parts: KeyParts,
    scope: Scope,
    scale: number,
  ): Meaning | string {
    if (key === "vs_prev_pct") return this.#againstPrevious(scope, scale);
    if (key === "budget_completion_pct") return this.#budget(statement, scope, scale);
    const given = givenStem(key);
    if (given) return this.#fact(scope, [given.indicator], parts, scale, given.other);
    const booked = this.#bookedLine(statement, parts.stem, scope, parts, scale);
    if (booked) return booked;
    const group = groupOfStem(parts.stem);
    if (group) {
      const at = { ...scope, filters: { ...scope.filters, person_group: [group.group] } };
      return this.#meaning(at, group.stem, parts, scale, statement.id);
    }
    if (parts.stem === SHARE) {
      const of = "fund_paid_wan" in statement.values ? "fund_paid" : "spend";
      return this.#share(
        scope,
        this.#wholeOf(statement, parts.prefix, scope),
        of,
        statement.id,
        parts,
        scale,
      );
    }
    if (
      parts.prefix !== null &&
      /^(inpatient|outpatient|maternity)$/.test(parts.prefix) &&
      !isStructure(statement.id)
    ) {
      const stem = parts.stem === "spend" ? "pool_paid" : parts.stem;
      return this.#meaning(scope, stem, parts, scale, statement.id);
    }
    // What maternity insurance spends is what it settles and the allowances that it books.
    const ofMaternity = scope.insurance === "maternity" || isOfMaternity(statement.id);
    if (ofMaternity && parts.stem === "spend")
      return this.#meaning({ ...ofPool(scope), booked: ["allowance"] }, "spend", parts, scale, statement.id);
    const text = this.#siblingText(statement);
    const at = parts.stem.startsWith("fee") && /住院总费用/.test(text) ? this.#stays(scope) : scope;
    const stem =
      parts.prefix?.startsWith("negotiated") && parts.stem === "spend" && !isStructure(statement.id)
        ? "pool_paid"
        : parts.stem;
    return this.#meaning(at, stem, parts, scale, statement.id, statement.dims?.category ?? "", key);
  }

  #siblingText({ id }: PrintedStatement): string {
    const parent = id.split(".").slice(0, -1).join(".");
    return (this.report.statements ?? [])
      .filter((s) => s.id === id || (s.id.startsWith(`${parent}.`) && /_amount|_illness/.test(parent)))
      .map((s) => s.text ?? "")
      .join();
  }

  /** Fees of stays where the table is about a fund that takes part in some of them. */
  #stays(scope: Scope): Scope {
    if (scope.rename.fee === undefined || scope.insurance === "all") return scope;
    return { ...scope, lines: this.scopes.lines(scope.insurance, "inpatient"), rename: {} };
  }

  /** What a share in a sentence is taken over: the care that the sentence is about, or everything. */
  #wholeOf(statement: PrintedStatement, prefix: string | null, scope: Scope): Scope {
    const insurance = scope.insurance;
    const total: Scope = { insurance, lines: null, filters: {}, rename: {} };
    const care = statement.id.split(".").find((w) => w === "inpatient" || w === "outpatient");
    const all = this.scopes.statement({ id: `${insurance}.fund_spend`, values: {} }, null);
    const everything = typeof all === "string" ? total : all;
    if (care === undefined || prefix === care || prefix === null || statement.dims) return everything;
    const part = this.scopes.statement(statement, care);
    return typeof part === "string" ? everything : part;
  }

  #share(
    scope: Scope,
    whole: Scope,
    stem: string,
    id: string,
    parts: KeyParts,
    scale: number,
  ): Meaning | string {
    const part = this.#quantity(this.#plain(stem, id), scope);
    const over = this.#quantity(this.#plain(stem, id), whole);
    if (typeof part === "string") return part;
    if (typeof over === "string") return over;
    return { top: part, bottom: over, form: parts.form, scale };
  }

  #plain(stem: string, id: string): Linear {
    const name = stem === "fund_paid" ? (isStructure(id) ? "benefit_paid" : "pool_paid") : stem;
    return (STEMS[name] ?? STEMS.benefit_paid).top;
  }

  #againstPrevious(scope: Scope, scale: number): Meaning | string {
    const top = this.#quantity({ plus: ["enrolled"], minus: [] }, scope);
    return typeof top === "string" ? top : { top, bottom: null, form: "ofPrevious", scale };
  }

  /** How much of a budget is reached: of the people, or of the income that the sentence says beside its budget. */
  #budget(statement: PrintedStatement, scope: Scope, scale: number): Meaning | string {
    const income = Object.keys(statement.values)
      .map((key) => bookedStem(splitKey(key, []).stem))
      .find((line) => line?.indicator === "income");
    if (income) {
      const of = (indicator: string) => this.#inBooks(statement, indicator, income.subject, scope);
      return { top: of("income"), bottom: of("budget_income"), form: "value", scale };
    }
    const indicator = "enrolment_progress";
    return this.#fact(scope, [indicator], { prefix: null, stem: "", form: "value", unit: null }, scale);
  }

  #meaning(
    scope: Scope,
    stem: string,
    parts: KeyParts,
    scale: number,
    id: string,
    label = "",
    key = "",
  ): Meaning | string {
    if (stem === "maternity_allowance") {
      const top = this.#quantity({ plus: [], minus: [] }, { ...scope, booked: ["allowance"] });
      return typeof top === "string" ? top : { top, bottom: null, form: parts.form, scale };
    }
    const formula = this.#stated(stem, scope.insurance, label) ?? this.#named(stem, id);
    if (formula === null) return this.#fact(scope, [key, stem, `${parts.prefix}_${stem}`], parts, scale);
    const top = this.#quantity(formula.top, scope);
    if (typeof top === "string") return top;
    const bottom = formula.bottom ? this.#quantity(formula.bottom, scope) : null;
    if (typeof bottom === "string") return bottom;
    return { top, bottom, form: parts.form, scale };
  }

  #named(stem: string, id: string): Formula | null {
    if (stem === "fund_paid") return { top: this.#plain(stem, id) };
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

  #quantity(linear: Linear, scope: Scope): Quantity | string {
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
  #fact(
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
  #bookedLine(
    statement: PrintedStatement,
    stem: string,
    scope: Scope,
    parts: KeyParts,
    scale: number,
  ): Meaning | null {
    const line = bookedStem(stem.replace(/_total$/, ""));
    if (line === null) return null;
    const top = this.#inBooks(statement, line.indicator, line.subject, scope);
    return { top, bottom: null, form: parts.form, scale };
  }

  #inBooks(statement: PrintedStatement, indicator: string, subject: string | null, scope: Scope): Quantity {
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

  /** What the hints file says of a figure. */
  #hinted(id: string, label: string, key: string, scale: number): Meaning | string | null {
    const hint =
      this.hints.figures?.[`${id}/${label}/${key}`] ?? this.hints.figures?.[`${id}/${key}`] ?? null;
    if (hint === null) return null;
    if (typeof hint === "string") return hint;
    const form = splitKey(key, []).form;
    const places: Place[] = [
      {
        insurance: hint.insurance ?? insuranceOf(id),
        grouping: hint.grouping,
        dimensions: hint.dimensions ?? {},
      },
    ];
    const linear = (names: readonly string[]): Quantity => ({
      terms: names.map((indicator) => ({ indicator, sign: 1, places })),
      abs: false,
    });
    return {
      top: linear(hint.top),
      bottom: hint.bottom ? linear(hint.bottom) : null,
      form,
      scale: hint.scale ?? scale,
    };
  }
}

/** Where the prose says which way a figure goes, its magnitude alone is not meant. */
const signed = (
  { directions }: PrintedStatement,
  key: string,
  meaning: Meaning | string,
): Meaning | string =>
  typeof meaning !== "string" && directions?.[key] !== undefined && meaning.top.abs
    ? { ...meaning, top: { ...meaning.top, abs: false } }
    : meaning;
