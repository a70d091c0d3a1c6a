import type { PublishedFigure } from "../../../connectors/duckdb/evidence/figures.js";

export const FORMS = ["value", "previous", "change", "change_pct"] as const;
export type FigureForm = (typeof FORMS)[number];

/** What a printed unit tells of a figure: numbers of one kind are printed alike. */
export type Kind = "visit" | "person" | "yuan" | "per" | "%" | "day" | "ratio" | "month" | "count";

const KINDS: Readonly<Record<string, Kind>> = {
  visit: "visit",
  person: "person",
  yuan: "yuan",
  "yuan/visit": "per",
  "yuan/person": "per",
  fraction: "%",
  day: "day",
  "day/visit": "day",
  "visit/person": "ratio",
  month: "month",
};

/** Insurance and members of dimensions; one object for equal ones. */
export interface Scope {
  readonly id: number;
  readonly insurance: string;
  readonly members: ReadonlyMap<string, string>;
}

/** A computed figure: in yuan, visits, days, fractions. */
export interface Figure {
  readonly id: number;
  readonly scope: Scope;
  readonly indicator: string;
  readonly unit: string;
  readonly kind: Kind;
  /** In the order of FORMS. */
  readonly values: readonly (number | null)[];
  /** Figures of one class are equal in every month: no print can tell them apart. */
  readonly twins: number;
  /** Of a figure that no row has, and that was made from several: what it is. */
  readonly made: string | null;
  /** The figures that it is the sum of; none for a row of its own, or a ratio. */
  readonly parts: readonly Figure[];
}

/** A figure in one of its forms. */
export interface Reading {
  readonly figure: Figure;
  readonly form: FigureForm;
}

export const amountOf = ({ figure, form }: Reading): number | null => figure.values[FORMS.indexOf(form)];
export const kindOf = ({ figure, form }: Reading): Kind => (form === "change_pct" ? "%" : figure.kind);
export const sameReading = (a: Reading, b: Reading): boolean =>
  a.figure.twins === b.figure.twins && a.form === b.form;

/** The computed figures of a period, looked up by what they are and by how they print. */
export class Book {
  readonly figures: Figure[] = [];
  readonly #scopes = new Map<string, Scope>();
  readonly #at = new Map<number, Map<string, Figure>>();
  readonly #twins = new Map<string, number>();
  readonly #equal = new Map<string, Map<number, Figure[]>>();
  #index: Map<Kind, { keys: Float64Array; readings: Reading[] }> | null = null;

  constructor(rows: Iterable<PublishedFigure>) {
    for (const row of rows)
      this.add(
        this.scope(row.insurance, row.dimensions),
        row.indicator,
        row.unit,
        row.values,
        row.twins,
        null,
      );
  }

  scope(insurance: string, members: Iterable<readonly [string, string]>): Scope {
    const list = [...members].sort(([a], [b]) => (a < b ? -1 : 1));
    const key = `${insurance}\u0001${list.map(([d, m]) => `${d}\u0002${m}`).join("\u0001")}`;
    const known = this.#scopes.get(key);
    if (known) return known;
    const made = { id: this.#scopes.size, insurance, members: new Map(list) };
    this.#scopes.set(key, made);
    return made;
  }

  /** Adds a figure; one that stands already is kept. */
  add(
    scope: Scope,
    indicator: string,
    unit: string,
    values: readonly (number | null)[],
    twins: string,
    made: string | null,
    parts: readonly Figure[] = [],
  ): Figure {
    const here = this.#at.get(scope.id) ?? new Map<string, Figure>();
    this.#at.set(scope.id, here);
    const there = here.get(indicator);
    if (there) return there;
    // What was made of others has no months of its own: it is taken for what it equals in both years.
    const equal = made === null ? undefined : this.#equalOf(indicator, values);
    const group = equal ?? this.#twins.get(twins) ?? this.#twins.size;
    if (equal === undefined) this.#twins.set(twins, group);
    const kind = KINDS[unit] ?? "count";
    const figure = {
      id: this.figures.length,
      scope,
      indicator,
      unit,
      kind,
      values,
      twins: group,
      made,
      parts,
    };
    here.set(indicator, figure);
    this.figures.push(figure);
    const alike = this.#equal.get(indicator);
    if (alike !== undefined) listed(alike, inMillionths(values[0]), figure);
    this.#index = null;
    this.#with.clear();
    return figure;
  }

  #equalOf(indicator: string, values: readonly (number | null)[]): number | undefined {
    let by = this.#equal.get(indicator);
    if (by === undefined) {
      by = new Map();
      for (const f of this.figures) {
        if (f.indicator === indicator) listed(by, inMillionths(f.values[0]), f);
      }
      this.#equal.set(indicator, by);
    }
    return by.get(inMillionths(values[0]))?.find((f) => inMillionths(f.values[1]) === inMillionths(values[1]))
      ?.twins;
  }

