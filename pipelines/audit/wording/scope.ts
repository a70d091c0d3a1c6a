import type { Dimension } from "../../../schemas/dimensions.js";
import type { Catalogue, Line, Scope } from "./catalogue.js";
import type { PrintedReport, PrintedRow, PrintedStatement, PrintedTable } from "./report.js";
import {
  addsUp,
  insuranceOfRow,
  isDeclaredBeside,
  isWhole,
  ROW_COLUMNS,
  rowKind,
  rowLabel,
  unreadColumn,
} from "./rows.js";
import {
  channelOfLabel,
  PLACE_WORDS,
  personGroupOfLabel,
  plain,
  regionOfLabel,
  SUBJECT_WORDS,
  subjectOf,
  subjectOfLabel,
  tiersOfLabel,
  unreadOf,
} from "./subjects.js";

type Filters = Partial<Record<Dimension, readonly string[]>>;

/** Groups of facilities that keys and rows name. */
const FACILITY_GROUPS: Readonly<Record<string, string>> = { county_level: "hospital", township: "township" };
/** Words that may stand before the stem of a key. */
export const PREFIX_WORDS: readonly string[] = [
  ...SUBJECT_WORDS,
  ...Object.keys(PLACE_WORDS),
  ...Object.keys(FACILITY_GROUPS),
];

const OWNERSHIP: Readonly<Record<string, string>> = {
  公立: "public",
  公立医院: "public",
  公立医疗机构: "public",
  民营: "private",
  民营医院: "private",
  民营医疗机构: "private",
};

/** The scope of a row whose own column names its insurance. */
function insuredBy(table: PrintedTable, row: PrintedRow, whole: Scope): Scope {
  const insurance = insuranceOfRow(row);
  const stands = table.columns.some((c) => c.key === "insurance" || c.key === "row_label");
  return stands && insurance !== undefined ? { ...whole, insurance } : whole;
}

/** Reads rows and sentences of one report for what they are about, in the words of one published file. */
export class Scopes {
  readonly #codes = new Map<string, string>();
  /** Names that several facilities bear. */
  readonly #ambiguous = new Set<string>();
  readonly #cityApart: boolean;
  readonly #accountsAreOutpatient: ReadonlySet<string>;
  readonly #booked: ReadonlyMap<string, readonly string[]>;

