import { ALL_INSURANCES } from "../../../schemas/dimensions.js";
import type { Place } from "../arithmetic/figures.js";
import type { Meaning, Quantity } from "../arithmetic/quantity.js";
import type { Catalogue, Scope } from "./catalogue.js";
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
import { formByUnit, otherThanKey, otherTime, readHeading, unitFits, unitOfTitle } from "./headings.js";
import { byItsText, unreadWord } from "./id-words.js";
import { Quantities } from "./quantities.js";
import type {
  AuditHints,
  PrintedColumn,
  PrintedReport,
  PrintedRow,
  PrintedStatement,
  PrintedTable,
} from "./report.js";
import { rowKind, rowLabel } from "./rows.js";
import { insuranceOf, isStructure, PREFIX_WORDS, Scopes } from "./scope.js";
import { subjectOf } from "./subjects.js";
import {
  bookedStem,
  givenStem,
  groupOfStem,
  type KeyParts,
  SHARE,
  STEMS,
  scaleOf,
  splitKey,
  unitOfHeading,
} from "./vocabulary.js";

/** Finds out what the figures of one report say, by its own formulas first. */
export class Meanings {
  readonly scopes: Scopes;
  readonly #quantities: Quantities;

  constructor(
    readonly report: PrintedReport,
    readonly catalogue: Catalogue,
    readonly hints: AuditHints = {},
  ) {
    this.scopes = new Scopes(report, catalogue);
    this.#quantities = new Quantities(report, catalogue, this.scopes);
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
    if (subject && parts.stem === "spend")
      return this.#quantities.meaning(narrowed, "pool_paid", parts, scale, "");
    const share = parts.stem === SHARE ? this.#amountBefore(table, label, parts) : shareOf(parts.stem);
    if (share !== null) {
      const all = this.#narrowed(table, parts.prefixes, whole, whole);
      const over = rowKind(table, row) === "total" || typeof all === "string" ? narrowed : all;
      return this.#share(narrowed, over, share, table.id, parts, scale);
    }
    const at = /住院总费用/.test(label) && parts.stem.startsWith("fee") ? this.#stays(narrowed) : narrowed;
    const pooled = isOfMaternity(table.id) ? ofPool(at) : at;
    const paid = withAllowance(table, row, parts.stem) ? { ...pooled, booked: ["allowance"] } : pooled;
    return this.#quantities.meaning(paid, parts.stem, parts, scale, table.id, rowLabel(table, row));
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
    if (given) return this.#quantities.fact(scope, [given.indicator], parts, scale, given.other);
    const booked = this.#quantities.bookedLine(statement, parts.stem, scope, parts, scale);
    if (booked) return booked;
    const group = groupOfStem(parts.stem);
    if (group) {
      const at = { ...scope, filters: { ...scope.filters, person_group: [group.group] } };
      return this.#quantities.meaning(at, group.stem, parts, scale, statement.id);
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
      return this.#quantities.meaning(scope, stem, parts, scale, statement.id);
    }
    // What maternity insurance spends is what it settles and the allowances that it books.
    const ofMaternity = scope.insurance === "maternity" || isOfMaternity(statement.id);
    if (ofMaternity && parts.stem === "spend")
      return this.#quantities.meaning(
        { ...ofPool(scope), booked: ["allowance"] },
        "spend",
        parts,
        scale,
        statement.id,
      );
    const text = this.#siblingText(statement);
    const at = parts.stem.startsWith("fee") && /住院总费用/.test(text) ? this.#stays(scope) : scope;
    const stem =
      parts.prefix?.startsWith("negotiated") && parts.stem === "spend" && !isStructure(statement.id)
        ? "pool_paid"
        : parts.stem;
    return this.#quantities.meaning(
      at,
      stem,
      parts,
      scale,
      statement.id,
      statement.dims?.category ?? "",
      key,
    );
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
    const part = this.#quantities.quantity(this.#quantities.plain(stem, id), scope);
    const over = this.#quantities.quantity(this.#quantities.plain(stem, id), whole);
    if (typeof part === "string") return part;
    if (typeof over === "string") return over;
    return { top: part, bottom: over, form: parts.form, scale };
  }

  #againstPrevious(scope: Scope, scale: number): Meaning | string {
    const top = this.#quantities.quantity({ plus: ["enrolled"], minus: [] }, scope);
    return typeof top === "string" ? top : { top, bottom: null, form: "ofPrevious", scale };
  }

  /** How much of a budget is reached: of the people, or of the income that the sentence says beside its budget. */
  #budget(statement: PrintedStatement, scope: Scope, scale: number): Meaning | string {
    const income = Object.keys(statement.values)
      .map((key) => bookedStem(splitKey(key, []).stem))
      .find((line) => line?.indicator === "income");
    if (income) {
      const of = (indicator: string) => this.#quantities.inBooks(statement, indicator, income.subject, scope);
      return { top: of("income"), bottom: of("budget_income"), form: "value", scale };
    }
    const indicator = "enrolment_progress";
    return this.#quantities.fact(
      scope,
      [indicator],
      { prefix: null, stem: "", form: "value", unit: null },
      scale,
    );
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