  at(scope: Scope, indicator: string): Figure | undefined {
    return this.#at.get(scope.id)?.get(indicator);
  }

  /** Every figure of a scope. */
  of(scope: Scope): Iterable<Figure> {
    return this.#at.get(scope.id)?.values() ?? [];
  }

  readonly #with = new Map<string, Figure[]>();

  /** Every figure of an indicator and insurance. */
  with(indicator: string, insurance: string): readonly Figure[] {
    if (this.#with.size === 0)
      for (const f of this.figures) {
        const key = `${f.indicator} ${f.scope.insurance}`;
        const list = this.#with.get(key);
        if (list) list.push(f);
        else this.#with.set(key, [f]);
      }
    return this.#with.get(`${indicator} ${insurance}`) ?? [];
  }

  /** The same insurance and members, but for one dimension: another member there, or with null none. */
  moved(scope: Scope, dimension: string, member: string | null): Scope {
    const members = new Map(scope.members);
    if (member === null) members.delete(dimension);
    else members.set(dimension, member);
    return this.scope(scope.insurance, members);
  }

  /** Figures whose magnitude prints as `x` at steps of `step`, rounded half up or cut off; in figures' own units. */
  alike(kind: Kind, x: number, step: number): Reading[] {
    const index = this.#sorted().get(kind);
    if (index === undefined) return [];
    const slack = Math.min(1e-7 * Math.max(1, Math.abs(x)), step * 1e-3);
    const from = lowerBound(index.keys, x - step / 2 - slack);
    const to = lowerBound(index.keys, x + step - slack);
    return index.readings.slice(from, to);
  }

  size(kind: Kind): number {
    return this.#sorted().get(kind)?.readings.length ?? 0;
  }

  #sorted(): Map<Kind, { keys: Float64Array; readings: Reading[] }> {
    if (this.#index) return this.#index;
    const by = new Map<Kind, [number, Reading][]>();
    for (const figure of this.figures)
      for (const form of FORMS) {
        const reading = { figure, form };
        const value = amountOf(reading);
        if (value === null) continue;
        const kind = kindOf(reading);
        const list = by.get(kind) ?? [];
        by.set(kind, list);
        list.push([Math.abs(value) * (kind === "%" ? 100 : 1), reading]);
      }
    this.#index = new Map(
      [...by].map(([kind, list]) => {
        list.sort((a, b) => a[0] - b[0] || a[1].figure.id - b[1].figure.id);
        return [kind, { keys: Float64Array.from(list, (e) => e[0]), readings: list.map((e) => e[1]) }];
      }),
    );
    return this.#index;
  }
}

const inMillionths = (v: number | null | undefined): number => Math.round((v ?? 0) * 1e6);

function listed<K, V>(by: Map<K, V[]>, key: K, value: V): void {
  const list = by.get(key);
  if (list) list.push(value);
  else by.set(key, [value]);
}

function lowerBound(keys: Float64Array, x: number): number {
  let [lo, hi] = [0, keys.length];
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (keys[mid] < x) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}