  constructor(
    readonly report: PrintedReport,
    readonly catalogue: Catalogue,
  ) {
    for (const { facility, name } of catalogue.facilities) {
      const other = this.#codes.get(plain(name));
      if (other !== undefined && other !== facility) this.#ambiguous.add(plain(name));
      this.#codes.set(plain(name), facility);
    }
    const regions = report.tables.flatMap((t) => t.rows.map((r) => regionOfLabel(String(r.region ?? ""))));
    const keys = (report.statements ?? []).flatMap((s) => Object.keys(s.values));
    this.#cityApart = regions.includes("city") || keys.some((k) => k.startsWith("in_city"));
    this.#accountsAreOutpatient = new Set(
      (report.statements ?? []).flatMap((s) =>
        s.id.includes("outpatient") && "personal_account_spend_wan" in s.values ? [insuranceOf(s.id)] : [],
      ),
    );
    this.#booked = new Map(
      report.tables.flatMap((t) => {
        if (!isStructure(t.id)) return [];
        const subjects = t.rows.flatMap((r) => this.#bookedAs(rowLabel(t, r)) ?? []);
        return subjects.length === 0 ? [] : [[insuranceOf(t.id), subjects] as const];
      }),
    );
  }

  /** What the whole of a table is about; the reason where its id and title say nothing. */
  table(table: PrintedTable): Scope | string {
    return this.#base(table.id, table.insurance, table.title);
  }

  /** What each row of a table is about. */
  rows(table: PrintedTable): (Scope | string)[] {
    const whole = this.table(table);
    if (typeof whole === "string") return table.rows.map(() => whole);
    const scopes = table.rows.map(
      (row) => unreadColumn(table, row) ?? this.#row(table, row, insuredBy(table, row, whole)),
    );
    const details = scopes.filter(
      (s, i) => typeof s !== "string" && rowKind(table, table.rows[i]) === "detail",
    );
    return scopes.map((s, i) =>
      typeof s === "string" || rowKind(table, table.rows[i]) !== "detail"
        ? s
        : withoutManual(s, details as Scope[]),
    );
  }

  /** Subject of the booked expense that a line of spending names; null for what is settled. */
  #bookedAs(label: string): string | null {
    const text = plain(label);
    const line = this.catalogue.booked.find((b) => plain(b.line) === text);
    return line?.subject ?? (/津贴/.test(text) ? "allowance" : null);
  }

  #row(table: PrintedTable, row: PrintedRow, whole: Scope): Scope | string {
    const kind = rowKind(table, row);
    const byFacility = table.columns.some((c) => c.key === "facility");
    if (byFacility && kind !== "detail") {
      const group = kind === "subtotal" ? (row._group ?? "") : null;
      return { ...whole, filters: { ...whole.filters, facility: this.#facilities(table, row, group) } };
    }
    const label = rowLabel(table, row);
    const told = ROW_COLUMNS.some((key) => typeof row[key] === "string" && row[key] && !isWhole(row[key]));
    if (kind === "total" && !(told && isDeclaredBeside(table, row))) return whole;
    if (byFacility) {
      const code = this.#code(row);
      if (code === null) return `no single facility is named ${row.facility ?? label}`;
      return { ...whole, filters: { ...whole.filters, facility: [code] } };
    }
    return this.#labelled(table, row, label, whole);
  }

  #labelled(table: PrintedTable, row: PrintedRow, label: string, whole: Scope): Scope | string {
    const filters: Filters = { ...whole.filters };
    let lines = whole.lines;
    const named = table.columns.some(({ key }) => ROW_COLUMNS.includes(key));
    const only = table.rows.length === 1 && !named;
    const insured = insuranceOfRow(row) !== undefined;
    let found = only || (insured && (label === "" || label === row.row_label));
    const apart = table.rows.some((r) => regionOfLabel(String(r.region ?? r.row_label ?? "")) === "county");
    for (const key of [...ROW_COLUMNS.slice(1), "row_label"]) {
      const text = row[key];
      if (typeof text !== "string" || isWhole(text)) continue;
      if (key === "row_label" && (found || insured)) continue;
      const heading = table.columns.find((c) => c.key === key)?.label ?? "";
      const atFacility = /机构|医院|就医/.test(heading) || table.id.includes("facility_district");
      const part = this.#part(key, text, whole, isStructure(table.id), atFacility, apart);
      if (part === null) return `${text} in the column ${heading || key} is not understood`;
      found = true;
      if (part.booked) return { ...whole, lines: [], filters: {}, booked: part.booked };
      if (part.lines) lines = part.lines;
      Object.assign(filters, part.filters);
    }
    if (!found && rowKind(table, row) === "subtotal") return whole;
    return found ? { ...whole, lines, filters, booked: [] } : `nothing is known as ${label}`;
  }

  /** What a label in a column means. */
  #part(
    key: string,
    text: string,
    whole: Scope,
    structure: boolean,
    atFacility = false,
    apart = false,
  ): { filters?: Filters; lines?: readonly Line[]; booked?: readonly string[] } | null {
    if (this.catalogue.careGroups.includes(text)) return { filters: { care_group: [text] } };
    if (key === "region" || key === "row_label") {
      const region = regionOfLabel(text);
      const channel = channelOfLabel(text);
      const tiers = tiersOfLabel(text);
      const filters: Filters = {
        ...(region && { region: this.#regions(region, apart) }),
        ...(channel && { channel: [channel] }),
        ...(tiers && { tier: tiers }),
      };
      if (Object.keys(filters).length > 0) return unreadOf(text) === "" ? { filters } : null;
    }
    if (key === "channel") {
      const channel = channelOfLabel(text);
      return channel ? { filters: { channel: [channel] } } : null;
    }
    if (key === "tier") {
      const tiers = tiersOfLabel(text);
      const region = regionOfLabel(text);
      if ((tiers === null && region === null) || unreadOf(text) !== "") return null;
      const filters: Filters = {
        ...(region && { region: this.#regions(region, apart) }),
        ...(tiers && { tier: tiers }),
      };
      return { filters };
    }
    if (key === "group") {
      const group = personGroupOfLabel(text);
      return group ? { filters: { person_group: [group] } } : null;
    }
    const ownership = OWNERSHIP[plain(text)];
    if (ownership !== undefined) return { filters: { ownership: [ownership] } };
    const division = this.catalogue.divisions.find((d) => d.name === text || d.admdvs === text);
    // Of stays the printed district may be the facility's.
    if (division) return { filters: { [atFacility ? "facility_district" : "district"]: [division.admdvs] } };
    const booked = this.#bookedAs(text);
    if (booked !== null) return { booked: [booked] };
    if (structure) {
      const line = this.catalogue.lines.find(
        (l) => l.insurance === whole.insurance && l.category !== null && plain(l.category) === plain(text),
      );
      if (line) return { lines: [{ care: line.care, category: line.category }] };
    }
    if (whole.rename.visits !== undefined && /^(大病|大额)/.test(text)) return {};
    const exact = whole.rename.visits === undefined ? this.#category(text, whole) : [];
    if (exact.length > 0) return { lines: exact };
    const subject = subjectOfLabel(text);
    return subject === null
      ? null
      : { lines: this.lines(whole.insurance, subject, whole.rename.visits === "aid_visits") };
  }

  /** A category that is named exactly, with those that the configuration prints in one line with it. */
  #category(text: string, { insurance, lines }: Scope): readonly Line[] {
    const cares = new Set(lines?.map((l) => l.care));
    const known = this.catalogue.lines.filter(
      (l) => l.insurance === insurance && l.category !== null && (cares.size === 0 || cares.has(l.care)),
    );
    const same = (name: string): boolean => plain(name) === plain(text);
    const together = Object.values(this.catalogue.categories).find((names) => names.some(same)) ?? [];
    if (!known.some((l) => same(l.category ?? ""))) return [];
    const found = known.filter((l) => same(l.category ?? "") || together.includes(l.category ?? ""));
    return found.map(({ care, category }) => ({ care, category }));
  }

  /** Lines of a subject; with `whole` all of its care, where it is one. */
  lines(insurance: string, word: string, whole = false): readonly Line[] {
    const subject = subjectOf(word);
    const known = this.catalogue.lines.filter((l) => l.insurance === insurance && l.category !== null);
    const names = subject?.line ? this.catalogue.categories[subject.line] : (subject?.categories ?? []);
    const lines = known.filter((l) => names.includes(l.category ?? ""));
    if (lines.length > 0 && !(whole && subject?.care))
      return lines.map(({ care, category }) => ({ care, category }));
    return subject?.care ? [{ care: subject.care, category: null }] : [];
  }

  /** Regions of a word; `apart` where the county stands beside its city. */
  #regions(region: string, apart: boolean): readonly string[] {
    if (this.catalogue.level !== "county") return ofCity(region, apart);
    if (region === "away") return ["city", "province", "national"];
    if (region === "own") return ["county"];
    if (region === "province" && !this.#cityApart) return ["city", "province"];
    return [region];
  }

  #code(row: PrintedRow): string | null {
    const facility = this.report.facilities?.find((f) => f.id === row._facility_id);
    for (const name of [...(facility?.names ?? []), String(row.facility ?? "")]) {
      const code = this.#codes.get(plain(name));
      if (code !== undefined && !this.#ambiguous.has(plain(name))) return code;
    }
    return null;
  }

  /**
   * Codes of a total's facilities. The report's list is asked only where it groups facilities of which the table
   * prints some; otherwise a total is of the table's own rows, a subtotal of the rows above it.
   */
  #facilities(table: PrintedTable, row: PrintedRow, group: string | number | null): readonly string[] {
    const at = table.rows.indexOf(row);
    const details = table.rows.flatMap((r, i) => {
      const code = rowKind(table, r) === "detail" ? this.#code(r) : null;
      return code === null ? [] : [{ i, code }];
    });
    const list = this.report.facilities ?? [];
    if (group !== null && group !== "") return this.listed(group);
    const subtotals = table.rows.flatMap((r, i) => (rowKind(table, r) === "subtotal" ? [i] : []));
    if (group === "") {
      const from = Math.max(-1, ...subtotals.filter((i) => i < at));
      return details.flatMap((d) => (d.i > from && d.i < at ? [d.code] : []));
    }
    if (list.length > 0 && subtotals.length === 0 && !addsUp(table, row)) return this.listed(null);
    const groups = new Set(subtotals.map((i) => table.rows[i]._group).filter((g) => g));
    const grouped = list.filter((f) => groups.has(f.group as string));
    const more = grouped.map((f) => this.#code({ _facility_id: f.id, facility: f.names[0] ?? "" }));
    return [...new Set([...details.map((d) => d.code), ...more.flatMap((c) => c ?? [])])];
  }

  /** Codes of the facilities that the report lists, of one group or of all. */
  listed(group: string | number | null): readonly string[] {
    return (this.report.facilities ?? []).flatMap((f) => {
      if (group !== null && f.group !== group) return [];
      return this.#code({ _facility_id: f.id, facility: f.names[0] ?? "" }) ?? [];
    });
  }

  /** What a figure of a sentence is about; `prefix` stands before the stem of its key. */
  statement(statement: PrintedStatement, prefix: string | null): Scope | string {
    const base = this.#base(statement.id, statement.dims?.insurance ?? statement.insurance ?? "", "");
    if (typeof base === "string") return base;
    const unread = this.#unreadDim(statement, base);
    if (unread !== null) return unread;
    const scope = this.#prefixed(statement, prefix, base);
    if (statement.dims === undefined) return scope;
    const parent = statement.id.split(".").slice(0, -1).join(".");
    const siblings = (this.report.statements ?? []).filter(
      (s) => s.dims !== undefined && s.id !== statement.id && s.id.startsWith(`${parent}.`),
    );
    return withoutManual(
      scope,
      siblings.map((s) => this.#prefixed(s, prefix, base)),
    );
  }

  /** The reason where a dim, or its value, is not understood. */
  #unreadDim({ dims = {} }: PrintedStatement, base: Scope): string | null {
    for (const [name, value] of Object.entries(dims)) {
      if (typeof value !== "string" || value === "" || isWhole(value) || name === "insurance") continue;
      const known =
        (name === "region" && regionOfLabel(value) !== null && unreadOf(value) === "") ||
        (name === "tier" && tiersOfLabel(value) !== null && unreadOf(value) === "") ||
        (name === "district" && this.catalogue.divisions.some((d) => d.name === value)) ||
        (name === "channel" && channelOfLabel(value) !== null && unreadOf(value) === "") ||
        (name === "category" && this.#part("category", value, base, true) !== null) ||
        (name === "category" && base.rename.visits !== undefined);
      if (!known) return `the dim ${name} ${value} is not understood`;
    }
    return null;
  }

  #prefixed({ id, values, dims = {} }: PrintedStatement, prefix: string | null, base: Scope): Scope {
    const filters: Filters = { ...base.filters };
    let lines = base.lines;
    const words = id.split(".");
    const apart = Object.keys(values).some((key) => key.startsWith("in_county"));
    const place = (word: string): void => {
      if (word in PLACE_WORDS) filters.region = this.#regions(PLACE_WORDS[word], apart);
      else if (word in FACILITY_GROUPS) {
        delete filters.region;
        filters.facility = this.#group(word);
      } else if (word === "direct" || word === "manual") filters.channel = [word];
    };
    for (const word of prefix === null || subjectOf(prefix) ? words : [prefix]) place(word);
    const { category, region, channel } = dims;
    let { booked } = base;
    if (category && base.rename.visits === undefined) {
      const part = this.#part("category", category, base, true);
      if (part?.lines) lines = part.lines;
      if (part) booked = part.booked ?? [];
    } else if (category && base.rename.visits === "aid_visits") {
      const word = subjectOfLabel(category);
      if (word) lines = this.lines(base.insurance, word, true);
    }
    const named = region ? regionOfLabel(region) : null;
    if (named) filters.region = this.#regions(named, apart);
    const tiers = dims.tier ? tiersOfLabel(dims.tier) : null;
    if (tiers) filters.tier = tiers;
    const division = this.catalogue.divisions.find((d) => d.name === dims.district);
    if (division) filters.district = [division.admdvs];
    const by = channel ? channelOfLabel(channel) : null;
    if (by) filters.channel = [by];
    if (prefix !== null && subjectOf(prefix)) return this.#subject(id, prefix, { ...base, filters });
    return { ...base, lines, filters, booked };
  }

  /** A category or care that a key names. In a structure of spending 住院 is the whole care. */
  #subject(id: string, word: string, base: Scope): Scope {
    const aid = base.rename.visits === "aid_visits";
    const lines = this.lines(base.insurance, word, isStructure(id) || aid);
    const plainly = { ...base, booked: [] };
    if (word === "outpatient" && this.#accountsAreOutpatient.has(base.insurance))
      return { ...plainly, lines: [...lines, { care: "pharmacy", category: null }] };
    const allowance = (this.#booked.get(base.insurance) ?? []).filter((s) => s === "allowance");
    return { ...plainly, lines, booked: word === "maternity" ? allowance : [] };
  }

  #group(word: string): readonly string[] {
    const listed = this.listed(word);
    if (listed.length > 0) return listed;
    return this.catalogue.facilities.flatMap((f) => (f.kind === FACILITY_GROUPS[word] ? [f.facility] : []));
  }

  #base(id: string, given: string, title: string): Scope | string {
    const insurance = insuranceOf(`${given}.${id}.${title}`) || "all";
    const words = id.split(".");
    const scope = (more: Partial<Scope>): Scope => ({
      insurance,
      lines: null,
      filters: {},
      rename: {},
      ...more,
    });
    if (/(^|\.)aid(\.|$)/.test(`${given}.${id}`)) {
      const rename = { visits: "aid_visits", fee: "aid_fee" };
      return scope({ insurance: "all", rename });
    }
    if (words.includes("dip")) return scope({ rename: { visits: "dip_cases" } });
    for (const kind of ["critical", "large"]) {
      if (words.some((w) => w.startsWith(`${kind}_`)))
        return scope({ rename: { visits: `${kind}_visits`, fee: `${kind}_fee` } });
    }
    if (isStructure(id)) {
      const care = words.find((w) => w === "inpatient" || w === "outpatient");
      return care
        ? scope({ lines: this.lines(insurance, care) })
        : scope({ booked: this.#booked.get(insurance) ?? [] });
    }
    if (words.some((w) => ["insured", "enrollment", "enrolment", "income", "funding"].includes(w)))
      return scope({});
    const word = words.filter((w) => subjectOf(w) && w !== insurance).at(-1) ?? subjectOfLabel(title);
    return scope({ lines: word ? this.lines(insurance, word) : null });
  }
}

/** A city's pool is county and city together; only a row of the county itself takes it out. */
function ofCity(region: string, apart: boolean): readonly string[] {
  if (region === "away") return ["province", "national"];
  if (region === "own" || (region === "city" && !apart)) return ["county", "city"];
  return [region];
}

/** Whether an id speaks of what spending is made of, where 支出 is what the fund bears. */
export const isStructure = (id: string): boolean =>
  id.split(".").some((w) => /^fund(_spend|_structure)?$/.test(w));

/** The insurance that an id, or a Chinese title, names; "" where none. */
export function insuranceOf(text: string): string {
  const word = text.split(".").find((w) => ["employee", "resident", "maternity", "all"].includes(w));
  if (word) return word;
  return /居民/.test(text)
    ? "resident"
    : /职工/.test(text)
      ? "employee"
      : /生育/.test(text)
        ? "maternity"
        : "";
}

/** Rows of a table do not overlap: beside a line for what was reimbursed by hand, its region holds the rest. */
function withoutManual(scope: Scope, others: readonly Scope[]): Scope {
  if (scope.filters.channel !== undefined || scope.filters.region === undefined) return scope;
  const { region } = scope.filters;
  const beside = others.some(
    (o) =>
      o.filters.channel?.join() === "manual" &&
      o.filters.region?.join() === region.join() &&
      JSON.stringify(o.lines) === JSON.stringify(scope.lines),
  );
  return beside ? { ...scope, filters: { ...scope.filters, channel: ["direct"] } } : scope;
}
